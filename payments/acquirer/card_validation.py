"""Card validation, the acquirer's side: ask a card's issuer whether card, address and name are its holder's.

It is an inquiry over no amount: it moves nothing. Without an answer it is ``unanswered``, and may be asked anew.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import Index

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.sender import Sender
from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.switch import inquiry_message as inquiries
from payments.switch.inquiry_message import NO_ADDRESS, NO_NAME, CardValidationReply, HolderAddress, HolderName
from payments.switch.message import CardAcceptor, PresentedCard
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import REPLY_WITHIN, NoReply
from payments.switch.trail import received, sent

PENDING: Final = "pending"
ANSWERED: Final = "answered"
UNANSWERED: Final = "unanswered"

# DE 18: a financial institution (ISO 18245).
_MCC: Final = "6012"


@dataclass(frozen=True, slots=True)
class CardValidationOrder:
    """What is to be found out: of ``card`` (expiry and CVV as far as given), and of address and name as far as given.

    ``sender`` is on whose behalf, by id; "" is the acquirer's own.
    """

    card: PresentedCard
    address: HolderAddress = NO_ADDRESS
    holder: HolderName = NO_NAME
    sender: str = ""


@record("acquirer_card_validations", Index(None, "sender", "id"), due_index("answer_due_at"))
class CardValidation(Record):
    """What an issuer said of a card. Name and address that were asked about are not kept, only the results.

    ``response_code`` is about the card; the results are as in ``inquiry_message.CardValidationReply``, "" for what was
    not asked about.
    """

    noun: ClassVar[str] = "card_validation"
    prefix: ClassVar[str] = "cvl"
    moves: ClassVar[tuple[Move, ...]] = (Move("answer", PENDING, ANSWERED), Move("give_up", PENDING, UNANSWERED))

    id: Key[str]
    acquirer: str
    sender: str
    card_masked: str
    currency: str
    reference: str
    stan: str
    created_at: int
    writer: Mutable[int]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    network_id: Mutable[str] = ""
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    cvv_result: Mutable[str] = ""
    address_result: Mutable[str] = ""
    name_result: Mutable[str] = ""
    first_name_result: Mutable[str] = ""
    middle_name_result: Mutable[str] = ""
    last_name_result: Mutable[str] = ""


async def validate_card(acquirer: Acquirer, order: CardValidationOrder) -> CardValidation:
    """Ask the card's issuer. Raises ``UnknownBin``, and ``NotFound`` for the sender, before anything is sent."""
    validation, message = await acquirer.step(record_pending, order)
    try:
        reply = await acquirer.switch.send(message)
    except NoReply:
        return await give_up(acquirer, validation)
    return await acquirer.step(record_reply, validation, reply)


async def give_up(acquirer: Acquirer, validation: CardValidation) -> CardValidation:
    """Write down that no answer came."""
    return await acquirer.step(record_unanswered, validation)


def _pending_reads(_: Acquirer, __: CardValidationOrder) -> list[Lock]:
    return []


@hot(_pending_reads)
def record_pending(
    work: Work, acquirer: Acquirer, order: CardValidationOrder
) -> tuple[CardValidation, inquiries.CardValidation]:
    """Write down what is about to be asked. Raises ``UnknownBin`` and ``NotFound``."""
    acceptor = _acceptor(work, acquirer, order.sender)
    currency = acquirer.switch.directory.bin_of(order.card.number).currency
    number = work.next_number()
    validation = CardValidation(
        id=work.new_id(CardValidation.prefix),
        acquirer=acquirer.id,
        sender=order.sender,
        card_masked=order.card.number.masked,
        currency=currency,
        reference=retrieval_reference(work.now, acquirer.ids.session, number),
        stan=trace_number(number),
        created_at=work.now,
        writer=work.writer,
        status=PENDING,
        answer_due_at=work.now + REPLY_WITHIN,
    )
    announce(work, validation, {"sender": order.sender, "card": validation.card_masked})
    message = _message(acquirer, validation, order, acceptor)
    sent(work, message.without_the_person())
    return work.add(validation), message


def _acceptor(work: Work, acquirer: Acquirer, sender_id: str) -> CardAcceptor:
    if sender_id:
        sender = work.fact(Sender, sender_id)
        return CardAcceptor(sender.acceptor, sender.name, sender.city, sender.country, _MCC)
    country = acquirer.switch.directory.members[acquirer.id].country
    return CardAcceptor(acquirer.code, acquirer.name, "", country, _MCC)


def _message(
    acquirer: Acquirer, validation: CardValidation, order: CardValidationOrder, acceptor: CardAcceptor
) -> inquiries.CardValidation:
    return inquiries.CardValidation(
        sender=acquirer.id,
        receiver=acquirer.network,
        acquirer=acquirer.code,
        stan=validation.stan,
        rrn=validation.reference,
        transmitted_at=validation.created_at,
        card=order.card,
        amount=0,
        currency=validation.currency,
        acceptor=acceptor,
        address=order.address,
        holder=order.holder,
    )


def _validation_reads(_: Acquirer, validation: CardValidation, *__: object) -> list[Lock]:
    return [Lock(CardValidation, validation.id)]


@hot(_validation_reads)
def record_reply(work: Work, _: Acquirer, asked: CardValidation, reply: CardValidationReply) -> CardValidation:
    """Write down what the issuer said."""
    received(work, reply)
    validation = work.get(CardValidation, asked.id)
    if validation.status != PENDING:
        return validation
    return advance(
        work,
        validation,
        "answer",
        answer_due_at=None,
        network_id=reply.network_id,
        response_code=reply.code,
        decided_by=reply.decided_by,
        cvv_result=reply.cvv_result,
        address_result=reply.address_result,
        name_result=reply.name_result,
        first_name_result=reply.first_name_result,
        middle_name_result=reply.middle_name_result,
        last_name_result=reply.last_name_result,
    )


@hot(_validation_reads)
def record_unanswered(work: Work, _: Acquirer, asked: CardValidation) -> CardValidation:
    """Give up, unless there is an answer."""
    validation = work.get(CardValidation, asked.id)
    return advance(work, validation, "give_up", answer_due_at=None) if validation.status == PENDING else validation
