"""Telling: the sandbox's events as lines one can read, while they happen.

Words, promises and money look different: a message is a thin arrow, a hold a dashed one, money a thick one.
Colours come and go with the terminal; the words alone say everything.
"""

import json
from typing import IO

from rich.console import Console
from rich.text import Text

from payments.shop.amounts import figure, shown
from payments.shop.client import Client, Json

WIDTH = 108
CLOCK_WIDTH = 10
PARTIES_WIDTH = 41

MEANINGS = {
    "00": "approved",
    "14": "no such card",
    "25": "no such record",
    "51": "insufficient funds",
    "54": "expired card",
    "57": "not permitted",
    "58": "card not eligible",
    "61": "over the card's limit",
    "62": "card blocked",
    "64": "a name says too little",
    "65": "too many pushes to the card",
    "09": "deferred",
    "85": "cancelled",
    "91": "issuer does not answer",
    "93": "violation of law",
    "N7": "wrong CVV",
}
"""What the response codes of the story mean (ISO 8583 DE 39)."""

ARROWS = {"hold": "╌╌▷", "release": "◁╌╌", "expire": "◁╌╌"}
DEEDS = {"hold": "held:", "release": "released:", "expire": "expired:"}

WORDS_STYLE = "cyan"
PROMISE_STYLE = "yellow"
MONEY_STYLE = "bold green"
TROUBLE_STYLE = "bold red"
LEGEND = (
    ("→", WORDS_STYLE, "says"),
    ("╌╌▷", PROMISE_STYLE, "promises"),
    ("━━▶", MONEY_STYLE, "pays, in a book"),
    ("✗", TROUBLE_STYLE, "is lost"),
)
FAULTS = {
    "lose_reply": "the answer to this will be lost on its way back",
    "lose_request": "this is lost on its way",
}


class Teller:
    """Prints the story to ``out``; reads what to tell from the sandbox's list of events, and only there."""

    def __init__(self, client: Client, out: IO[str]) -> None:
        """Begin after the last event there is."""
        self.console = Console(file=out, highlight=False, emoji=False)
        self.console.width = min(self.console.width, WIDTH) if self.console.is_terminal else WIDTH
        self._client = client
        self._names = {book["id"]: book["name"] for book in client.all("/v1/books")}
        self._accounts: dict[str, str] = {}
        self._clock = ""
        self.position = 0
        self._new_events()

    # ── what the shop itself says ──

    def chapter(self, title: str, sentence: str) -> None:
        """Begin a part of the story."""
        self.console.print()
        self.console.rule(Text(f" {title} ", "bold"), align="left", characters="─", style="dim")
        if sentence:
            self.note(sentence)

    def ask(self, who: str, whom: str, what: str) -> None:
        """Tell what ``who`` asks of ``whom``, outside the card network."""
        self._line(_parties(who, "→", whom), Text(what))

    def answer(self, who: str, whom: str, thing: Json, code: int = 201) -> None:
        """Tell the API's answer: the state of the thing that was made, and why it is none better."""
        said = Text(f"{code}  ", WORDS_STYLE) + Text(f"{thing['object']} {thing['status']}", "bold")
        if decline := thing.get("decline"):
            said.append(f", {decline['reason']} ({decline['code']}), says {self._name(decline['by'])}", TROUBLE_STYLE)
        if thing["status"] == "failed":
            said.append(", for nobody knows the answer", TROUBLE_STYLE)
        self._line(_parties(who, "→", whom), said.append(f"  {thing['id']}", "dim"))

    def note(self, what: str) -> None:
        """Tell something that is neither a message nor money."""
        self.console.print(Text(" " * CLOCK_WIDTH + what, "italic"), soft_wrap=True)

    def legend(self) -> None:
        """Say what the arrows mean."""
        self.console.print(Text("   ").join(Text(sign, style) + Text(f" {says}", "") for sign, style, says in LEGEND))

    # ── what the events say ──

    def listen(self) -> None:
        """Tell all that has happened since last asked."""
        for event in self._new_events():
            self._tell(event)

    def _new_events(self) -> list[Json]:
        events = list(self._client.all("/v1/events", after=self.position, limit=500))
        if events:
            self.position = max(int(event["position"]) for event in events)
        return events

    def _tell(self, event: Json) -> None:
        data: Json = event["data"] if isinstance(event["data"], dict) else json.loads(event["data"])
        clock = event["at"][11:19]
        if event["type"] == "message.sent":
            self._tell_message(data, clock)
        elif event["type"].startswith("money."):
            self._tell_money(event["institution"], data, clock)
        elif event["type"] == "fault.injected":
            self._tell_fault(data, clock)
        elif event["type"].startswith("notification."):
            self._tell_notification(event["institution"], data, clock)

    def _tell_message(self, message: Json, clock: str) -> None:
        parties = _parties(self._name(message["sender"]), "→", self._name(message["receiver"]))
        label = message["mti"] if message["mti"].isdigit() else ""
        words = message["type"].replace("_", " ").capitalize()
        text = Text(f"{label:<5}" if label else "", WORDS_STYLE) + Text(words)
        for part in _particulars(message):
            text = text + Text("  ") + part
        self._line(parties, text, clock=clock)

    def _tell_money(self, institution: str, data: Json, clock: str) -> None:
        for kind, debit, credit, amount, currency, purpose in data["transfers"]:
            style = PROMISE_STYLE if kind in ARROWS else MONEY_STYLE
            whose = Text(f"  {self._name(institution)}'s book", "dim")
            moved = Text(f"{figure(amount, currency):>9} {currency}  ", style).append(self._account(debit), "default")
            moved.append(f" {ARROWS.get(kind, '━━▶')} ", style).append(self._account(credit), "default")
            words = [DEEDS.get(kind, ""), (purpose or data["event"]).replace("_", " ")]
            self._line(whose, moved + Text(f"  {' '.join(words).strip()}", "dim"), clock=clock)

    def _tell_fault(self, data: Json, clock: str) -> None:
        hop = _parties(self._name(data["sender"]), "✗", self._name(data["receiver"]))
        self._line(hop, Text(FAULTS.get(data["kind"], str(data["kind"])), TROUBLE_STYLE), clock=clock)

    def _tell_notification(self, institution: str, data: Json, clock: str) -> None:
        phone = _parties(self._name(institution), "→", "cardholder's phone")
        self._line(phone, Text(f"{data.get('title', '')}. {data.get('text', '')}"), clock=clock)

    # ── names and lines ──

    def _name(self, id: str) -> str:
        return str(self._names.get(id) or id.replace("_", " ").capitalize())

    def _account(self, id: str) -> str:
        if id not in self._accounts:
            book = id.split(".")[0]
            self._accounts |= {each["id"]: each["name"] for each in self._client.all(f"/v1/books/{book}/accounts")}
        return self._accounts.get(id, id)

    def _line(self, left: Text, *right: Text, clock: str = "") -> None:
        line = Text(f"{'' if clock == self._clock else clock:<{CLOCK_WIDTH}}", "dim")
        self._clock = clock or self._clock
        left.truncate(PARTIES_WIDTH, pad=True)
        line.append(left).append(" ")
        for part in right:
            line.append(part)
        self.console.print(line, soft_wrap=True)


def _parties(who: str, arrow: str, whom: str) -> Text:
    style = TROUBLE_STYLE if arrow == "✗" else WORDS_STYLE
    return Text(who) + Text(f" {arrow} ", style) + Text(whom)


def _particulars(message: Json) -> list[Text]:
    """Return what one wants to know of a message: the answer or the amount, the card, what it cost."""
    told: list[Text] = []
    if code := message.get("code"):
        style = "bold green" if code == "00" else TROUBLE_STYLE
        told.append(Text(f"{code} {MEANINGS.get(code, '')}".rstrip(), style))
    elif message.get("amount"):
        told.append(Text(shown(message["amount"], message["currency"])))
    if message.get("billing_amount") and message.get("rate"):
        told.append(Text(f"= {shown(message['billing_amount'], message['billing_currency'])} at {message['rate']}"))
    if message.get("approval_code"):
        told.append(Text(f"approval {message['approval_code']}"))
    if "card" in message:
        told.append(Text(message["card"]["number"]))
    if message.get("interchange_amount"):
        # The issuer earns it in the currency it is asked to credit; to the acquirer it is told in its own.
        currency = message["currency"] if code else message.get("billing_currency") or message["currency"]
        told.append(Text(f"interchange {figure(message['interchange_amount'], currency)}"))
    return told
