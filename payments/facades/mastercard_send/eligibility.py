"""Eligibility, for both generations: what the network says of an account, and in which words."""

from typing import Any, Final

import sqlalchemy as sa

from payments.facades.mastercard_send.account_uri import AccountUri
from payments.facades.mastercard_send.awaited import Eligible
from payments.facades.mastercard_send.codes import PAYMENT_TYPES, eligibility_reason
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import invalid, limit_reason
from payments.facades.mastercard_send.limits import Use, find_breach
from payments.facades.mastercard_send.v1_replies import brand_of
from payments.kit.clock import CLOCK, Clock, moment, real_now
from payments.kit.database import fetch
from payments.kit.secrets import CardNumber
from payments.switch.message import PresentedCard

NOT_ELIGIBLE: Final = "110503"
TYPE_NOT_SUPPORTED: Final = "110504"
CURRENCY_NOT_SUPPORTED: Final = "110505"
NOT_ONBOARDED: Final = "110506"

SYSTEMS: Final = {"singleMessage": "S", "dualMessage": "D"}
"""The message system that each kind of acquiring credentials is for."""

_TRANSACTION_TYPES: Final = {"P2M": "MER", "MRF": "PUR"}
_COMMERCIAL: Final = ("business", "commercial", "government")


async def card_of(visit: Visit, account: AccountUri, field: str, *, with_cvc: bool = False) -> PresentedCard:
    """Return the card an account URI names. Raises ``Refused`` for an account that is none, or none of ours."""
    if account.number is None or account.number.bin not in visit.sandbox.switch.directory.bins:
        raise invalid(field, description="Invalid Account URI")
    at = await visit.sandbox.world.database.read(_now)
    card = account.presented(f"{moment(at):%y%m}")
    return PresentedCard(card.number, card.expiry, account.cvc if with_cvc else None, card.entry_mode)


async def inquired(visit: Visit, account: AccountUri, origin: str, payment_type: str) -> Eligible | None:
    """Return what the network says of an account; ``None``: it is no card of the directory, or nobody answers."""
    if account.number is None or account.number.bin not in visit.sandbox.switch.directory.bins:
        return None
    application = PAYMENT_TYPES[payment_type]["business_application"] if payment_type else ""
    assert visit.awaited.inquire, "there is no route without its flow"
    card = PresentedCard(account.number, "", None, "01")
    return await visit.awaited.inquire(visit.acquirer, card, origin, application)


async def reason_for(visit: Visit, account: AccountUri, eligible: Eligible | None, asked: Use | None) -> str:
    """Return why an account may not be paid, though its bank would take it: currency, network or a limit; '' may be."""
    assert account.number
    if eligible is None:
        return ""
    if not visit.partner.onboarded(brand_of(account.number.masked)):
        return NOT_ONBOARDED
    if asked is None:
        return ""
    if asked.currency not in (eligible.currency, visit.partner.currency) or asked.currency != visit.partner.currency:
        return CURRENCY_NOT_SUPPORTED
    assert visit.awaited.check_limits, "there is no route without its flow"
    application = PAYMENT_TYPES[asked.payment_type]["business_application"]
    sender = (visit.acquirer, visit.partner.sender, asked.currency, application, asked.amount)
    reached = await visit.awaited.check_limits(*sender)
    if reached is not None:
        return limit_reason(reached)
    return await visit.sandbox.world.database.read(find_breach, asked)


def use_of(
    visit: Visit,
    number: CardNumber,
    acceptor: str,
    payment_type: str,
    amount: int,
    currency: str,
    message_system: str,
    id: str = "",
) -> Use:
    """Return a payment to a card of the directory as limits see it."""
    known, brand = visit.sandbox.switch.directory.bins[number.bin], brand_of(number.masked)
    return Use(
        partner=visit.partner.id,
        acceptor=acceptor,
        account=visit.sandbox.world.vault.fingerprint(number),
        payment_type=payment_type,
        amount=amount,
        currency=currency,
        brand=brand,
        card_type="MAESTRO" if brand == "MAESTRO" else "CREDIT" if known.product == "credit" else "DEBIT",
        card_product="CMRCL" if known.platform in _COMMERCIAL else "CNSMR",
        transaction_type=_TRANSACTION_TYPES.get(payment_type, "PAY"),
        message_system=message_system,
        id=id,
    )


def reason_words(eligible: Eligible | None, code: str, words: str, further: str = "") -> dict[str, Any]:
    """Return why an account is not eligible, under the names of the two fields: ``further``, or what its bank says."""
    reason = further or (TYPE_NOT_SUPPORTED if eligible is None else eligible.reason or NOT_ELIGIBLE)
    return {code: reason, words: eligibility_reason(reason)}


def _now(connection: sa.Connection) -> int:
    table = Clock.table()
    (clock,) = fetch(connection, Clock, sa.select(table).where(table.c.id == CLOCK))
    return clock.now(real_now())
