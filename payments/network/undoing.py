"""What undoes a pull, a reversal or an adjustment, and its answer."""

from typing import Any

from payments.kit.work import Work
from payments.network.item import ACCOUNT_FUNDING
from payments.network.network import Network
from payments.network.transaction import (
    REVERSED,
    Transaction,
    trace_of_original,
)
from payments.switch.codes import INVALID_TRANSACTION
from payments.switch.funding_message import (
    FundingAdjustment,
    FundingAdjustmentReply,
    FundingReversal,
    FundingReversalReply,
)
from payments.switch.numbers import network_number

Undoing = FundingReversal | FundingAdjustment
Undone = FundingReversalReply | FundingAdjustmentReply


def never_arrived(work: Work, network: Network, undoing: Undoing) -> Transaction:
    """Return the memory of a pull that is undone before it arrived: it is declined should it still come."""
    return Transaction(
        id=work.new_id(Transaction.prefix),
        trace=trace_of_original(undoing, undoing.original_stan),
        network_id=network_number(network.ids.session, work.next_number()),
        type=ACCOUNT_FUNDING,
        acquirer=undoing.sender,
        issuer=network.switch.directory.bin_of(undoing.card.number).issuer,
        amount=undoing.amount,
        currency=undoing.currency,
        card_masked=undoing.card.number.masked,
        reference=undoing.rrn,
        created_at=work.now,
        writer=work.writer,
        status=REVERSED,
        answer_due_at=None,
        response_code=INVALID_TRANSACTION,
        decided_by=network.id,
    )


def undone_reply(work: Work, network: Network, undoing: Undoing, transaction: Transaction, code: str) -> Undone:
    """Return the answer to a reversal or an adjustment, of its own kind."""
    cleared = bool(transaction.window)
    common: dict[str, Any] = {
        "sender": network.id,
        "receiver": undoing.sender,
        "stan": undoing.stan,
        "rrn": undoing.rrn,
        "transmitted_at": work.now,
        "code": code,
        "decided_by": network.id,
        "network_id": transaction.network_id,
        "window": transaction.window,
        "interchange_amount": transaction.interchange_amount if cleared else 0,
        "scheme_fee_amount": transaction.scheme_fee_amount if cleared else 0,
        "amount": undoing.amount,
        "currency": undoing.currency,
    }
    kind = FundingReversalReply if isinstance(undoing, FundingReversal) else FundingAdjustmentReply
    return kind(**common)
