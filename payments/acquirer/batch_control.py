"""A batch in its sender's hands: started, paused, resumed, cancelled.

What is under way when a batch is paused or cancelled, some hundred lines, is still paid: a push cannot be called back.
"""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_counting import end_if_through
from payments.kit.lifecycle import advance
from payments.kit.work import Work


def start_batch(work: Work, _: Acquirer, batch_id: str) -> DisbursementBatch:
    """Begin to pay a batch; a cold step. Raises ``MoveNotAllowed``."""
    return advance(work, work.get(DisbursementBatch, batch_id), "start")


def pause_batch(work: Work, _: Acquirer, batch_id: str) -> DisbursementBatch:
    """Take up no further chunk of a batch; a cold step. Raises ``MoveNotAllowed``."""
    return advance(work, work.get(DisbursementBatch, batch_id), "pause")


def resume_batch(work: Work, _: Acquirer, batch_id: str) -> DisbursementBatch:
    """Go on with a paused batch; a cold step. Raises ``MoveNotAllowed``."""
    return advance(work, work.get(DisbursementBatch, batch_id), "resume")


def cancel_batch(work: Work, _: Acquirer, batch_id: str) -> DisbursementBatch:
    """Pay nothing further of a batch; it is cancelled when nothing of it is under way. A cold step.

    Raises ``MoveNotAllowed``.
    """
    return end_if_through(work, advance(work, work.get(DisbursementBatch, batch_id), "cancel"))
