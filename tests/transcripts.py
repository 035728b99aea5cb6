"""The transcripts in docs/flows: real output of a real server, written by `python -m tests.transcripts`.

A page holds its place as a line `<!-- transcript: NAME -->` with a code block behind it; `test_transcripts.py` checks
that what stands there is what the sandbox says today. The clock stands and ids are made by counting, so it is the
same on every machine and on both databases.
"""

import io
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from payments.api.keys import DEMO_KEY
from payments.shop.client import Client
from payments.shop.expectation import RELIEF, RETURNED, SALE
from payments.shop.story import (
    ACQUIRER,
    ACQUIRER_NAME,
    CITY,
    CITY_NAME,
    NETWORK,
    SHOP_NAME,
    USD,
    Story,
)
from payments.shop.telling import Teller
from tests.served import served

FLOWS = Path(__file__).parent.parent / "docs" / "flows"
PLACE = re.compile(r"<!-- transcript: (\S+) -->\n+```text\n(.*?)```", re.DOTALL)
BLOCKED, LUCIA = "card_theo_marsh", "card_lucia_ferri"

Scene = Callable[[Story], None]


def approved(story: Story) -> None:
    """A sale, captured at once."""
    story.sale = story.pay("Nora Patel", story.nora, SALE, "two books")["id"]


def declined(story: Story) -> None:
    """A card without money behind it."""
    story.pay("Liam Ortiz", story.liam, 1900, "postcards")


def voided(story: Story) -> None:
    """An authorization that the merchant cancels."""
    order = {"merchant": "mch_blue_door_books", "amount": 700, "currency": USD, "card": story.nora}
    story.tell.ask(SHOP_NAME, ACQUIRER_NAME, "POST /v1/payments")
    payment = story.client.post("/v1/payments", order)
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, SHOP_NAME, payment)
    story.tell.ask(SHOP_NAME, ACQUIRER_NAME, f"POST /v1/payments/{payment['id']}/void")
    payment = story.client.post(f"/v1/payments/{payment['id']}/void")
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, SHOP_NAME, payment, 200)


def lost_reply(story: Story) -> None:
    """The issuer approves, and nobody hears it."""
    arm(story, "lose_reply", "authorization_request")
    story.pay("Nora Patel", story.nora, 1200, "a tote bag")


def refunded(story: Story) -> None:
    """Part of the sale is given back; it is presented at the cut-off with the rest."""
    story.tell.ask(SHOP_NAME, ACQUIRER_NAME, "POST /v1/refunds")
    refund = story.client.post("/v1/refunds", {"payment": story.sale, "amount": RETURNED})
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, SHOP_NAME, refund)


def pushed(story: Story) -> None:
    """A relief payment, credited at once."""
    push(story, {"number": story.nora["number"]}, "Nora Patel")


def push_declined(story: Story) -> None:
    """A push to a blocked card: what was set aside is released."""
    push(story, {"id": BLOCKED}, "Theo Marsh")


def push_unknown(story: Story) -> None:
    """A push without an answer: the money stays set aside until an enquiry finds out."""
    arm(story, "lose_reply", "original_credit")
    disbursement = push(story, {"number": story.nora["number"]}, "Nora Patel")
    story.tell.ask(CITY_NAME, ACQUIRER_NAME, f"POST /v1/disbursements/{disbursement}/enquire")
    answer = story.client.post(f"/v1/disbursements/{disbursement}/enquire")
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, answer, 200)


def crossed(story: Story) -> None:
    """Dollars are pushed to a card in euros, at a rate that was quoted; each leg settles in its own currency."""
    story.tell.ask(CITY_NAME, ACQUIRER_NAME, "POST /v1/quotes")
    quote = story.client.post("/v1/quotes", {"sender": CITY, "amount": RELIEF, "card": {"id": LUCIA}})
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, quote)
    push(story, {"id": LUCIA}, "Lucia Ferri", quote=quote["id"])


def due(story: Story) -> None:
    """Wind the clock to what falls due next."""
    story.client.post("/v1/sandbox/clock/wind", {"next": True})
    story.tell.listen()


def settled(story: Story) -> None:
    """The window closes, and settles the next business day."""
    due(story)
    due(story)


def day_over(story: Story) -> None:
    """The acquirers have nothing to present; the window closes, and settles the next business day."""
    due(story)
    settled(story)


def arm(story: Story, kind: str, message: str) -> None:
    """Break the next message of a type between acquirer and network."""
    fault = {"kind": kind, "sender": ACQUIRER, "receiver": NETWORK, "message": message}
    story.client.post("/v1/sandbox/faults", fault)


def push(story: Story, card: dict[str, str], name: str, **more: str) -> str:
    """Have the city push its relief to a card; the id of the disbursement."""
    story.tell.ask(CITY_NAME, ACQUIRER_NAME, "POST /v1/disbursements")
    order = {"sender": CITY, "amount": RELIEF, "currency": USD, "card": card}
    channel = {"channel": "mobile_app", "business_application": "GD", "recipient_name": name}
    disbursement = story.client.post("/v1/disbursements", order | channel | more)
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, disbursement)
    return str(disbursement["id"])


SCENES: dict[str, Scene] = {
    "authorization": approved,
    "authorization-declined": declined,
    "authorization-voided": voided,
    "authorization-lost-reply": lost_reply,
    "disbursement": pushed,
    "disbursement-declined": push_declined,
    "disbursement-unknown": push_unknown,
    "refund": refunded,
    "clearing": due,
    "settlement": settled,
    "payout": due,
    "cross-border": crossed,
    "cross-border-settlement": day_over,
}
"""In the order in which they are played, one after another in one world."""


def play(base_url: str) -> dict[str, str]:
    """Play every scene and return what was told of each."""
    out, transcripts = io.StringIO(), {}
    with Client(base_url, DEMO_KEY, name="transcript") as client:
        story = Story(client, out)
        for name, scene in SCENES.items():
            out.seek(0)
            out.truncate()
            story.tell = Teller(client, out)
            scene(story)
            transcripts[name] = "".join(f"{line.rstrip()}\n" for line in out.getvalue().strip("\n").splitlines())
    return transcripts


def in_place(page: str, transcripts: dict[str, str]) -> str:
    """Return a page with the transcripts it holds places for."""
    return PLACE.sub(lambda found: f"<!-- transcript: {found[1]} -->\n```text\n{transcripts[found[1]]}```", page)


def main() -> None:
    """Play the scenes and write what was told into the pages."""
    os.environ["PAYMENTS_VAULT_KEY"] = "7c" * 32
    with tempfile.TemporaryDirectory() as folder, served(f"sqlite:///{folder}/sandbox.db") as base_url:
        transcripts = play(base_url)
    if "--print" in sys.argv:
        sys.stdout.write("\n".join(f"── {name}\n{text}" for name, text in transcripts.items()))
    for path in FLOWS.glob("*.md"):
        path.write_text(in_place(path.read_text(), transcripts))


if __name__ == "__main__":
    main()
