"""Parties in requests: whose card money is taken from, and whom it is for."""

from pydantic import Field

from payments.acquirer.pull import named
from payments.api.card_input import CardInput
from payments.api.fields import Country, MessageText, Reply, Shape, Text
from payments.switch.message import Party


class PartyInput(Shape):
    """A person as messages name them."""

    name: Text = Field(examples=["Nora Patel"])
    address: MessageText = ""
    city: Text | None = None
    country: Country | None = None


class CardholderInput(PartyInput):
    """A person, with their card."""

    card: CardInput


class PartyReply(Reply):
    """A person as they were named."""

    name: str
    address: str
    city: str
    country: str


def party(given: PartyInput) -> Party:
    """Return a party as messages carry it."""
    return Party(given.name, given.address, given.city or "", given.country or "")


def party_shape(kept: str) -> dict[str, str]:
    """Return the JSON of ``PartyReply`` from what a row keeps."""
    found = named(kept)
    return {"name": found.name, "address": found.address, "city": found.city, "country": found.country}
