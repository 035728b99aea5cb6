"""Account URIs: how a request names an account, such as ``pan:5117510000000007;exp=2050-02;cvc=123``.

They are read strictly, and shown with everything but the last four characters of the account starred out.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from payments.kit.secrets import CardNumber, Secret
from payments.switch.message import PresentedCard
from payments.switch.numbers import luhn_valid
from payments.switch.published_cards import ANY_EXPIRY

PAN: Final = "pan"

_CARD: Final = re.compile(
    r"(?P<number>[0-9]{16})(?:;exp=(?P<year>20[0-9]{2})-(?P<month>0[1-9]|1[0-2]))?(?:;cvc=(?P<cvc>[0-9]{3}))?"
)
_OTHERS: Final = {
    "raw": re.compile(r"#CASH|#NA|[^\x00-\x1f\x7f#]{1,50}"),
    "manual_entry_alias": re.compile(r"[0-9]{4,16}"),
    "mappingId": re.compile(r"[A-Za-z0-9_\-]{32}"),
    "mappingReference": re.compile(r"[!-~]{1,64}"),
    "iban": re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"),
    "acct-ref": re.compile(r"[!-~]{1,64}"),
    "acct-token": re.compile(r"[!-~]{1,64}"),
}
_SHOWN: Final = 4


class InvalidAccountUri(ValueError):
    """This is no account URI, or a digit of its card number is wrong."""


@dataclass(frozen=True, slots=True)
class AccountUri:
    """An account: the ``scheme`` of its URI, what stands behind the colon, and for a card what is known of it.

    ``expiry`` is YYMM, '' when it is not named.
    """

    scheme: str
    account: Secret
    expiry: str = ""
    cvc: Secret | None = None

    @property
    def masked(self) -> str:
        """Return the URI as it may be shown: ``pan:************0007``."""
        account = self.account.reveal()
        if account.startswith("#"):
            return f"{self.scheme}:{account}"
        shown = account[-_SHOWN:] if len(account) > 2 * _SHOWN else ""
        return f"{self.scheme}:{'*' * (len(account) - len(shown))}{shown}"

    @property
    def number(self) -> CardNumber | None:
        """Return the card number; ``None``: it is no card."""
        return self.account if isinstance(self.account, CardNumber) else None

    def presented(self, month: str) -> PresentedCard:
        """Return the card as it goes on the wire in ``month`` (YYMM), its number keyed in.

        With a number that a scheme publishes for testing any expiry date in the future is right: it is left out.
        """
        assert isinstance(self.account, CardNumber)
        any_expiry = self.account.reveal() in ANY_EXPIRY and self.expiry >= month
        return PresentedCard(self.account, "" if any_expiry else self.expiry, None, "01")


def read_uri(text: str) -> AccountUri:
    """Read an account URI. Raises ``InvalidAccountUri``, which shows nothing of it."""
    scheme, _, rest = text.partition(":")
    if scheme == PAN:
        found = _CARD.fullmatch(rest)
        if found is None or not luhn_valid(found["number"]):
            raise InvalidAccountUri
        expiry = f"{found['year'][2:]}{found['month']}" if found["year"] else ""
        return AccountUri(PAN, CardNumber(found["number"]), expiry, Secret(found["cvc"]) if found["cvc"] else None)
    pattern = _OTHERS.get(scheme)
    if pattern is None or not pattern.fullmatch(rest):
        raise InvalidAccountUri
    return AccountUri(scheme, Secret(rest))


def _validated(given: Any) -> AccountUri:
    try:
        return read_uri(given if isinstance(given, str) else "")
    except InvalidAccountUri:
        raise PydanticCustomError("account_uri", "Invalid Account URI") from None


AccountUriText = Annotated[AccountUri, PlainValidator(_validated)]
"""An account URI in a request body."""
