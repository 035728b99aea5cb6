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
WALLET, WALLET_NAME = "snd_brightwater", "Brightwater Mutual"
WALLETS_BANK, WALLETS_BANK_NAME = "summit", "Summit Merchant"

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


def push_limited(story: Story) -> None:
    """A push of more than the network lets a card receive at once."""
    limit = {"per": "card", "currency": USD, "transaction_amount": RELIEF - 1}
    story.client.post("/v1/push_limits", limit)
    push(story, {"number": story.nora["number"]}, "Nora Patel")
    story.client.post("/v1/push_limits", limit | {"transaction_amount": 50_000_00})


def push_unknown(story: Story) -> None:
    """A push without an answer: the money stays set aside until an enquiry finds out."""
    arm(story, "lose_reply", "original_credit")
    disbursement = push(story, {"number": story.nora["number"]}, "Nora Patel")
    story.tell.ask(CITY_NAME, ACQUIRER_NAME, f"POST /v1/disbursements/{disbursement}/enquire")
    answer = story.client.post(f"/v1/disbursements/{disbursement}/enquire")
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, answer, 200)


def push_held(story: Story) -> None:
    """A push to a name on the sanctions list: held, and released by somebody who looked."""
    disbursement = push(story, {"number": story.nora["number"]}, "Sanctions Test Hit")
    story.tell.ask(ACQUIRER_NAME, ACQUIRER_NAME, f"POST /v1/disbursements/{disbursement}/release")
    answer = story.client.post(f"/v1/disbursements/{disbursement}/release")
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, answer, 200)


def push_deferred(story: Story) -> None:
    """A push that the network keeps; the city thinks better of it."""
    stage(story, "deferred", 86_400)
    disbursement = push(story, {"number": story.nora["number"]}, "Nora Patel")
    story.tell.ask(CITY_NAME, ACQUIRER_NAME, f"POST /v1/disbursements/{disbursement}/cancel")
    answer = story.client.post(f"/v1/disbursements/{disbursement}/cancel")
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, answer, 200)


def push_available_later(story: Story) -> None:
    """A push whose money the recipient's bank keeps on hold for a minute."""
    stage(story, "available_later", 60)
    push(story, {"number": story.nora["number"]}, "Nora Patel")
    wind(story, 60)


def push_returned(story: Story) -> None:
    """A push that the recipient does not accept."""
    stage(story, "returned", 60)
    push(story, {"number": story.nora["number"]}, "Nora Patel")
    wind(story, 60)


def push_adjusted(story: Story) -> None:
    """A push of which the city wants a part back."""
    disbursement = push(story, {"number": story.nora["number"]}, "Nora Patel")
    story.tell.ask(CITY_NAME, ACQUIRER_NAME, "POST /v1/adjustments")
    answer = story.client.post("/v1/adjustments", {"disbursement": disbursement, "amount": RETURNED})
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, answer)


def stage(story: Story, outcome: str, seconds: int) -> None:
    """Stage an outcome of the next push to Nora."""
    card = {"number": story.nora["number"]}
    story.client.post("/v1/sandbox/outcomes", {"outcome": outcome, "card": card, "seconds": seconds})


def wind(story: Story, seconds: int) -> None:
    """Let time pass."""
    story.client.post("/v1/sandbox/clock/wind", {"seconds": seconds})
    story.tell.listen()


def pulled(story: Story) -> None:
    """A wallet is filled from a card: debited at once."""
    fund(story)


def pull_reversed(story: Story) -> None:
    """What was pulled is given back while that is still a reversal."""
    funding = story.client.get("/v1/fundings")["data"][0]["id"]
    story.tell.ask(WALLET_NAME, WALLETS_BANK_NAME, f"POST /v1/fundings/{funding}/reverse")
    answer = story.client.post(f"/v1/fundings/{funding}/reverse", {})
    story.tell.listen()
    story.tell.answer(WALLETS_BANK_NAME, WALLET_NAME, answer, 200)


def pull_lost_reply(story: Story) -> None:
    """A pull that nobody hears the answer to is undone."""
    arm(story, "lose_reply", "account_funding", WALLETS_BANK)
    fund(story)


def transferred(story: Story) -> None:
    """Nora sends Omar money: pulled from her card, pushed to his."""
    transfer(story, "card_omar_diallo", "Omar Diallo")


def transfer_returned(story: Story) -> None:
    """The recipient's card is blocked: what was pulled is given back."""
    transfer(story, BLOCKED, "Theo Marsh")


def transfer_unknown(story: Story) -> None:
    """The push never arrives, and nobody knows: the money waits until the clock has come to the enquiry."""
    arm(story, "lose_request", "original_credit", WALLETS_BANK)
    made = transfer(story, "card_omar_diallo", "Omar Diallo")
    while (found := story.client.get(f"/v1/transfers/{made}"))["status"] in ("unknown", "returning"):
        story.client.post("/v1/sandbox/clock/wind", {"next": True})
    story.tell.listen()
    story.tell.answer(WALLETS_BANK_NAME, WALLET_NAME, found, 200)


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


def arm(story: Story, kind: str, message: str, acquirer: str = ACQUIRER) -> None:
    """Break the next message of a type between acquirer and network."""
    fault = {"kind": kind, "sender": acquirer, "receiver": NETWORK, "message": message}
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


def fund(story: Story) -> None:
    """Have the wallet's company pull 25.00 from Nora's card."""
    story.tell.ask(WALLET_NAME, WALLETS_BANK_NAME, "POST /v1/fundings")
    order = {"sender": WALLET, "amount": 2500, "currency": USD, "card": {"id": "card_nora_patel"}}
    purpose = {"payer": {"name": "Nora Patel"}, "channel": "mobile_app", "business_application": "FT"}
    funding = story.client.post("/v1/fundings", order | purpose)
    story.tell.listen()
    story.tell.answer(WALLETS_BANK_NAME, WALLET_NAME, funding)


def transfer(story: Story, card: str, name: str) -> str:
    """Have Nora send 25.00 to a card; the id of the transfer."""
    story.tell.ask(WALLET_NAME, WALLETS_BANK_NAME, "POST /v1/transfers")
    payer = {"name": "Nora Patel", "card": {"id": "card_nora_patel"}}
    order = {"sender": WALLET, "amount": 2500, "currency": USD, "channel": "mobile_app", "payer": payer}
    made = story.client.post("/v1/transfers", order | {"recipient": {"name": name, "card": {"id": card}}})
    story.tell.listen()
    story.tell.answer(WALLETS_BANK_NAME, WALLET_NAME, made)
    return str(made["id"])


SCENES: dict[str, Scene] = {
    "authorization": approved,
    "authorization-declined": declined,
    "authorization-voided": voided,
    "authorization-lost-reply": lost_reply,
    "disbursement": pushed,
    "disbursement-declined": push_declined,
    "disbursement-unknown": push_unknown,
    "disbursement-limited": push_limited,
    "refund": refunded,
    "clearing": due,
    "settlement": settled,
    "payout": due,
    "cross-border": crossed,
    "cross-border-settlement": day_over,
    "disbursement-held": push_held,
    "disbursement-deferred": push_deferred,
    "disbursement-available-later": push_available_later,
    "disbursement-returned": push_returned,
    "disbursement-adjusted": push_adjusted,
    "funding": pulled,
    "funding-reversed": pull_reversed,
    "funding-lost-reply": pull_lost_reply,
    "transfer": transferred,
    "transfer-returned": transfer_returned,
    "transfer-unknown": transfer_unknown,
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
