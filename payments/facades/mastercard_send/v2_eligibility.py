"""Send 2.0's transfer eligibilities: whether this account may send, and that one receive."""

from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from payments.facades.mastercard_send.account_uri import AccountUri, AccountUriText
from payments.facades.mastercard_send.awaited import Eligible
from payments.facades.mastercard_send.eligibility import SYSTEMS, inquired, reason_for, reason_words, use_of
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.fields import (
    Amount,
    Country,
    Currency,
    LocalMoment,
    PaymentType,
    Printable,
    Shape,
    text,
)
from payments.facades.mastercard_send.limits import Use
from payments.facades.mastercard_send.v1_replies import brand_of
from payments.facades.mastercard_send.v2_shapes import Digits, SingleMessage

_PARTNER_BRANDS: Final = ("STAR", "PULSE", "NYCE", "VISA", "MAESTRO")
_BRAND_CODES: Final = {"debit": "MDG", "credit": "MCG", "prepaid": "MPP"}


class InquiringDualMessage(Shape):
    """Dual-message credentials: here the reference id is a number."""

    acquirerReferenceId: Annotated[int, Field(ge=0, le=999_999)]  # noqa: N815


class InquiringCredentials(Shape):
    """Through which acquirer."""

    acquiringIca: Annotated[Digits, Field(min_length=6, max_length=11)]  # noqa: N815
    singleMessage: SingleMessage | None = None  # noqa: N815
    dualMessage: InquiringDualMessage | None = None  # noqa: N815


class TransferEligibility(Shape):
    """POST transfer-eligibilities."""

    acquirerCountry: Country  # noqa: N815
    paymentType: PaymentType  # noqa: N815
    transferAcceptorCountry: Country  # noqa: N815
    acquiringCredentials: InquiringCredentials | None = None  # noqa: N815
    amount: Amount | None = None
    currency: Currency | None = None
    recipientAccountUri: AccountUriText | None = None  # noqa: N815
    senderAccountUri: AccountUriText | None = None  # noqa: N815
    transferAcceptorId: Annotated[Printable, text(15, 1)] | None = None  # noqa: N815
    transactionLocalDateTime: LocalMoment | None = None  # noqa: N815

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if not (self.recipientAccountUri or self.senderAccountUri):
            raise PydanticCustomError("missing", "Value is required")
        return self


async def create_eligibility(visit: Visit) -> Response:
    """Answer about the sending account, the receiving account, and the transfer as a whole."""
    asked = TransferEligibility.model_validate(await visit.data())
    body: dict[str, Any] = {}
    for name, account in (("sending", asked.senderAccountUri), ("receiving", asked.recipientAccountUri)):
        if account:
            eligible = await inquired(visit, account, asked.transferAcceptorCountry, asked.paymentType)
            use = _use(visit, asked, account) if name == "receiving" and eligible else None
            further = await reason_for(visit, account, eligible, use) if name == "receiving" and eligible else ""
            body[f"{name}Eligibility"] = side(account, eligible, name == "receiving", further)
    body["transferEligibility"] = {"eligible": all(each["eligible"] for each in body.values())}
    return visit.reply(body, 201)


def _use(visit: Visit, asked: TransferEligibility, account: AccountUri) -> Use | None:
    """Return the payment that is asked about; ``None`` if no amount is named."""
    if not (account.number and asked.amount and asked.currency):
        return None
    given = asked.acquiringCredentials
    system = next((SYSTEMS[each] for each in SYSTEMS if given and getattr(given, each)), "")
    terms = (asked.transferAcceptorId or "", asked.paymentType, int(asked.amount), asked.currency, system)
    return use_of(visit, account.number, *terms)


def side(account: AccountUri, eligible: Eligible | None, receiving: bool, further: str = "") -> dict[str, Any]:
    """Return the answer about one account; ``further`` is the reason code of what else is in the way ('' nothing)."""
    if eligible is None:
        return {"eligible": False} | _reason(None)
    allowed = (eligible.push if receiving else eligible.pull) and not further
    brand = brand_of(account.number.masked if account.number else "")
    row: dict[str, Any] = {
        "eligible": allowed,
        "brand": brand,
        "acceptanceBrand": "MCC" if eligible.product == "credit" else "DMC",
        "brandCode": _BRAND_CODES.get(eligible.product, "MDG"),
        "accountStatementCurrency": eligible.currency,
        "institutionCountry": eligible.country,
        "institutionName": eligible.institution,
        "type": eligible.product.upper(),
        "productType": "COMMERCIAL" if eligible.commercial else "CONSUMER",
        "processingType": "SINGLE" if brand in _PARTNER_BRANDS else "BOTH",
        "enablementIndicator": "N" if not allowed else "Y" if eligible.cross_border else "D",
        "crossBorder": eligible.cross_border,
    }
    if receiving:
        row["fundsAvailability"] = "NEXT_BUSINESS_DAY" if eligible.within_seconds is None else "IMMEDIATE"
    return row if allowed else row | _reason(eligible, further)


def _reason(eligible: Eligible | None, further: str = "") -> dict[str, Any]:
    reason = reason_words(eligible, "reasonCode", "reasonDescription", further)
    return reason | {"reasonCode": int(reason["reasonCode"])}
