"""What waits: every row that has a time by which an answer is due."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from payments.acquirer.adjustment import Adjustment
from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_chunk import BatchChunk
from payments.acquirer.capture import Capture
from payments.acquirer.card_validation import CardValidation
from payments.acquirer.disbursement import Disbursement
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.pull import Funding
from payments.acquirer.pull_reversal import PullReversal
from payments.acquirer.quote import Quote
from payments.acquirer.refund import RefundItem
from payments.acquirer.reversal import PaymentReversal
from payments.acquirer.top_up import TopUp
from payments.issuer.credit_return import Return
from payments.issuer.deposit import Deposit
from payments.kit.records import Record
from payments.network.capital import Capital
from payments.network.credit_notice import CreditNotice
from payments.network.reversal import IssuerReversal
from payments.network.settlement import Settlement
from payments.network.settlement_advice import SettlementNotice
from payments.network.transaction import Transaction
from payments.verify.finding import LIMIT, Finding

_WAITS_IN: Final[dict[type[Record], tuple[str, ...]]] = {
    Payment: ("pending",),
    PaymentReversal: ("waiting",),
    Disbursement: ("pending", "unknown"),
    CardValidation: ("pending",),
    Adjustment: ("pending",),
    Funding: ("pending",),
    PullReversal: ("waiting",),
    Transfer: ("pending", "pulled", "pushing"),
    DisbursementBatch: ("loading",),
    BatchChunk: ("running", "unsure"),
    Payout: ("pending",),
    Quote: ("pending",),
    TopUp: ("pending",),
    Deposit: ("pending",),
    Capital: ("pending",),
    Transaction: ("forwarded",),
    IssuerReversal: ("waiting",),
    CreditNotice: ("waiting",),
    Return: ("waiting",),
    Settlement: ("pending", "refused"),
    SettlementNotice: ("waiting",),
    # These first wait for the cut-off, which is no answer: they have no due time until they are presented.
    Capture: (),
    RefundItem: (),
}
"""What can wait for an answer, and the states in which it does."""

Waiting = dict[str, list[str]]
"""By reference: the rows that wait for an answer about it, each as its table and its key."""


def waiting_rows(connection: sa.Connection) -> Waiting:
    """Return all that waits for an answer with a time by which it is due."""
    found: Waiting = {}
    for where, reference in connection.execute(_waiting()):
        found.setdefault(reference, []).append(where)
    return found


def forgotten_rows(connection: sa.Connection) -> Iterator[Finding]:
    """Find the rows that are in a state in which they wait, with no time by which to go on."""
    for where, id in connection.execute(_forgotten()):
        yield Finding(
            6, f"{id} waits for an answer, and there is no time by which it is given up or asked again.", (where,)
        )


@cache
def _waiting() -> sa.TextClause:
    return sa.text(_of_each("SELECT '{0} ' || id, reference FROM {0} WHERE answer_due_at IS NOT NULL", _WAITS_IN))


@cache
def _forgotten() -> sa.TextClause:
    states = {kind: "', '".join(states) for kind, states in _WAITS_IN.items() if states}
    each = "SELECT '{0} ' || id, id FROM {0} WHERE status IN ('{1}') AND answer_due_at IS NULL"
    return sa.text(f"{_of_each(each, states)} ORDER BY 1 LIMIT {LIMIT}")


def _of_each(select: str, kinds: Mapping[type[Record], Any]) -> str:
    """Return one statement for all tables: asking each by itself takes ten times as long."""
    return " UNION ALL ".join(select.format(kind.shape.name, told) for kind, told in kinds.items())
