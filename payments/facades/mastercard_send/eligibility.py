"""Eligibility, for both generations: what the network says of an account, and in which words."""

from typing import Any, Final

import sqlalchemy as sa

from payments.facades.mastercard_send.account_uri import AccountUri
from payments.facades.mastercard_send.awaited import Eligible
from payments.facades.mastercard_send.codes import PAYMENT_TYPES, eligibility_reason
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import invalid
from payments.kit.clock import CLOCK, Clock, moment, real_now
from payments.kit.database import fetch
from payments.switch.message import PresentedCard

NOT_ELIGIBLE: Final = "110503"
TYPE_NOT_SUPPORTED: Final = "110504"


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


def reason_words(eligible: Eligible | None, code: str, words: str) -> dict[str, Any]:
    """Return why an account is not eligible, under the names of the two fields."""
    reason = TYPE_NOT_SUPPORTED if eligible is None else eligible.reason or NOT_ELIGIBLE
    return {code: reason, words: eligibility_reason(reason)}


def _now(connection: sa.Connection) -> int:
    table = Clock.table()
    (clock,) = fetch(connection, Clock, sa.select(table).where(table.c.id == CLOCK))
    return clock.now(real_now())
