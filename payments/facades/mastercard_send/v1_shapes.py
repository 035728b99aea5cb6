"""The requests of v1: snake_case, one object inside another. Which fields are needed is published only in part."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from payments.facades.mastercard_send.account_uri import AccountUriText
from payments.facades.mastercard_send.codes import CHANNELS, PAYMENT_TYPES
from payments.facades.mastercard_send.fields import (
    Amount,
    Country,
    Currency,
    LocalMoment,
    Mcc,
    PartnerReference,
    PaymentType,
    Printable,
    Shape,
    TwoDigits,
    UniqueReference,
    text,
)
from payments.facades.mastercard_send.flows import Named, Order

ORGANIZATION: Final = "02"

Name = Annotated[Printable, text(40, 1)]
Channel = Literal["WEB", "MOBILE", "BANK", "KIOSK"]
FundingSource = Literal["CREDIT", "DEBIT", "PREPAID", "DEPOSIT_ACCOUNT", "MOBILE_MONEY_ACCOUNT", "CASH"]


class Address(Shape):
    """An address; the state is needed by some countries' rules, not by this door."""

    line1: Annotated[Printable, text(50)] | None = None
    line2: Annotated[Printable, text(50)] | None = None
    city: Annotated[Printable, text(25)] | None = None
    country_subdivision: Annotated[str, StringConstraints(min_length=1, max_length=3)] | None = None
    postal_code: Annotated[Printable, text(16)] | None = None
    country: Country | None = None


class Person(Shape):
    """A sender or recipient: ``type`` 01, or none, is a consumer with names, 02 an organization with a name."""

    type: Literal["01", "02"] | None = None
    first_name: Name | None = None
    middle_name: Name | None = None
    last_name: Name | None = None
    organization_name: Annotated[Printable, text(100, 1)] | None = None
    address: Address | None = None

    def named(self) -> Named:
        """Return the person or organization as flows know them."""
        names = (self.first_name, self.middle_name, self.last_name)
        name = self.organization_name or " ".join(each for each in names if each)
        place = self.address or Address()
        street = ", ".join(each for each in (place.line1, place.line2) if each)
        return Named(
            name,
            self.type == ORGANIZATION or self.organization_name is not None,
            street,
            place.city or "",
            place.country_subdivision or "",
            place.postal_code or "",
            place.country or "",
        )


class CustomField(Shape):
    """A name and a value of the partner's own, for its reconciliation."""

    name: Annotated[Printable, text(100)]
    value: Annotated[Printable, text(100)]


class ReconciliationData(Shape):
    """What comes back as it was sent."""

    custom_field: list[CustomField] = Field(default=[], max_length=10)


class MoneyOrder(Shape):
    """What all that moves money has in common, whichever way it goes."""

    payment_type: PaymentType
    amount: Amount
    currency: Currency
    recipient_account_uri: AccountUriText | None
    sender_account_uri: AccountUriText | None
    funding_source: FundingSource = "DEPOSIT_ACCOUNT"
    channel: Channel | None = None
    transaction_local_date_time: LocalMoment | None = None
    sender: Person | None = None
    recipient: Person | None = None
    additional_message: Annotated[Printable, text(65)] | None = None
    participation_id: Annotated[Printable, text(30)] | None = None
    statement_descriptor: Annotated[Printable, text(22)] | None = None
    reconciliation_data: ReconciliationData | None = None
    merchant_category_code: Mcc | None = None
    mcc: Mcc | None = None
    transaction_purpose: TwoDigits | None = None
    unique_transaction_reference: UniqueReference | None = None

    def order(self) -> Order:
        """Return what is to be pushed."""
        return Order(
            int(self.amount),
            self.currency,
            PAYMENT_TYPES[self.payment_type]["business_application"],
            CHANNELS[self.channel or ""],
            self.funding_source,
            self.sender.named() if self.sender else None,
            self.recipient.named() if self.recipient else Named(),
            self.statement_descriptor or self.additional_message or "",
        )

    def details(self) -> dict[str, Any]:
        """Return what the answer repeats of the request, with accounts masked."""
        kept: dict[str, Any] = self.model_dump(
            include={
                *("payment_type", "funding_source", "channel", "additional_message", "participation_id"),
                *("statement_descriptor", "reconciliation_data", "transaction_purpose", "unique_transaction_reference"),
            },
            exclude_none=True,
        )
        kept["amount"] = {"value": self.amount, "currency": self.currency}
        for name in ("recipient_account_uri", "sender_account_uri"):
            if account := getattr(self, name):
                kept[name] = account.masked
        return kept


class PushOrder(MoneyOrder):
    """What a disbursement and a transfer have in common: a recipient's card."""

    recipient_account_uri: AccountUriText
    sender_account_uri: AccountUriText | None = None


class PaymentDisbursement(PushOrder):
    """``payment_disbursement``: a business or a government pays somebody."""

    disbursement_reference: PartnerReference


class PaymentTransfer(PushOrder):
    """``payment_transfer``: a person pays a person; only the push, the money is the partner's."""

    transfer_reference: PartnerReference
