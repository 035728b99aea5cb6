"""Deferred credits: the network keeps a push until its time, then forwards it like any other.

Until then it can be cancelled (``cancellation.py``). What became of it after its release, the acquirer is told
(``credit_notice.py``).
"""

import json
from pathlib import Path
from typing import ClassVar, Final

from payments.kit.clock import SECOND, rfc3339
from payments.kit.lifecycle import advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.network.conversion import billing
from payments.network.network import Network
from payments.network.transaction import DEFERRED, Transaction
from payments.network.window import window_id
from payments.switch.codes import INVALID_TRANSACTION
from payments.switch.message import OriginalCredit, PresentedCard
from payments.switch.message_json import from_json, to_json
from payments.switch.outcome import DECLINE
from payments.switch.outcome import DEFERRED as STAGED_DEFERRED
from payments.switch.staging import Staged
from payments.switch.switch import REPLY_WITHIN
from payments.switch.trail import sent

LONGEST: Final[int] = (
    json.loads(Path(__file__).with_name("deferral.json").read_text(encoding="utf-8"))["longest_seconds"] * SECOND
)
"""How long the network keeps a credit at most."""


@record("network_deferred_credits", due_index("release_at"))
class DeferredCredit(Record):
    """A credit that is kept: as it came (``credit``, JSON without the number), to be forwarded at ``release_at``.

    Its ``id`` is the transaction's. ``release_at`` is empty once it was forwarded or cancelled.
    """

    noun: ClassVar[str] = "deferred_credit"

    id: Key[str]
    reference: str
    credit: str
    card_encrypted: str
    kept_at: int
    release_at: Mutable[int | None]


def fate(work: Work, network: Network, credit: OriginalCredit, staged: Staged) -> tuple[str, int | None]:
    """Return the code with which a new credit is declined ('': it is not), and until when it is deferred.

    Its sender may have asked for that; or either is staged. Nothing is kept longer than ``deferral.json`` says.
    """
    staging = network.switch.stagings.play(work, staged, credit.rrn, DECLINE, STAGED_DEFERRED)
    if staging is not None and staging.outcome == DECLINE:
        return staging.code, None
    release_at = staging.later(work.now) if staging else credit.release_at
    if release_at > work.now + LONGEST:
        return INVALID_TRANSACTION, None
    return "", release_at if release_at > work.now else None


def keep(work: Work, network: Network, transaction: Transaction, credit: OriginalCredit, release_at: int) -> None:
    """Keep a credit for later; part of the step that records it."""
    announce(work, transaction, {"release_at": rfc3339(release_at)})
    encrypted = network.world.vault.encrypt(credit.card.number)
    kept = DeferredCredit(transaction.id, credit.rrn, to_json(credit), encrypted, work.now, release_at)
    work.add(kept)


def restored(network: Network, kept: DeferredCredit) -> OriginalCredit:
    """Return a kept credit as it came."""
    credit = from_json(kept.credit)
    assert isinstance(credit, OriginalCredit)
    number = network.world.vault.card_number(kept.card_encrypted)
    return credit.changed(card=PresentedCard(number, credit.card.expiry, None, credit.card.entry_mode))


def _release_reads(_: Network, transaction_id: str) -> Reads:
    yield Find(Transaction, "id", transaction_id)
    return [Lock(Transaction, transaction_id), Lock(DeferredCredit, transaction_id)]


@hot(_release_reads)
def record_release(work: Work, network: Network, transaction_id: str) -> tuple[Transaction, OriginalCredit | None]:
    """Take a credit that is due out of keeping and build what goes to the issuer; nothing if it is not kept or due."""
    transaction, kept = work.get(Transaction, transaction_id), work.get(DeferredCredit, transaction_id)
    if transaction.status != DEFERRED or kept.release_at is None or kept.release_at > work.now:
        return transaction, None
    work.change(kept, release_at=None)
    released = advance(work, transaction, "release", answer_due_at=work.now + REPLY_WITHIN)
    released = work.change(released, writer=work.writer)
    outgoing = restored(network, kept).changed(
        sender=network.id,
        receiver=transaction.issuer,
        transmitted_at=work.now,
        network_id=transaction.network_id,
        window=window_id(work.now),
        interchange_amount=transaction.billing_interchange_amount or transaction.interchange_amount,
        release_at=0,
        **billing(transaction),
    )
    sent(work, outgoing)
    return released, outgoing
