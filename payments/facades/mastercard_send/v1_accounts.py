"""v1's questions about accounts: what may be sent and received (account-info), and whether card and address are right.

The pages of the field tables could not be read: the names inside the root objects are ours where no sample shows them.
"""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from payments.facades.mastercard_send.account_uri import AccountUri, AccountUriText
from payments.facades.mastercard_send.awaited import Eligible, Validated
from payments.facades.mastercard_send.codes import ALWAYS_MATCHES, APPROVED, DECLINED, UNKNOWN, description
from payments.facades.mastercard_send.eligibility import card_of, inquired, reason_for, reason_words, use_of
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.fields import Amount, Country, Currency, PartnerReference, PaymentType, Shape
from payments.facades.mastercard_send.flows import Named
from payments.facades.mastercard_send.v1_payments import inner
from payments.facades.mastercard_send.v1_replies import brand_of
from payments.facades.mastercard_send.v1_shapes import Address, Name
from payments.switch.codes import APPROVED as OK
from payments.switch.message import PresentedCard
from payments.switch.published_cards import ANY_EXPIRY


class AccountInfo(Shape):
    """``account_info``: about which account, and for what."""

    account_uri: AccountUriText
    payment_type: PaymentType | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    transfer_acceptor_country: Country | None = None


class AccountVerification(Shape):
    """``account_verification``: card and CVC, and of the holder what is to be checked."""

    account_verification_reference: PartnerReference
    account_uri: AccountUriText
    address: Address | None = None
    first_name: Name | None = None
    middle_name: Name | None = None
    last_name: Name | None = None


async def read_account_info(visit: Visit) -> Response:
    """Say what may be sent from an account, and received by it."""
    asked = AccountInfo.model_validate(await inner(visit, "account_info"))
    eligible = await inquired(visit, asked.account_uri, asked.transfer_acceptor_country or "", asked.payment_type or "")
    further = await _further(visit, asked, eligible)
    body = {
        "resource_type": "account_info",
        "account_uri": asked.account_uri.masked,
        "account_statement_currency": eligible.currency if eligible else None,
        "sending_eligibility": _side(asked.account_uri, eligible, eligible.pull if eligible else False),
        "receiving_eligibility": _side(asked.account_uri, eligible, eligible.push if eligible else False, further),
    }
    return visit.reply({"account_info": {name: each for name, each in body.items() if each is not None}})


async def verify_account(visit: Visit) -> Response:
    """Ask the issuer whether card, address and name are its holder's."""
    asked = AccountVerification.model_validate(await inner(visit, "account_verification"))
    card = await card_of(visit, asked.account_uri, "account_uri", with_cvc=True)
    place = asked.address or Address()
    name = "  ".join(each or "" for each in (asked.first_name, asked.middle_name, asked.last_name))
    holder = Named(name if name.strip() else "", False, place.line1 or "", postal_code=place.postal_code or "")
    assert visit.awaited.validate_card, "there is no route without its flow"
    found = await visit.awaited.validate_card(visit.acquirer, visit.partner.sender, card, holder)
    return visit.reply({"account_verification": _verification(asked, _as_published(card, found))}, 201)


def _as_published(card: PresentedCard, found: Validated) -> Validated:
    """Return what is found as Mastercard publishes it: test cards have any CVC, and of one everything matches."""
    number = card.number.reveal()
    cvc = "M" if found.cvc and number in ANY_EXPIRY else found.cvc
    if number not in ALWAYS_MATCHES:
        return replace(found, cvc=cvc)
    return replace(found, cvc=cvc, address="Y" if found.address else "", name="01" if found.name else "")


async def _further(visit: Visit, asked: AccountInfo, eligible: Eligible | None) -> str:
    number = asked.account_uri.number
    if eligible is None or number is None:
        return ""
    use = None
    if asked.amount and asked.currency and asked.payment_type:
        use = use_of(visit, number, "", asked.payment_type, int(asked.amount), asked.currency, "")
    return await reason_for(visit, asked.account_uri, eligible, use)


def _side(account: AccountUri, eligible: Eligible | None, allowed: bool, further: str = "") -> dict[str, Any]:
    allowed = allowed and not further
    row: dict[str, Any] = {"eligible": allowed}
    if not allowed:
        row |= reason_words(eligible, "reason_code", "reason_description", further)
    if eligible:
        row |= {
            "network": brand_of(account.number.masked if account.number else ""),
            "institution_name": eligible.institution,
            "country": eligible.country,
            "type": eligible.product.upper(),
        }
    return row


def _verification(asked: AccountVerification, found: Validated) -> dict[str, Any]:
    status = UNKNOWN if not found.code else APPROVED if found.code == OK else DECLINED
    row = {
        "id": found.id,
        "resource_type": "account_verification",
        "account_verification_reference": asked.account_verification_reference,
        "account_uri": asked.account_uri.masked,
        "status": status,
        "network_status_code": found.code,
        "network_status_description": description(found.code) if found.code else "",
        "cvc_response_code": found.cvc,
        "avs_response_code": found.address,
        "name_response_code": found.name,
        "retrieval_reference": found.reference,
        "system_trace_audit_number": found.stan,
    }
    return {name: each for name, each in row.items() if each}
