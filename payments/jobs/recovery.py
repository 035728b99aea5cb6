"""Recovery: going on with what a process left half done when it died.

A process writes under a writer number, which is a lock: a number that nobody holds is a dead one's, and whatever
rows it left waiting are given up, enquired about or asked again. The first step of each flow has written down
enough for that.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from payments.acquirer.adjustment import Adjustment
from payments.acquirer.adjustment import ask_issuer as ask_for_adjustment
from payments.acquirer.authorization import give_up
from payments.acquirer.batch import LOADING, DisbursementBatch
from payments.acquirer.batch_chunk import RUNNING, BatchChunk, give_back_chunk
from payments.acquirer.batch_loading import abandon_batch
from payments.acquirer.card_validation import CardValidation
from payments.acquirer.card_validation import give_up as give_up_validation
from payments.acquirer.disbursement import PENDING as DISBURSEMENT_PENDING
from payments.acquirer.disbursement import Disbursement
from payments.acquirer.enquiry import take_over
from payments.acquirer.funding import give_up as give_up_pull
from payments.acquirer.payment import PENDING as PAYMENT_PENDING
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout, ask_bank
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.pull import PENDING as FUNDING_PENDING
from payments.acquirer.pull import Funding
from payments.acquirer.quote import Quote
from payments.acquirer.quoting import ask_network
from payments.acquirer.top_up import TopUp
from payments.acquirer.top_up import tell_bank as tell_bank_of_top_up
from payments.acquirer.transfer import go_on
from payments.issuer.deposit import Deposit
from payments.issuer.deposit import tell_bank as tell_bank_of_deposit
from payments.kit.database import fetch
from payments.kit.events import Event
from payments.kit.log import log
from payments.kit.records import Record
from payments.kit.steps import entries_written
from payments.kit.world import Institution
from payments.network.capital import Capital
from payments.network.capital import tell_bank as tell_bank_of_capital
from payments.network.enquiry import ask_issuer
from payments.network.item import ORIGINAL_CREDIT
from payments.network.settlement import Settlement, instruct
from payments.network.transaction import FORWARDED
from payments.network.transaction import Transaction as NetworkTransaction
from payments.sandbox import Sandbox

Finish = Callable[[Any, Any], Awaitable[Any]]


class Left(NamedTuple):
    """One kind of row that a flow leaves waiting: which rows, whose they are, and how the flow is finished.

    ``owner`` is the column that names the institution (``None``: the network). A ``repeated`` one is also asked again
    when it is due.
    """

    kind: type[Record]
    owner: str | None
    finish: Finish
    repeated: bool
    only: tuple[sa.ColumnElement[bool], ...] = ()


def _by_key(flow: Callable[[Any, str], Awaitable[Any]]) -> Finish:
    return lambda institution, row: flow(institution, row.id)


def _by_step(step: Callable[..., Any]) -> Finish:
    return lambda institution, row: institution.step(step, row.id)


_BATCHES, _CHUNKS = DisbursementBatch.table().c, BatchChunk.table().c
_PAYMENTS, _PUSHES, _CREDITS = Payment.table().c, Disbursement.table().c, NetworkTransaction.table().c

LEFT: Final[tuple[Left, ...]] = (
    Left(Payment, "acquirer", give_up, False, (_PAYMENTS.status == PAYMENT_PENDING,)),
    Left(Funding, "acquirer", give_up_pull, False, (Funding.table().c.status == FUNDING_PENDING,)),
    Left(Disbursement, "acquirer", take_over, False, (_PUSHES.status == DISBURSEMENT_PENDING,)),
    Left(Transfer, "acquirer", _by_key(go_on), True),
    Left(
        NetworkTransaction,
        None,
        _by_key(ask_issuer),
        False,
        (_CREDITS.status == FORWARDED, _CREDITS.type == ORIGINAL_CREDIT),
    ),
    Left(CardValidation, "acquirer", give_up_validation, False),
    Left(Deposit, "issuer", _by_key(tell_bank_of_deposit), True),
    Left(Quote, "acquirer", _by_key(ask_network), True),
    Left(TopUp, "acquirer", _by_key(tell_bank_of_top_up), True),
    Left(Capital, None, _by_key(tell_bank_of_capital), True),
    Left(Payout, "acquirer", _by_key(ask_bank), True),
    Left(Settlement, None, _by_key(instruct), True),
    Left(Adjustment, "acquirer", _by_key(ask_for_adjustment), True),
    Left(DisbursementBatch, "acquirer", _by_step(abandon_batch), True, (_BATCHES.status == LOADING,)),
    Left(BatchChunk, "acquirer", _by_step(give_back_chunk), False, (_CHUNKS.status == RUNNING,)),
)
"""What is finished when its process is gone, in this order. (A network's part in an authorization needs nothing: its
acquirer's reversal ends it. Reversals, presentments and advices are repeated by the clock, whoever began them.)"""


async def recover(sandbox: Sandbox) -> int:
    """Finish what this process's predecessors under the same writer number left, and all that dead writers left.

    To be called before anything new is begun. Returns how many rows it was.
    """
    own = await sandbox.world.database.read(left_by, sandbox.world.writer.writer)
    return await finish(sandbox, own) + await recover_dead(sandbox)


async def recover_dead(sandbox: Sandbox) -> int:
    """Finish what writers left whose number nobody holds any more; return how many rows it was."""
    database, own = sandbox.world.database, sandbox.world.writer.writer
    if database.sqlite:
        return 0  # there is only one writer, and that is us
    done = 0
    for writer in await database.read(_writers_waiting):
        if writer != own:
            with _lock_of(sandbox, writer) as dead:
                done += await finish(sandbox, await database.read(left_by, writer)) if dead else 0
    return done


async def finish(sandbox: Sandbox, rows: list[tuple[Left, Record]]) -> int:
    """Finish each row's flow; one that fails stops no other. Returns how many were finished."""
    members = {each.id: each for each in sandbox.institutions()}
    done = 0
    for left, row in rows:
        institution = members[getattr(row, left.owner)] if left.owner else sandbox.network
        try:
            await _finish(institution, left, row)
            done += 1
        except Exception:  # noqa: BLE001 - the others are finished all the same
            log.exception("recovery failed", kind=left.kind.__name__, id=row.shape.key_of(row))
    return done


async def _finish(institution: Institution, left: Left, row: Any) -> None:
    """Finish one flow as if the request were still being served: its answer names the entries written before."""
    before = await institution.world.database.read(_entries_of, row.reference)
    token = entries_written.set(before)
    try:
        await left.finish(institution, row)
    finally:
        entries_written.reset(token)


@contextmanager
def _lock_of(sandbox: Sandbox, writer: int) -> Iterator[bool]:
    """Hold a writer's lock meanwhile, if nobody does; tell whether."""
    database = sandbox.world.database
    with database.engine.connect() as connection:
        try:
            yield database.try_writer_lock(connection, writer)
        finally:
            connection.invalidate()  # ends the database session, and the lock with it


def _waiting(left: Left) -> sa.ColumnElement[bool]:
    return sa.and_(left.kind.table().c.answer_due_at.is_not(None), *left.only)


def left_by(connection: sa.Connection, writer: int) -> list[tuple[Left, Record]]:
    """Return the rows that ``writer`` left waiting, in the order in which they are to be finished."""
    rows: list[tuple[Left, Record]] = []
    if writer not in _writers_waiting(connection):
        return rows
    for left in LEFT:
        table = left.kind.table()
        theirs = sa.select(table).where(_waiting(left), table.c.writer == writer).order_by(table.c.id)
        rows += [(left, row) for row in fetch(connection, left.kind, theirs)]
    return rows


def _writers_waiting(connection: sa.Connection) -> list[int]:
    each = [sa.select(left.kind.table().c.writer).where(_waiting(left)) for left in LEFT]
    return sorted(connection.scalars(sa.union(*each)))


def _entries_of(connection: sa.Connection, reference: str) -> list[str]:
    """Return the entries that were booked under ``reference``, in every book."""
    events = Event.table().c
    booked = events.type.startswith("money.") & (events.reference == reference)
    return list(connection.scalars(sa.select(events.subject).where(booked).order_by(events.id)))
