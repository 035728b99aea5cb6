"""Parties in requests: whose card money is taken from, and whom it is for."""

from pydantic import Field

from payments.acquirer.party import named
from payments.api.card_input import CardInput
from payments.api.fields import Country, MessageText, PostalCode, Region, Reply, Shape, Text
from payments.switch.message import Party


class PartyInput(Shape):
    """A person as messages name them."""

    name: Text = Field(examples=["Nora Patel"])
    address: MessageText = ""
    city: Text | None = None
    country: Country | None = None
    region: Region = ""
    postal_code: PostalCode = ""


class CardholderInput(PartyInput):
    """A person, with their card."""

    card: CardInput


class PartyReply(Reply):
    """A person as they were named."""

    name: str
    address: str
    city: str
    country: str
    region: str
    postal_code: str


def party(given: PartyInput) -> Party:
    """Return a party as messages carry it."""
    place = (given.address, given.city or "", given.country or "")
    return Party(given.name, *place, region=given.region, postal_code=given.postal_code)


def party_shape(kept: str) -> dict[str, str]:
    """Return the JSON of ``PartyReply`` from what a row keeps."""
    found = named(kept)
    return {name: getattr(found, name) for name in PartyReply.model_fields}
