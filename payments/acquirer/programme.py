"""What may be pushed to a card, through which channel, and what the acquirer charges for it."""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from payments.kit.errors import Refusal
from payments.kit.money import parse_major

CHANNELS: Final = ("mobile_app", "bank_branch", "web", "api", "file")
"""Where a sender can start a disbursement."""

# Sources: https://docs.galileo-ft.com/pro/reference/api-reference-business-application-identifier;
# https://developer.cybersource.com/docs/cybs/en-us/payouts/developer/ctv/so/payouts-dev/payouts-appendix-mapping.html
BUSINESS_APPLICATIONS: Final[dict[str, str]] = {
    "AA": "to one's own account",
    "BB": "business to business",
    "BI": "bank-initiated transfer",
    "CI": "cash in",
    "CO": "cash out",
    "CP": "card bill payment",
    "FD": "funds disbursement",
    "FT": "funds transfer",
    "GD": "government disbursement",
    "GP": "gambling payout",
    "LO": "loyalty and offers",
    "MD": "merchant disbursement",
    "OG": "online gambling payout",
    "PD": "payroll and pension",
    "PP": "person to person",
    "TU": "top-up of a prepaid card",
    "WT": "wallet transfer",
}
"""The business application ids (BAI) and what each stands for."""


class UnknownChannel(Refusal):
    """A disbursement is started in a mobile_app, a bank_branch, on the web, by api or by file."""


class UnknownBusinessApplication(Refusal):
    """A business application id is two letters of the list, such as FD, GD, MD or PD."""


def check_programme(channel: str, business_application: str) -> None:
    """Raise ``UnknownChannel`` or ``UnknownBusinessApplication`` for what is not on the lists."""
    if channel not in CHANNELS:
        raise UnknownChannel(f"{channel[:32]!r} is none of {', '.join(CHANNELS)}.")
    if business_application not in BUSINESS_APPLICATIONS:
        raise UnknownBusinessApplication(
            f"{business_application[:32]!r} is none of {', '.join(BUSINESS_APPLICATIONS)}."
        )


@lru_cache(maxsize=1024)
def disbursement_fee(currency: str, on: date) -> int:
    """Return what the sender pays for a disbursement on that UTC date, in minor units of ``currency``.

    The figures, dated, are in ``disbursement_fees.json``; none is published, they are made up.
    """
    for row in _FEES:
        # ISO dates sort as text.
        if row["valid_from"] <= on.isoformat() <= (row["valid_until"] or "9999-12-31"):
            return parse_major(row["fixed"].get(currency, "0"), currency).amount
    return 0


_FEES: Final = json.loads(Path(__file__).with_name("disbursement_fees.json").read_text(encoding="utf-8"))[
    "disbursement"
]
