"""What is asked and answered at once: cancel a deferred push, a card's attributes (FTAI), card validation (PAV)."""

from typing import Any, Final

from payments.facades.visa_direct import request
from payments.facades.visa_direct.answer import ISSUER_ANSWERED, RULE_DECLINED, STOOD_IN
from payments.facades.visa_direct.call import Answer, Call
from payments.facades.visa_direct.contract import Attributes, Validated, Validation
from payments.facades.visa_direct.envelope import RequestRefused
from payments.facades.visa_direct.fields import check
from payments.facades.visa_direct.flows import INQUIRIES
from payments.facades.visa_direct.query import by_network_id, by_trace
from payments.kit.fate import durable
from payments.kit.money import exponent, numeric_code
from payments.switch.codes import ISSUER_UNAVAILABLE, RECORD_NOT_FOUND
from payments.switch.iso8583_countries import numeric_country

CANCEL: Final = "/visadirect/fundstransfer/cancel"
ATTRIBUTES: Final = tuple(
    f"/paai/fundstransferattinq/{version}/cardattributes/fundstransferinquiry" for version in ("v5", "v2", "v1")
)
VALIDATE: Final = "/pav/v1/cardvalidation"

_PLATFORMS: Final = {"business": "BZ", "consumer": "CN", "commercial": "CO", "government": "GV"}
_PRODUCTS: Final = {"credit": "C", "debit": "D", "prepaid": "P"}
_NAME_PARTS: Final = ("firstName", "middleName", "lastName")


async def cancel(call: Call) -> Answer:
    """Cancel a deferred push, named by its identifier, or by its trace number and retrieval reference."""
    assert INQUIRIES.cancel is not None
    body = call.fields
    check("cancel", body, bool(call.credential.strict))
    acquiring_bin = call.permitted(request.digits(body, "acquiringBin", 6, 11))
    numbers = request.trace_number(body), request.reference(body)
    if body.get("transactionIdentifier"):
        network_id = request.digits(body, "transactionIdentifier", 15, 15)
        found = await call.read(by_network_id, call.directory, call.credential, acquiring_bin, network_id)
    else:
        found = await call.read(by_trace, call.directory, call.credential, acquiring_bin, *numbers)
    if not found:
        return Answer(200, {"actionCode": RECORD_NOT_FOUND})
    outcome = found[0].outcome
    code = await durable(INQUIRIES.cancel(call.door.sandbox, call.credential.acquirer, outcome.id))
    answer: dict[str, Any] = {"transactionIdentifier": int(outcome.network_id)} if outcome.network_id else {}
    return Answer(200, answer | {"actionCode": code or ISSUER_UNAVAILABLE})


async def attributes(call: Call) -> Answer:
    """Tell what may be pushed to a card, or pulled from it."""
    assert INQUIRIES.attributes is not None
    body = call.fields
    check("attributes", body, bool(call.credential.strict))
    try:
        card = request.card(body, "primaryAccountNumber", "cardExpiryDate", call.directory)
    except RequestRefused:
        return Answer(400, _unknown_account())
    origin = request.country(request.text(body, "acquirerCountryCode"))
    found = await durable(INQUIRIES.attributes(call.door.sandbox, call.credential.acquirer, card, origin))
    if found is None:
        raise RequestRefused(503, "503", "The network did not answer: ask again.")
    return Answer(200, {"visaNetworkInfo": [_attributes(found)], "ppgsNetworkInfo": []})


def _unknown_account() -> dict[str, Any]:
    words = "Unable to find any participating network information for the provided account."
    return {"errorResponse": {"reason": "invalidParameter", "message": words}}


def _attributes(found: Attributes) -> dict[str, Any]:
    currency, country = int(numeric_code(found.currency)), int(numeric_country(found.country))
    gambling_abroad = found.gambling and found.push_cross_border
    fast_here, fast_abroad = found.fast_funds in ("B", "D"), found.fast_funds in ("B", "C")
    flags = {
        "geoRestrictionInd": found.geo_blocked,
        "pullFundsCrossBorder": found.pull_cross_border,
        "moneyTransferPushFundsDomestic": found.push_domestic,
        "nonMoneyTransferPushFundsDomestic": found.push_domestic,
        "onlineGamblingPushFundsDomestic": found.push_domestic and found.gambling,
        "moneyTransferPushFundsCrossBorder": found.push_cross_border,
        "nonMoneyTransferPushFundsCrossBorder": found.push_cross_border,
        "onlineGamblingPushFundsCrossBorder": gambling_abroad,
        "moneyTransferFastFundsDomestic": fast_here,
        "nonMoneyTransferFastFundsDomestic": fast_here,
        "onlineGamblingFastFundsDomestic": fast_here and found.gambling,
        "moneyTransferFastFundsCrossBorder": fast_abroad,
        "nonMoneyTransferFastFundsCrossBorder": fast_abroad,
        "onlineGamblingFastFundsCrossBorder": fast_abroad and found.gambling,
    }
    facts = {
        "issuerName": found.issuer_name,
        "issuerCountryCode": country,
        "billingCurrency": currency,
        "billingCurrencyCodeMinorDigits": str(exponent(found.currency)),
        "accountCurrencyCode": currency,
        "cardProductType": _PRODUCTS[found.product],
        "cardPlatformCode": _PLATFORMS[found.platform],
        "comboCardRange": "0",
        "fastFundsIndicator": found.fast_funds,
        "pushFundsBlockIndicator": "N" if found.push_domestic else "Y",
        "onlineGambingBlockIndicator": "N" if found.gambling else "Y",
    }
    if found.product == "prepaid":
        facts["cardSubTypeCode"] = "R" if found.reloadable else "N"
    return facts | {name: "Y" if flag else "N" for name, flag in flags.items()}


async def validate(call: Call) -> Answer:
    """Ask a card's issuer whether card, address and name are its holder's."""
    assert INQUIRIES.validate is not None
    body = call.fields
    check("card_validation", body, bool(call.credential.strict))
    call.permitted(request.digits(body, "acquiringBin", 6, 11))
    names = [request.text(body, f"cardHolderNameVerification.{each}") for each in _NAME_PARTS]
    asked = Validation(
        card=request.card(body, "primaryAccountNumber", "cardExpiryDate", call.directory),
        sender=call.credential.sender,
        street=request.text(body, "addressVerificationResults.street"),
        postal_code=request.text(body, "addressVerificationResults.postalCode"),
        first_name=names[0],
        middle_name=names[1],
        last_name=names[2],
    )
    found = await durable(INQUIRIES.validate(call.door.sandbox, call.credential.acquirer, asked))
    if found is None:
        return Answer(200, {"actionCode": ISSUER_UNAVAILABLE, "responseCode": STOOD_IN, "transactionIdentifier": ""})
    return Answer(200, _validated(found))


def _validated(found: Validated) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "actionCode": found.action_code,
        "responseCode": ISSUER_ANSWERED if found.by_issuer else RULE_DECLINED,
        "transactionIdentifier": found.network_id,
    }
    if found.cvv_result:
        answer["cvv2ResultCode"] = found.cvv_result
    if found.address_result:
        answer["addressVerificationResults"] = found.address_result
    names = {
        "nameMatchDecision": found.name_result,
        "lastNameAccountMatchDecision": found.last_name_result,
        "firstNameAccountMatchDecision": found.first_name_result,
        "middleNameAccountMatchDecision": found.middle_name_result,
    }
    given = {name: result for name, result in names.items() if result}
    return answer | ({"cardHolderNameVerificationResult": {"nameResult": "00", **given}} if given else {})
