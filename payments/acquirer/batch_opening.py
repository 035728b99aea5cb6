"""Opening a batch: what is said of it as a whole, and the key under which its request is known."""

from typing import Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import LOADING, BatchOrder, DisbursementBatch
from payments.acquirer.batch_check import LineUse
from payments.acquirer.disbursement import SenderCurrencyDiffers
from payments.acquirer.programme_rules import check_use
from payments.acquirer.sender import Sender
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import announce
from payments.kit.work import Work
from payments.switch.switch import REPLY_WITHIN

_UNHASHED: Final = ""
"""What stands for the hash of a body that is still being read."""


def record_loading(work: Work, acquirer: Acquirer, order: BatchOrder, claim: Claim | None) -> DisbursementBatch | None:
    """Write down that a batch is being loaded; a cold step. Its claim's body is compared when it has been read.

    Returns ``None`` when the claim's key is answered already: read the body, and see ``claim_answered``. Raises
    ``NotFound``, ``SenderCurrencyDiffers``, ``IdempotencyKeyInUse`` and what ``check_use`` refuses.
    """
    if claim and _answered(work, claim):
        return None
    sender = work.get(Sender, order.sender)
    if sender.acquirer != acquirer.id:
        raise NotFound(f"There is no sender {order.sender}.")
    if order.currency != sender.currency:
        raise SenderCurrencyDiffers(f"{sender.name} sends {sender.currency}.")
    check_use(LineUse(order.business_application, order.channel), sender.kind)
    batch_id = work.new_id(DisbursementBatch.prefix)
    if claim:
        claim_key(work, Claim(claim.id, claim.operation, _UNHASHED), batch_id)
    batch = _batch(work, acquirer, order, claim, batch_id)
    announce(work, batch, {"sender": sender.id, "currency": order.currency, "format": order.source_format})
    return work.add(batch)


def _answered(work: Work, claim: Claim) -> bool:
    known = work.get_or_none(IdempotencyKey, claim.id)
    return known is not None and known.expires_at > work.now and known.body_hash != _UNHASHED


def claim_answered(work: Work, _: Acquirer, claim: Claim | None) -> None:
    """Raise ``Replayed``, or ``IdempotencyKeyReused`` for another body; a cold step."""
    claim_key(work, claim, "")


def _batch(work: Work, acquirer: Acquirer, order: BatchOrder, claim: Claim | None, batch_id: str) -> DisbursementBatch:
    return DisbursementBatch(
        id=batch_id,
        acquirer=acquirer.id,
        sender=order.sender,
        reference=batch_id,
        currency=order.currency,
        business_application=order.business_application,
        channel=order.channel,
        source_format=order.source_format,
        start_at_once=int(order.start),
        claim=claim.id if claim else None,
        created_at=work.now,
        writer=work.writer,
        status=LOADING,
        answer_due_at=work.now + REPLY_WITHIN,
        label=order.label,
    )
