"""Returns, the acquirer's side: a recipient did not accept a push, and the sender gets the amount back.

It is the amount alone: what the push cost, the sender's fee as much as interchange and scheme fee, is kept.
"""

from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push import PAID, RETURNED, SETTLED, Disbursement
from payments.kit.lifecycle import advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.ledger.account import account_id
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.switch.codes import APPROVED, INVALID_AMOUNT, INVALID_TRANSACTION, RECORD_NOT_FOUND
from payments.switch.push_message import OriginalCreditReturn, OriginalCreditReturnReply
from payments.switch.switch import NoReply
from payments.switch.trail import received, sent

_MOVES: Final = {PAID: "return", SETTLED: "return_settled"}
_OPEN: Final = ("pending", "unknown", "deferred")


async def take_back(acquirer: Acquirer, returned: OriginalCreditReturn) -> OriginalCreditReturnReply:
    """Give the sender back what the recipient did not accept.

    Raises ``NoReply`` while it is not known here whether the push was paid: the return is repeated, and the enquiry
    finds out before long.
    """
    reply = await acquirer.step(answer_return, returned)
    if reply is None:
        raise NoReply("the push has no outcome here yet")
    return reply


def _return_reads(acquirer: Acquirer, returned: OriginalCreditReturn) -> Reads:
    found = yield Find(Disbursement, "reference", returned.rrn)
    if found is None:
        return []
    funds = account_id(found.acquirer, "sender", found.currency, found.sender)
    return [Lock(Disbursement, found.id), Lock(Balance, funds)]


@hot(_return_reads)
def answer_return(work: Work, acquirer: Acquirer, returned: OriginalCreditReturn) -> OriginalCreditReturnReply | None:
    """Book a return once, however often it comes; ``None`` while the push itself has no outcome here."""
    received(work, returned)
    disbursement = work.find(Disbursement, "reference", returned.rrn)
    if disbursement is not None and disbursement.status in _OPEN:
        return None
    code = _refusal(disbursement, returned)
    if not code and disbursement is not None and disbursement.status in _MOVES:
        _give_back(work, disbursement, returned)
    reply = OriginalCreditReturnReply(
        sender=acquirer.id,
        receiver=returned.sender,
        stan=returned.stan,
        rrn=returned.rrn,
        transmitted_at=work.now,
        code=code or APPROVED,
        decided_by=acquirer.id,
        network_id=returned.network_id,
    )
    sent(work, reply)
    return reply


def _refusal(disbursement: Disbursement | None, returned: OriginalCreditReturn) -> str:
    if disbursement is None or disbursement.network_id != returned.network_id:
        return RECORD_NOT_FOUND
    if disbursement.status == RETURNED:
        return ""
    if disbursement.status not in _MOVES:
        return INVALID_TRANSACTION
    same = (disbursement.amount, disbursement.currency) == (returned.amount, returned.currency)
    return "" if same and not disbursement.taken_back_amount else INVALID_AMOUNT


def _give_back(work: Work, disbursement: Disbursement, returned: OriginalCreditReturn) -> None:
    own, currency = disbursement.acquirer, disbursement.currency
    due = account(work, own, "due_from_network", currency)
    funds = account(work, own, "sender", currency, disbursement.sender)
    book(work, "return", disbursement.reference, transfer(due, funds, disbursement.amount, "return"))
    advance(
        work,
        disbursement,
        _MOVES[disbursement.status],
        taken_back_amount=disbursement.amount,
        return_reason=returned.reason,
        returned_at=work.now,
    )
