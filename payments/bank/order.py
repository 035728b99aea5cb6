"""Orders: what members have asked of the bank, each carried out once however often it is asked."""

from typing import ClassVar

from sqlalchemy import Index

from payments.bank.bank import Bank
from payments.kit.records import Key, Record, record
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.switch.bank_message import BankReply
from payments.switch.codes import APPROVED
from payments.switch.message import Message
from payments.switch.trail import sent


@record("bank_orders", Index(None, "reference"), fixed=True)
class Order(Record):
    """One message from a member and the answer it got: ``code`` (DE 39) and, if money was missing, whose.

    ``id`` is made of the sender, its reference and its trace number, which a repeat keeps.
    """

    noun: ClassVar[str] = "order"

    id: Key[str]
    bank: str
    member: str
    type: str
    reference: str
    code: str
    short: str
    received_at: int


def order_id(message: Message) -> str:
    """Return what tells ``message`` from every other the bank was sent."""
    return f"{message.sender}.{message.rrn}.{message.stan}"


def order_lock(message: Message) -> Lock:
    """Return the declaration by which a hot step may ask for ``known_order``."""
    return Lock(Order, order_id(message))


def known_order(work: Work, message: Message) -> Order | None:
    """Return the order that ``message`` repeats, or ``None``."""
    return work.get_or_none(Order, order_id(message))


def record_order(work: Work, bank: Bank, message: Message, code: str = APPROVED, short: str = "") -> Order:
    """Write down the answer ``message`` gets; part of the step that carries it out."""
    order = Order(
        id=order_id(message),
        bank=bank.id,
        member=message.sender,
        type=message.mti,
        reference=message.rrn,
        code=code,
        short=short,
        received_at=work.now,
    )
    return work.add(order)


def reply_to(work: Work, bank: Bank, message: Message, order: Order) -> BankReply:
    """Send the answer in ``order``, whether it is new or was given before; part of the same step."""
    reply = BankReply(
        sender=bank.id,
        receiver=message.sender,
        stan=message.stan,
        rrn=message.rrn,
        transmitted_at=work.now,
        code=order.code,
        decided_by=bank.id,
        short=order.short,
    )
    sent(work, reply)
    return reply
