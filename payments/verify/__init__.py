"""The only reader of all books: checks what must always be true, and says what is wrong in sentences.

Everything is read over one unchanging snapshot, so it may be asked in the middle of things: what is on its
way then is accounted for to the cent.
"""

from collections import deque
from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa

from payments.kit.database import Database
from payments.verify.batches import miscounted_batches, mispaid_lines
from payments.verify.books import homeless_transfers, unbalanced_books, wrong_balances, wrong_holds
from payments.verify.chain import broken_links, misplaced_events
from payments.verify.conversions import (
    misplaced_conversions,
    mistaken_conversions,
    mistold_conversions,
    unquoted_conversions,
)
from payments.verify.doors import wrong_instructions, wrong_submissions
from payments.verify.finding import LIMIT, TRUTHS, Finding
from payments.verify.holds import below_floor, empty_claims, unclaimed_holds
from payments.verify.limits import miscounted_payments, over_captured, over_refunded
from payments.verify.messages import Exchanges
from payments.verify.mirrors import broken_mirrors
from payments.verify.push_limits import miscounted_cards, miscounted_senders
from payments.verify.pushes import kept_for_ever, over_taken_back
from payments.verify.screenings import sent_though_held, undecided_screenings
from payments.verify.settlements import misadded_positions, unbalanced_settlements, wrong_positions
from payments.verify.transfers import miscounted_transfers, transfers_both_ways
from payments.verify.waiting import forgotten_rows, waiting_rows

__all__ = ["TRUTHS", "Finding", "findings", "verify"]

_CHECKS = (
    wrong_balances,
    unbalanced_books,
    homeless_transfers,
    wrong_holds,
    unbalanced_settlements,
    misadded_positions,
    wrong_positions,
    unquoted_conversions,
    misplaced_conversions,
    mistaken_conversions,
    mistold_conversions,
    below_floor,
    unclaimed_holds,
    empty_claims,
    undecided_screenings,
    sent_though_held,
    miscounted_transfers,
    transfers_both_ways,
    over_refunded,
    over_captured,
    miscounted_payments,
    over_taken_back,
    miscounted_batches,
    mispaid_lines,
    forgotten_rows,
    miscounted_cards,
    miscounted_senders,
    kept_for_ever,
    wrong_submissions,
    wrong_instructions,
    misplaced_events,
)


def verify(database: Database) -> list[Finding]:
    """Return what is wrong in ``database``, ordered by truth; nothing if every cent is right.

    At most a hundred findings of a kind.
    """
    found = database.read_now(lambda connection: list(findings(connection)))
    return sorted(found, key=lambda each: (each.truth, each.where))


def findings(connection: sa.Connection) -> Iterator[Finding]:
    """Look for what is wrong over the snapshot that ``connection`` reads."""
    for check in _CHECKS:
        yield from islice(check(connection), LIMIT)
    waiting = waiting_rows(connection)
    yield from islice(broken_mirrors(connection, waiting), LIMIT)
    exchanges = Exchanges()
    links = broken_links(connection, exchanges.see)
    yield from islice(links, LIMIT)
    deque(links, maxlen=0)  # to the end all the same, for the exchanges
    yield from islice(exchanges.unanswered(connection, waiting), LIMIT)
