"""Taking back: what of an approved credit goes back to its acquirer, by a return or by an adjustment.

Either is recorded once, by its trace, and passed on until it is answered. What is under way is set aside in the
transaction, so that never more than the credit is taken back.

What was converted is taken back by its own rate and margin (``conversion.py``).
"""

from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint, Index

from payments.kit.lifecycle import Move, advance, announce
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock
from payments.kit.work import Work
from payments.ledger.entry import book
from payments.network.conversion import Part, clear_part, part_of
from payments.network.item import DEBIT_ADJUSTMENT, ORIGINAL_CREDIT, ORIGINAL_CREDIT_RETURN, postings, record_item
from payments.network.network import Network
from payments.network.transaction import ANSWERED, Transaction
from payments.switch.codes import APPROVALS, APPROVED, INVALID_AMOUNT, INVALID_TRANSACTION, RECORD_NOT_FOUND

FORWARDED: Final = "forwarded"
CLEARED: Final = "cleared"
REFUSED: Final = "refused"

_EVENTS: Final = {ORIGINAL_CREDIT_RETURN: "return", DEBIT_ADJUSTMENT: "adjust"}


@record(
    "network_take_backs",
    Index(None, "trace", unique=True),
    Index(None, "transaction"),
    CheckConstraint("amount > 0", name="amount"),
)
class TakeBack(Record):
    """A return or an adjustment of an original credit: ``amount`` minor units of ``currency``, from issuer to acquirer.

    ``trace`` tells a repeat from a new one. ``transaction`` is the credit's ('': there is none such). Of one that was
    converted at ``rate``, the recipient gives back ``billing_amount`` of ``billing_currency``, and the network
    ``margin_amount`` of ``currency``.
    """

    noun: ClassVar[str] = "take_back"
    prefix: ClassVar[str] = "tkb"
    moves: ClassVar[tuple[Move, ...]] = (Move("clear", FORWARDED, CLEARED), Move("refuse", FORWARDED, REFUSED))

    id: Key[str]
    trace: str
    type: str
    transaction: str
    acquirer: str
    issuer: str
    amount: int
    currency: str
    reference: str
    created_at: int
    status: Mutable[str]
    response_code: Mutable[str] = ""
    decided_by: Mutable[str] = ""
    window: Mutable[str] = ""
    billing_amount: int = 0
    billing_currency: str = ""
    rate: str = ""
    margin_amount: int = 0


def refusal(credit: Transaction | None, sender: str, amount: int, currency: str, whole: bool) -> str:
    """Return the code for which ``amount`` of a credit cannot be taken back, or ''."""
    if credit is None or sender not in (credit.acquirer, credit.issuer):
        return RECORD_NOT_FOUND
    if credit.type != ORIGINAL_CREDIT or credit.status != ANSWERED or credit.response_code not in APPROVALS:
        return INVALID_TRANSACTION
    if currency != credit.currency or amount <= 0 or (whole and amount != credit.amount):
        return INVALID_AMOUNT
    if amount > credit.amount - credit.taken_back_amount:
        return INVALID_AMOUNT
    return INVALID_AMOUNT if credit.quote and not part_of(credit, amount).billing_amount else ""


def billed_back(taken: TakeBack) -> dict[str, Any]:
    """Return what a message says of a conversion that is taken back (DE 6, 51 and 10)."""
    return {
        "billing_amount": taken.billing_amount,
        "billing_currency": taken.billing_currency,
        "rate": taken.rate,
    }


def record_take_back(
    work: Work,
    network: Network,
    credit: Transaction | None,
    refused: str,
    *,
    trace: str,
    type: str,
    amount: int,
    currency: str,
    reference: str,
) -> TakeBack:
    """Write down what is to be taken back, and set it aside; or with which code that was refused at once.

    A step that has locked the ``credit``.
    """
    converted = credit if credit and credit.quote and not refused else None
    part = part_of(converted, amount) if converted else Part(amount, 0, 0)
    row = TakeBack(
        id=work.new_id(TakeBack.prefix),
        trace=trace,
        type=type,
        transaction=credit.id if credit else "",
        acquirer=credit.acquirer if credit else "",
        issuer=credit.issuer if credit else "",
        currency=currency,
        reference=reference,
        created_at=work.now,
        status=REFUSED if refused else FORWARDED,
        response_code=refused,
        decided_by=network.id if refused else "",
        billing_currency=converted.billing_currency if converted else "",
        rate=converted.rate if converted else "",
        **part._asdict(),
    )
    if credit and not refused:
        _set_aside(work, credit, row, 1)
    announce(work, row, {"type": type, "amount": amount, "currency": currency, "response_code": refused})
    return work.add(row)


def answer_locks(taken: TakeBack) -> list[Lock]:
    """Return what a step locks that calls ``settle``: the row, and its transaction."""
    return [Lock(TakeBack, taken.id), Lock(Transaction, taken.transaction)]


def settle(work: Work, network: Network, taken: TakeBack, code: str, decided_by: str) -> TakeBack:
    """Book what was taken back, or let it be, as the other side answered; the first answer counts."""
    if taken.status != FORWARDED:
        return taken
    if code != APPROVED:
        _set_aside(work, work.get(Transaction, taken.transaction), taken, -1)
        return advance(work, taken, "refuse", response_code=code, decided_by=decided_by)
    clear = _clear_converted if taken.rate else _clear
    window = clear(work, network, taken)
    return advance(work, taken, "clear", response_code=code, decided_by=decided_by, window=window)


def _set_aside(work: Work, credit: Transaction, taken: TakeBack, sign: int) -> None:
    work.change(
        credit,
        taken_back_amount=credit.taken_back_amount + sign * taken.amount,
        billing_taken_back_amount=credit.billing_taken_back_amount + sign * taken.billing_amount,
        margin_taken_back_amount=credit.margin_taken_back_amount + sign * taken.margin_amount,
    )


def _clear(work: Work, network: Network, taken: TakeBack) -> str:
    item = record_item(
        work,
        network,
        taken.type,
        taken.reference,
        acquirer=taken.acquirer,
        issuer=taken.issuer,
        currency=taken.currency,
        amount=taken.amount,
        interchange_amount=0,
        scheme_fee_amount=0,
    )
    book(work, _EVENTS[taken.type], taken.reference, *postings(work, item))
    return item.window


def _clear_converted(work: Work, network: Network, taken: TakeBack) -> str:
    credit = work.get(Transaction, taken.transaction)
    part = Part(taken.amount, taken.billing_amount, taken.margin_amount)
    return clear_part(work, network, credit, taken.type, _EVENTS[taken.type], part)
