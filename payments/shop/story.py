"""The story: a day in the City of Alder, told while it happens, and reckoned up to the cent in the end."""

from typing import IO

from payments.shop.amounts import figure, shown
from payments.shop.client import Client, Json
from payments.shop.evening import verdict, wind_through_settlement
from payments.shop.expectation import BASKET, POSTCARDS, RELIEF, RETURNED, SALE, TOTE_BAG, expect_the_day
from payments.shop.reckoning import Reckoning
from payments.shop.telling import Teller

USD = "USD"
SHOP, SHOP_NAME = "mch_blue_door_books", "Blue Door Books"
CITY, CITY_NAME = "snd_city_of_alder", "City of Alder"
NORA, NORA_NAME = "acct_nora_patel", "Nora Patel"
LIAM, LIAM_NAME = "acct_liam_ortiz", "Liam Ortiz"
ACQUIRER, ACQUIRER_NAME = "harbor", "Harbor Acquiring"
NETWORK = "opennet"


class Story:
    """Who takes part, who tells it, and what each balance must come to; ``sale`` is the payment for the books."""

    def __init__(self, client: Client, out: IO[str]) -> None:
        """Find the cards, and note every balance before anything happens."""
        self.client = client
        self.tell = Teller(client, out)
        self.reckoning = Reckoning(client)
        cards = {each["account"]: each for each in client.all("/v1/sandbox/cards")}
        self.nora, self.liam = _tapped(cards[NORA]), _tapped(cards[LIAM])
        self.sale = ""
        expect_the_day(self.reckoning)

    def pay(self, whose: str, card: Json, amount: int, what: str) -> Json:
        """Have the shop charge a tapped ``card``, and tell what came of it."""
        self.tell.ask(whose, SHOP_NAME, f"taps a card for {shown(amount, USD)}: {what}")
        self.tell.ask(SHOP_NAME, ACQUIRER_NAME, "POST /v1/payments, to be captured at once")
        order = {"merchant": SHOP, "amount": amount, "currency": USD, "card": card, "capture": True}
        payment = self.client.post("/v1/payments", {**order, "description": what})
        self.tell.listen()
        self.tell.answer(ACQUIRER_NAME, SHOP_NAME, payment)
        return payment

    def show_account(self, name: str, account: str) -> None:
        """Tell what is in an account, and how much of it is held."""
        balance = self.client.get(f"/v1/accounts/{account}/balance")
        ledger, held, available = (figure(balance[part], USD) for part in ("ledger", "held", "available"))
        self.tell.note(f"{name} has {ledger}, of which {held} held: {available} to spend.")


def tell_story(client: Client, out: IO[str]) -> bool:
    """Tell the whole day; return whether every cent is right and the sandbox verifies clean."""
    story = Story(client, out)
    story.tell.legend()
    sell_books(story)
    push_relief(story)
    decline_liam(story)
    lose_a_reply(story)
    take_back(story)
    wind_through_settlement(client, story.tell)
    return verdict(client, story.tell, story.reckoning)


def sell_books(story: Story) -> None:
    """Nora buys two books and the tax on them; the shop pulls the money from her bank."""
    story.tell.chapter(
        "Pull: a sale", f"Nora buys two books at {SHOP_NAME}. Approved is not paid: her bank only holds."
    )
    for item, price in BASKET:
        story.tell.note(f"{figure(price, USD):>7}  {item}")
    story.sale = story.pay(NORA_NAME, story.nora, SALE, "two books")["id"]
    story.show_account(NORA_NAME, NORA)


def push_relief(story: Story) -> None:
    """The city pushes Nora's relief to her card through its app; she can spend it at once."""
    story.tell.chapter("Push: a relief payment", "The city starts it, Nora does nothing, and she can spend it at once.")
    story.tell.ask(CITY_NAME, ACQUIRER_NAME, f"POST /v1/disbursements: {shown(RELIEF, USD)} to Nora, mobile app")
    order = {"sender": CITY, "amount": RELIEF, "currency": USD, "card": {"number": story.nora["number"]}}
    purpose = {"channel": "mobile_app", "business_application": "GD", "recipient_name": NORA_NAME}
    text = {"statement_text": "relief"}
    disbursement = story.client.post("/v1/disbursements", {**order, **purpose, **text})
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, CITY_NAME, disbursement)
    story.show_account(NORA_NAME, NORA)


def decline_liam(story: Story) -> None:
    """Liam's account is empty, and his bank says so: an answer, not an error."""
    story.tell.chapter(
        "A decline", "Liam has no money. That is an answer like any other: code 51, and no book is touched."
    )
    story.pay(LIAM_NAME, story.liam, POSTCARDS, "postcards")


def lose_a_reply(story: Story) -> None:
    """A reply is lost. Nobody knows what happened, so it is undone, and nothing stays held."""
    story.tell.chapter("A lost reply", "Nora's bank says yes, but nobody hears it. What may have happened is undone.")
    story.client.post(
        "/v1/sandbox/faults",
        {
            "kind": "lose_reply",
            "sender": ACQUIRER,
            "receiver": NETWORK,
            "message": "authorization_request",
            "times": 1,
        },
    )
    story.pay(NORA_NAME, story.nora, TOTE_BAG, "a tote bag")
    story.show_account(NORA_NAME, NORA)


def take_back(story: Story) -> None:
    """One of the two books comes back, with its part of the tax."""
    story.tell.chapter(
        "A partial refund", "One book comes back. It is given back on paper now, and in money with the rest."
    )
    story.tell.ask(SHOP_NAME, ACQUIRER_NAME, f"POST /v1/refunds: {shown(RETURNED, USD)} of {story.sale}")
    order = {"payment": story.sale, "amount": RETURNED, "reason": "book returned"}
    refund = story.client.post("/v1/refunds", order)
    story.tell.listen()
    story.tell.answer(ACQUIRER_NAME, SHOP_NAME, refund)


def _tapped(card: Json) -> Json:
    return {
        "number": card["number"],
        "expiry": card["expiry"],
        "cvv": card["cvv"],
        "entry_mode": "contactless",
    }
