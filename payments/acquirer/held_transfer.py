"""Held transfers: somebody looks at the names, and has the money pulled after all, or refuses the transfer.

Nothing has moved yet. The CVV with which the payer's card was presented is never kept: released, the pull has none.
"""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.held import Decision, note_decision
from payments.acquirer.name_index import SETTINGS
from payments.acquirer.person_to_person import HELD, Transfer
from payments.acquirer.screening import Screening
from payments.acquirer.transfer import Begun, pull_and_push, pull_order, record_leg
from payments.kit.idempotency import IdempotencyKey, claim_key
from payments.kit.lifecycle import MoveNotAllowed, advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.switch.message import PresentedCard
from payments.switch.switch import REPLY_WITHIN


async def release_transfer(acquirer: Acquirer, transfer_id: str, decision: Decision) -> Transfer:
    """Have a held transfer go on. Raises ``NotFound``, and ``MoveNotAllowed`` for one that is not held."""
    return await pull_and_push(acquirer, await acquirer.step(record_release, transfer_id, decision))


async def refuse_transfer(acquirer: Acquirer, transfer_id: str, decision: Decision) -> Transfer:
    """End a held transfer. Raises ``NotFound``, and ``MoveNotAllowed`` for one that is not held."""
    return await acquirer.step(record_refusal, transfer_id, decision)


def _decision_reads(_: Acquirer, transfer_id: str, decision: Decision) -> Reads:
    screening = yield Find(Screening, "held", transfer_id)
    key = [Lock(IdempotencyKey, decision.claim.id)] if decision.claim else []
    return [*key, Lock(Transfer, transfer_id), *([Lock(Screening, screening.id)] if screening else [])]


def _decide(work: Work, transfer_id: str, decision: Decision, move: str) -> Transfer:
    """Write down who decided; return the transfer, whose claim is now that of this request."""
    claim_key(work, decision.claim, transfer_id)
    found = work.get(Transfer, transfer_id)
    if found.status != HELD:
        raise MoveNotAllowed(f"This transfer is {found.status}: only a held one can be decided on.")
    note_decision(work, transfer_id, decision, move)
    return work.change(found, claim=decision.claim.id if decision.claim else None, writer=work.writer)


@hot(_decision_reads)
def record_release(work: Work, acquirer: Acquirer, transfer_id: str, decision: Decision) -> Begun:
    """Write down the release, and the pull, which is about to be asked."""
    found = _decide(work, transfer_id, decision, "release")
    released = advance(work, found, "release", answer_due_at=work.now + REPLY_WITHIN, answered=0)
    number = acquirer.world.vault.card_number(released.payer_card_encrypted)
    card = PresentedCard(number, released.payer_card_expiry, None, released.payer_entry_mode)
    return Begun(released, record_leg(work, acquirer, released, pull_order(released, card)))


@hot(_decision_reads)
def record_refusal(work: Work, acquirer: Acquirer, transfer_id: str, decision: Decision) -> Transfer:
    """Write down the refusal: nothing was sent."""
    found = _decide(work, transfer_id, decision, "refuse")
    said = {"response_code": SETTINGS["refused_code"], "decided_by": acquirer.id}
    refused = advance(work, found, "refuse_held", **said)
    acquirer.answer(work, refused.claim, refused)
    return refused
