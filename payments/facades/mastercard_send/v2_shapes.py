"""The requests of Send 2.0: camelCase, flat, with the lengths of its OpenAPI document.

https://github.com/Mastercard/send-api-demo-app
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from payments.facades.mastercard_send.account_uri import AccountUriText
from payments.facades.mastercard_send.codes import CHANNELS, FUNDING_SOURCES, PAYMENT_TYPES
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

SECRET: Final = {
    "additionalProgramData": True,
    "recipient": {"accountUri", "authentication", "tokenCryptogram", "governmentIdUris"},
    "sender": {"accountUri", "digitalAccountReferenceNumber", "governmentIdUris"},
}
"""What is not kept of a request; accounts are kept masked."""

Digits = Annotated[str, Field(pattern=r"^[0-9]*$")]
State = Annotated[str, StringConstraints(min_length=2, max_length=3, pattern=r"^[A-Za-z0-9]+$")]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
PersonName = Annotated[Printable, text(120, 1)]
Street = Annotated[Printable, text(50, 1)]
City = Annotated[Printable, text(25, 1)]
PostalCode = Annotated[Printable, text(10, 1)]
FundingSource = Literal["01", "02", "03", "04", "05", "06", "07"]
AccountNumberType = Literal["00", "01", "02", "03", "04", "05", "06", "07", "08"]
PointOfService = Literal[
    "MAGSTRIPE", "CONTACT_CHIP", "CONTACTLESS_CHIP", "CONTACTLESS_MAGSTRIPE", "MANUAL_ENTRY", "CARD_ON_FILE"
]


class DualMessage(Shape):
    """Dual-message credentials: a BIN or a reference id."""

    acquiringBin: Annotated[Digits, Field(min_length=6, max_length=6)] | None = None  # noqa: N815
    acquirerReferenceId: Annotated[Digits, Field(min_length=6, max_length=6)] | None = None  # noqa: N815

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if not (self.acquiringBin or self.acquirerReferenceId):
            raise PydanticCustomError("missing", "Value is required")
        return self


class SingleMessage(Shape):
    """Single-message credentials."""

    acquiringIdentificationCode: Annotated[Digits, Field(min_length=1, max_length=9)]  # noqa: N815
    processorId: Annotated[str, Field(min_length=10, max_length=10, pattern=r"^9000[0-9]{6}$")]  # noqa: N815


class AcquiringCredentials(Shape):
    """Through which acquirer; at least one of the two kinds of credentials."""

    acquiringCountry: Country | None = None  # noqa: N815
    acquiringIca: Annotated[Digits, Field(min_length=1, max_length=11)]  # noqa: N815
    dualMessage: DualMessage | None = None  # noqa: N815
    singleMessage: SingleMessage | None = None  # noqa: N815

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if not (self.dualMessage or self.singleMessage):
            raise PydanticCustomError("missing", "Value is required")
        return self


class AcceptorAddress(Shape):
    """Where the transfer acceptor is."""

    street: Street
    city: City
    state: State | None = None
    postalCode: PostalCode  # noqa: N815
    country: Country


class TransferAcceptor(Shape):
    """The merchant or originator that provides the service."""

    id: Annotated[Printable, text(15, 1)]
    name: Annotated[Printable, text(22, 1)]
    terminalId: Annotated[Printable, text(8, 1)]  # noqa: N815
    address: AcceptorAddress
    convenienceAmount: Annotated[Digits, Field(min_length=1, max_length=12)] | None = None  # noqa: N815
    convenienceIndicator: Literal["01", "02", "03"] | None = None  # noqa: N815
    mastercardAssignedMerchantId: Annotated[Printable, text(6)] | None = None  # noqa: N815
    paymentFacilitatorId: Annotated[Printable, text(11)] | None = None  # noqa: N815
    subMerchantId: Annotated[Printable, text(15)] | None = None  # noqa: N815


class RecipientAddress(Shape):
    """Where the recipient lives."""

    street: Street | None = None
    city: City | None = None
    state: State | None = None
    postalCode: PostalCode | None = None  # noqa: N815
    country: Country | None = None


class SenderAddress(RecipientAddress):
    """Where the sender lives: street and country are needed."""

    street: Street
    country: Country


class Someone(Shape):
    """What sender and recipient have in common."""

    accountUri: AccountUriText  # noqa: N815
    accountNumberType: AccountNumberType | None = None  # noqa: N815
    countryOfBirth: Country | None = None  # noqa: N815
    dateOfBirth: Date | None = None  # noqa: N815
    email: Annotated[Printable, text(254, 5)] | None = None
    nationality: Country | None = None
    phone: Annotated[Digits, Field(min_length=1, max_length=20)] | None = None


class Recipient(Someone):
    """Who gets the money."""

    name: PersonName | None = None
    address: RecipientAddress | None = None
    dsTransactionId: Annotated[Printable, text(64)] | None = None  # noqa: N815


class Sender(Someone):
    """Who gives it."""

    name: PersonName
    address: SenderAddress


class CreatePayment(Shape):
    """POST payments."""

    paymentReference: PartnerReference  # noqa: N815
    amount: Amount
    currency: Currency
    acquiringCredentials: AcquiringCredentials  # noqa: N815
    transferAcceptor: TransferAcceptor  # noqa: N815
    recipient: Recipient
    sender: Sender
    fundingSource: FundingSource  # noqa: N815
    paymentType: PaymentType  # noqa: N815
    transactionLocalDateTime: LocalMoment  # noqa: N815
    interchangeRateDesignator: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2}$")] | None = None  # noqa: N815
    additionalMessage: Annotated[Printable, text(65)] | None = None  # noqa: N815
    deviceType: Annotated[Printable, text(20)] | None = None  # noqa: N815
    merchantCategoryCode: Mcc | None = None  # noqa: N815
    participationId: Annotated[Printable, text(30)] | None = None  # noqa: N815
    qrData: Annotated[Printable, text(237)] | None = None  # noqa: N815
    pointOfServiceInteraction: PointOfService | None = None  # noqa: N815
    transactionPurpose: TwoDigits | None = None  # noqa: N815
    uniqueTransactionReference: UniqueReference | None = None  # noqa: N815

    @model_validator(mode="after")
    def _category_where_needed(self) -> Self:
        if not self.merchantCategoryCode and (self.interchangeRateDesignator or self.paymentType in ("P2M", "MRF")):
            raise PydanticCustomError("merchant_category", "merchantCategoryCode is required with these fields")
        return self

    def order(self) -> Order:
        """Return what is to be pushed."""
        return Order(
            int(self.amount),
            self.currency,
            PAYMENT_TYPES[self.paymentType]["business_application"],
            CHANNELS.get(self.deviceType or "", CHANNELS[""]),
            FUNDING_SOURCES[self.fundingSource],
            _named(self.sender.name, self.sender.address),
            _named(self.recipient.name, self.recipient.address),
            self.additionalMessage or self.transferAcceptor.name,
        )

    def details(self) -> dict[str, Any]:
        """Return what the answer repeats of the request, without what is secret and with accounts masked."""
        kept: dict[str, Any] = self.model_dump(exclude=SECRET, exclude_none=True)  # type: ignore[arg-type]
        kept["recipient"]["accountUri"] = self.recipient.accountUri.masked
        kept["sender"]["accountUri"] = self.sender.accountUri.masked
        return kept


def _named(name: str | None, address: RecipientAddress | None) -> Named:
    place = address or RecipientAddress()
    # "Family  First  Middle": the two spaces tell names apart, and are one to a reader.
    plain = " ".join((name or "").split())
    parts = (place.street, place.city, place.state, place.postalCode, place.country)
    return Named(plain, False, *(each or "" for each in parts))


class SearchPayments(Shape):
    """POST payments/searches: by Mastercard's id or by the partner's reference, one of the two."""

    paymentId: Annotated[Printable, text(64, 1)] | None = None  # noqa: N815
    paymentReference: PartnerReference | None = None  # noqa: N815

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.paymentId is None) == (self.paymentReference is None):
            raise PydanticCustomError("one_of_two", "Send paymentId or paymentReference, one of the two")
        return self
