"""The requests about limits of Send 2.0, and what is shown of how far they are used."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from payments.facades.mastercard_send.fields import Currency, PaymentType, Printable, Shape, text
from payments.kit.money import exponent

Percentage = Annotated[int, Field(ge=1, le=100)]


class AmountLimit(Shape):
    """How much in a day, in minor units."""

    amount: Annotated[str, Field(min_length=1, max_length=13, pattern=r"^[1-9][0-9]*$")]
    currency: Currency


class VolumeLimit(Shape):
    """How often in a day."""

    maxTransactionVolume: Annotated[str, Field(min_length=1, max_length=8, pattern=r"^[0-9]+$")] | None = None  # noqa: N815


class DailyLimits(Shape):
    """Both."""

    transactionAmountLimit: AmountLimit  # noqa: N815
    transactionVolumeLimit: VolumeLimit | None = None  # noqa: N815


class AlertSettings(Shape):
    """At how much of the daily amount an alert is given. Addresses are taken and not written to: an event is."""

    alertsEnabled: bool = False  # noqa: N815
    alertEmails: Annotated[list[str], Field(max_length=50)]  # noqa: N815
    amountAlertThreshold: Percentage  # noqa: N815
    volumeAlertThreshold: Percentage | None = None  # noqa: N815


class PutPartnerLimit(Shape):
    """PUT limits/daily-limits/{partner_limit_reference}."""

    dailyLimit: DailyLimits  # noqa: N815
    alertSettings: AlertSettings | None = None  # noqa: N815


class AcceptorAlerts(Shape):
    """At how much of an acceptor's daily amount an alert is given: kept and shown, no more."""

    alertEmails: Annotated[list[str], Field(max_length=50)]  # noqa: N815
    amountAlertThreshold: Percentage  # noqa: N815
    volumeAlertThreshold: Percentage | None = None  # noqa: N815


class PutAcceptorLimit(Shape):
    """PUT limits/transfer-acceptor-limits/{transfer_acceptor_limit_reference}."""

    dailyLimit: DailyLimits  # noqa: N815
    alertSettings: AcceptorAlerts | None = None  # noqa: N815


class PostAcceptorLimit(PutAcceptorLimit):
    """POST limits/daily-limits/transfer-acceptor-limits. Published: 15 characters; shorter ids are in use as well."""

    transferAcceptorId: Annotated[Printable, text(15, 1)]  # noqa: N815


Dollars = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[0-9]+(\.[0-9]{1,2})?$")]
"""US dollars, with their decimals: 250 or 250.00."""

Times = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[0-9]+$")]


class AccountLimits(Shape):
    """POST limits/daily-limits/account-limits, and its PUT: what each account may be paid, and for which payments."""

    transferAcceptorId: Annotated[Printable, text(15, 1)] | None = None  # noqa: N815
    network: Literal["MASTERCARD"] | None = None
    transactionType: Literal["PAY", "PUR", "MER"] | None = None  # noqa: N815
    paymentType: PaymentType | None = None  # noqa: N815
    cardProductType: Literal["CNSMR", "CMRCL"] | None = None  # noqa: N815
    cardType: Literal["CREDIT", "DEBIT", "MAESTRO"] | None = None  # noqa: N815
    messageSystem: Literal["S", "D"] | None = None  # noqa: N815
    minTransactionAmount: Dollars | None = None  # noqa: N815
    maxTransactionAmount: Dollars | None = None  # noqa: N815
    dailyMaxAmount: Dollars | None = None  # noqa: N815
    weeklyMaxAmount: Dollars | None = None  # noqa: N815
    monthlyMaxAmount: Dollars | None = None  # noqa: N815
    dailyMaxVolume: Times | None = None  # noqa: N815
    weeklyMaxVolume: Times | None = None  # noqa: N815
    monthlyMaxVolume: Times | None = None  # noqa: N815
    limitEnabled: Literal["true", "false"] = "true"  # noqa: N815

    @field_validator("limitEnabled", mode="before")
    @classmethod
    def _text(cls, given: Any) -> Any:
        return {True: "true", False: "false", None: "true", "": "true"}.get(given, given)


def usage(currency: str, amount: int, of_amount: int | None, count: int, of_count: int | None) -> dict[str, Any]:
    """Return what of the day's limits is used."""
    return {
        "amountUsed": str(amount),
        "currency": currency,
        "currencyExponent": str(exponent(currency)),
        "amountUsedPercentage": _percentage(amount, of_amount),
        "transactionVolumeUsed": str(count),
        "transactionVolumeUsedPercentage": _percentage(count, of_count),
    }


def _percentage(used: int, of: int | None) -> str | None:
    return None if not of else f"{(Decimal(100 * used) / of):.2f}"
