"""The flows this door awaited, connected: what the house's own know, in the words of ``awaited.py``.

A partner's limit is that of its sender in all programmes together.
"""

from contextlib import suppress
from typing import Any, Final

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.card_validation import CardValidationOrder
from payments.acquirer.card_validation import validate_card as ask_issuer
from payments.acquirer.eligibility import inquire as ask_network
from payments.acquirer.funding import pull as take
from payments.acquirer.funding_reversal import reverse_funding
from payments.acquirer.pull import FAILED, Funding, FundingOrder
from payments.acquirer.push import DisbursementOrder
from payments.acquirer.push_limit import PartnerLimitReached, PushLimit, push_limit_id, set_sender_limit
from payments.acquirer.push_limit import check_limits as ask_limits
from payments.acquirer.sender import Sender, Standing
from payments.acquirer.standing import used_on
from payments.facades.mastercard_send.awaited import Awaited, DailyLimit, Eligible, Validated
from payments.facades.mastercard_send.countries import three_letters, two_letters
from payments.facades.mastercard_send.flows import Made, Named, Order, changed_at, party
from payments.kit.clock import DAY
from payments.kit.database import fetch
from payments.kit.idempotency import Claim, IdempotencyKeyInUse, IdempotencyKeyReused, Replayed
from payments.kit.secrets import CardNumber
from payments.kit.work import Work
from payments.sandbox import Sandbox
from payments.switch.codes import ISSUER_UNAVAILABLE
from payments.switch.inquiry_message import HolderAddress, HolderName
from payments.switch.message import Party, PresentedCard
from payments.switch.outcome import DECLINE
from payments.switch.playing import Stagings
from payments.switch.staging import Staging, stage

_REASONS: Final = {"": "", "geo_blocked": "110503", "gambling_blocked": "110504", "not_reloadable": "110504"}
"""Eligibility reason codes of the network's words; which goes with which is not published."""

_BUSINESS: Final = ("business", "commercial", "government")


async def inquire(acquirer: Acquirer, card: PresentedCard, origin: str, application: str) -> Eligible | None:
    """Ask the network what may be pushed to a card and pulled from it."""
    told = (await ask_network(acquirer, card, two_letters(origin), application)).answer
    if told is None:
        return None
    facts = told.attributes
    return Eligible(
        told.push_allowed,
        told.pull_allowed,
        _REASONS.get(told.refusal, "110503"),
        facts.issuer_name,
        three_letters(facts.country),
        facts.currency,
        facts.product,
        facts.platform in _BUSINESS,
        facts.push_cross_border,
        told.funds_within_seconds or None,
    )


async def validate_card(acquirer: Acquirer, sender: str, card: PresentedCard, holder: Named) -> Validated:
    """Ask a card's issuer about card, address and name; the parts of a name are two blanks apart."""
    first, middle, last = [*holder.name.split("  "), "", "", ""][:3] if holder.name else ("", "", "")
    address, name = HolderAddress(holder.address, holder.postal_code), HolderName(first, middle, last)
    found = await ask_issuer(acquirer, CardValidationOrder(card, address, name, sender))
    said = (found.cvv_result, found.address_result, found.name_result)
    return Validated(found.id, found.response_code, found.decided_by, *said, found.reference, found.stan)


async def pull(acquirer: Acquirer, sender: str, claim: Claim, card: PresentedCard, order: Order) -> None:
    """Take money from a card, once under ``claim``."""
    payer = party(order.payer or Named())
    asked = FundingOrder(
        claim, sender, card, order.amount, order.currency, order.channel, order.business_application, payer
    )
    with suppress(Replayed, IdempotencyKeyInUse, IdempotencyKeyReused):
        await take(acquirer, asked)


def find_pull(connection: sa.Connection, id: str) -> Made | None:
    """Return what has come of a pull so far."""
    table = Funding.table()
    found = fetch(connection, Funding, sa.select(table).where(table.c.id == id))
    if not found:
        return None
    (made,) = found
    # One that got no answer is undone by our acquirer: nothing was taken.
    code = ISSUER_UNAVAILABLE if made.status == FAILED else made.response_code
    said = (made.status, code, made.decided_by, made.reference, made.stan)
    more = (made.approval_code, made.network_id, made.card_masked, made.amount, made.currency)
    return Made(made.id, *said, *more, changed_at(connection, made.reference, made.id) or made.created_at)


async def reverse_pull(acquirer: Acquirer, id: str, claim: Claim) -> None:
    """Give a pull back whose payment failed."""
    await reverse_funding(acquirer, id, claim, payment_failed=True)


async def read_limit(acquirer: Acquirer, sender: str, currency: str) -> DailyLimit:
    """Read what a sender may push in a day, and what of it is used."""
    return await acquirer.step(_limit, sender, currency)


async def set_limit(
    acquirer: Acquirer, sender: str, currency: str, amount: int, count: int | None, alert_percent: int | None
) -> DailyLimit:
    """Set what a sender may push in a day."""
    limits: dict[str, Any] = {"daily_amount": amount, "daily_count": count}
    limits |= {"alert_percent": alert_percent} if alert_percent is not None else {}
    await acquirer.step(set_sender_limit, sender, "", currency, limits)
    return await read_limit(acquirer, sender, currency)


def _limit(work: Work, acquirer: Acquirer, sender_id: str, currency: str) -> DailyLimit:
    sender = work.get(Sender, sender_id)
    known = work.get_or_none(PushLimit, push_limit_id(sender_id, currency))
    limit = known or PushLimit("", acquirer.id, sender_id, "", currency)
    count, amount = used_on(work.get(Standing, sender_id), work.now // DAY)
    allowed = (limit.daily_amount, limit.daily_count, limit.alert_percent)
    return DailyLimit(sender.name, *allowed, amount, count, work.now)


async def stage_decline(sandbox: Sandbox, number: CardNumber, code: str) -> None:
    """Have the next push to a card declined by its issuer."""
    await sandbox.stagings.step(_stage, number, code)


def _stage(work: Work, stagings: Stagings, number: CardNumber, code: str) -> Staging:
    return stage(work, stagings, DECLINE, number=number, code=code)


async def check_limits(
    acquirer: Acquirer, sender: str, currency: str, application: str, amount: int
) -> PartnerLimitReached | None:
    """Return the limit of a sender that a push would go over; ``None`` for none."""
    nobody = PresentedCard(CardNumber("0"))
    order = DisbursementOrder(None, sender, nobody, amount, currency, "api", application, Party(""))
    return await acquirer.step(_check_limits, order)


def _check_limits(work: Work, acquirer: Acquirer, order: DisbursementOrder) -> PartnerLimitReached | None:
    try:
        ask_limits(work, acquirer, order, work.get(Standing, order.sender))
    except PartnerLimitReached as reached:
        return reached
    return None


CONNECTED: Final = Awaited(
    inquire,
    validate_card,
    pull,
    find_pull,
    reverse_pull,
    read_limit,
    set_limit,
    stage_decline,
    check_limits,
)
"""Every flow."""
