"""Paying, in the order both generations share: written down, handed to the flow, linked to what it has made, read."""

from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from payments.facades.mastercard_send import flows
from payments.facades.mastercard_send.account_uri import AccountUri
from payments.facades.mastercard_send.awaited import Pull
from payments.facades.mastercard_send.codes import (
    ALWAYS_APPROVED,
    DECLINED,
    DECLINED_REFERENCE,
    PAYMENT,
    PAYMENT_LEG,
    V1,
    V2,
    status_word,
)
from payments.facades.mastercard_send.eligibility import NOT_ONBOARDED, SYSTEMS, use_of
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import (
    Refused,
    duplicate,
    invalid,
    not_eligible,
    refused_by_flow,
    unknown_resource,
)
from payments.facades.mastercard_send.flows import Order
from payments.facades.mastercard_send.instruction import (
    Asked,
    Instruction,
    Outcome,
    ReferenceUsed,
    find_outcome,
    forget,
    instruct,
    note_outcome,
)
from payments.facades.mastercard_send.limits import find_breach
from payments.facades.mastercard_send.v1_replies import brand_of
from payments.kit.clock import moment
from payments.kit.errors import Refusal
from payments.kit.secrets import CardNumber, Secret
from payments.switch.directory import UnknownBin
from payments.switch.message import PresentedCard

_V2_NAMES: Final = {"payment_type": "paymentType", "channel": "deviceType", "funding_source": "fundingSource"}


@dataclass(frozen=True, slots=True)
class Payment:
    """What a request asks for: under which ``reference`` of which ``kind``, to which account, and how much.

    With ``leg`` FUNDING it is *from* that account. ``fields`` are the names of the fields of reference, account URI
    and currency, for what is said of them.
    """

    kind: str
    reference: str
    account: AccountUri
    order: Order
    details: dict[str, object]
    fields: tuple[str, str, str]
    again: bool
    leg: str = PAYMENT_LEG

    @property
    def payment_type(self) -> str:
        """Return Mastercard's word for what it is."""
        return str(self.details["paymentType" if self.kind == PAYMENT else "payment_type"])

    @property
    def acceptor(self) -> str:
        """Return the id of the transfer acceptor; v1 names none ('')."""
        named: Any = self.details.get("transferAcceptor") or {"id": ""}
        return str(named["id"])


async def pay(visit: Visit, payment: Payment) -> Outcome:
    """Carry out a payment, or find what became of it when it is repeated. Raises ``Refused``."""
    number = _card_number(visit, payment)
    institution = visit.acquirer
    try:
        instruction, new = await institution.step(instruct, _asked(visit, payment, number))
    except ReferenceUsed:
        raise duplicate(payment.fields[0]) from None
    if new or instruction.idle:
        await _carry_out(visit, payment, instruction)
    return await _read(visit, "id", instruction.id, ask=not new)


async def read_by_id(visit: Visit, kind: str, id: str) -> Outcome:
    """Return the partner's payment with this id, found out about if it is unknown. Raises ``Refused`` (404)."""
    outcome = await _outcome(visit, "id", id)
    if outcome is None or (outcome.instruction.partner, outcome.instruction.kind) != (visit.partner.id, kind):
        raise unknown_resource()
    return await _read(visit, "id", id)


async def read_by_reference(visit: Visit, kind: str, reference: str) -> Outcome:
    """Return the partner's payment under this reference, as ``read_by_id`` does."""
    return await _read(visit, "reference", visit.partner.id, kind, reference)


async def _read(visit: Visit, column: str, *values: str, ask: bool = True) -> Outcome:
    """Read a payment; if its outcome is unknown and one may ``ask``, the network is asked, and it is read again."""
    outcome = await _outcome(visit, column, *values)
    if outcome is None:
        raise unknown_resource()
    # The answer to the request that made it says what that one knew; whoever asks later wants to know better.
    if ask and outcome.made and await flows.find_out(visit.acquirer, outcome.made):
        outcome = await _outcome(visit, column, *values) or outcome
    return outcome


def _card_number(visit: Visit, payment: Payment) -> CardNumber:
    number = payment.account.number
    if number is None:
        raise invalid(payment.fields[1], description="Account type not supported")
    try:
        visit.sandbox.switch.directory.bin_of(number)
    except UnknownBin as unknown:
        raise invalid(payment.fields[1], description=unknown.title.rstrip(".")) from None
    if payment.order.currency != visit.partner.currency:
        raise invalid(payment.fields[2], description="Currency not supported for this partner")
    if not visit.partner.onboarded(brand_of(number.masked)):
        raise not_eligible(payment.fields[1], NOT_ONBOARDED)
    return number


def _asked(visit: Visit, payment: Payment, number: CardNumber) -> Asked:
    order = payment.order
    alike = f"{number.reveal()}/{order.amount}/{order.currency}/{order.business_application}"
    return Asked(
        visit.partner.id,
        payment.kind,
        payment.leg,
        payment.reference,
        visit.sandbox.world.vault.fingerprint(Secret(alike)),
        orjson.dumps(payment.details).decode(),
        payment.again,
        visit.static and payment.reference in ALWAYS_APPROVED,
        visit.sandbox.world.vault.fingerprint(number),
        payment.acceptor,
        payment.payment_type,
        order.amount,
    )


async def _carry_out(visit: Visit, payment: Payment, instruction: Instruction) -> None:
    acquirer = visit.acquirer
    if code := await _breach(visit, payment, instruction):
        await acquirer.step(forget, instruction)
        raise not_eligible("amount", code)
    card = payment.account.presented(f"{moment(instruction.created_at):%y%m}")
    await _stage(visit, payment, card)
    try:
        await _flow(visit, payment)(acquirer, visit.partner.sender, instruction.claim, card, payment.order)
    except Refusal as refusal:
        code = flows.declined_code(refusal)
        if not code:
            await acquirer.step(forget, instruction)
            raise _refused(payment, refusal) from None
        await acquirer.step(note_outcome, instruction, "", code, DECLINED)
        return
    outcome = await _outcome(visit, "id", instruction.id)
    made = outcome.made if outcome else None
    assert made, "what is claimed is there"
    first = status_word(made.status, V2 if payment.kind == PAYMENT else V1, made.code)
    await acquirer.step(note_outcome, instruction, made.id, "", first)


async def _breach(visit: Visit, payment: Payment, instruction: Instruction) -> str:
    """Return the reason code of a limit of the partner's that a payment goes over, '' for none."""
    assert payment.account.number
    if payment.leg != PAYMENT_LEG:
        return ""
    credentials: Any = payment.details.get("acquiringCredentials") or {}
    order, system = payment.order, next((each for each in SYSTEMS if each in credentials), "")
    terms = (payment.acceptor, payment.payment_type, order.amount, order.currency, SYSTEMS.get(system, ""))
    use = use_of(visit, payment.account.number, *terms, id=instruction.id)
    return await visit.sandbox.world.database.read(find_breach, use)


async def _stage(visit: Visit, payment: Payment, card: PresentedCard) -> None:
    """Have a payment declined whose reference says so, as in Mastercard's static sandbox."""
    found = DECLINED_REFERENCE.match(payment.reference) if visit.static else None
    if found and visit.awaited.stage_decline:
        await visit.awaited.stage_decline(visit.sandbox, card.number, found[1])


def _flow(visit: Visit, payment: Payment) -> Pull:
    if payment.leg == PAYMENT_LEG:
        return flows.push
    assert visit.awaited.pull, "there is no route without its flow"
    return visit.awaited.pull


async def _outcome(visit: Visit, column: str, *values: str) -> Outcome | None:
    return await visit.sandbox.world.database.read(find_outcome, visit.awaited.find_pull, column, *values)


def _refused(payment: Payment, refusal: Refusal) -> Refused:
    """Return how a refusal reads, with the name that the field at fault has in this generation."""
    refused = refused_by_flow(refusal)
    names = dict(zip(("reference", "account_uri", "currency"), payment.fields, strict=True))
    if payment.kind == PAYMENT:
        names |= _V2_NAMES
    renamed = (replace(each, source=names.get(each.source, each.source)) for each in refused.problems)
    return Refused(refused.http_status, *renamed)
