"""Parties in requests and replies: the payer and the recipient of a push, as far as they are named."""

from typing import Any, Literal

from pydantic import Field

from payments.api.fields import MessageText, PostalCode, Region, Reply, Shape, Text
from payments.switch.message import CONSUMER, Party

PartyKind = Literal["consumer", "organization"]


class PartyInput(Shape):
    """Who pays or is paid; which of it must be said depends on the programme. Names may be in any script."""

    name: Text = Field(examples=["Nora Patel"])
    kind: PartyKind = CONSUMER
    address: MessageText = ""
    city: MessageText = Field(default="", max_length=100)
    region: Region = ""
    postal_code: PostalCode = ""
    country: str = Field(default="", pattern="^([A-Z]{2})?$", description="ISO 3166-1 alpha-2 code.")
    reference: str = Field(default="", pattern=r"^[A-Za-z0-9_.\-]{0,35}$", description="A number of yours for them.")

    def party(self) -> Party:
        """Return the party as messages name it."""
        return Party(
            self.name,
            self.address,
            self.city,
            self.country,
            self.reference,
            self.region,
            self.postal_code,
            self.kind,
        )


class PartyReply(Reply):
    """Who pays or is paid, as far as it was said."""

    name: str
    kind: str
    address: str
    city: str
    region: str
    postal_code: str
    country: str
    reference: str


def party_shape(party: Party) -> dict[str, Any]:
    """Return the JSON of ``PartyReply``."""
    return {name: getattr(party, name) for name in PartyReply.model_fields}
