"""Held disbursements: somebody looks at the names, and releases what was held, or refuses it.

Released, it is sent as it would have been at once. Refused, its money goes back to the sender: nothing was sent.
"""

from dataclasses import dataclass

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.disbursement import send_push
from payments.acquirer.name_index import SETTINGS
from payments.acquirer.original_credit import original_credit
from payments.acquirer.outcome import let_go, outcome_locks
from payments.acquirer.push import HELD, Disbursement
from payments.acquirer.quote import Quote
from payments.acquirer.quoted_push import with_quote
from payments.acquirer.screening import Screening
from payments.acquirer.sender import Sender
from payments.kit.idempotency import Claim, IdempotencyKey, claim_key
from payments.kit.lifecycle import MoveNotAllowed, advance
from payments.kit.steps import Find, Lock, Reads, hot
from payments.kit.work import Work
from payments.switch.message import OriginalCredit, PresentedCard
from payments.switch.switch import REPLY_WITHIN
from payments.switch.trail import sent


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides about a held disbursement (the API key's id), and what they note about it."""

    claim: Claim | None
    by: str
    note: str = ""


async def release(acquirer: Acquirer, disbursement_id: str, decision: Decision) -> Disbursement:
    """Send a held disbursement after all. Raises ``NotFound``, and ``MoveNotAllowed`` for one that is not held."""
    disbursement, credit = await acquirer.step(record_release, disbursement_id, decision)
    return await send_push(acquirer, disbursement, credit)


async def refuse(acquirer: Acquirer, disbursement_id: str, decision: Decision) -> Disbursement:
    """Give a held disbursement's money back to its sender.

    Raises ``NotFound``, and ``MoveNotAllowed`` for one that is not held.
    """
    return await acquirer.step(record_refusal, disbursement_id, decision)


def _decision_reads(_: Acquirer, disbursement_id: str, decision: Decision) -> Reads:
    key = [Lock(IdempotencyKey, decision.claim.id)] if decision.claim else []
    disbursement, screening = yield (
        Find(Disbursement, "id", disbursement_id),
        Find(Screening, "held", disbursement_id),
    )
    if disbursement is None or screening is None:
        return [*key, Lock(Disbursement, disbursement_id)]
    yield Find(Quote, "id", disbursement.quote)
    return [*key, *outcome_locks(disbursement), Lock(Screening, screening.id)]


def _decide(work: Work, disbursement_id: str, decision: Decision, move: str) -> Disbursement:
    """Write down who decided; return the disbursement, whose claim is now that of this request."""
    claim_key(work, decision.claim, disbursement_id)
    disbursement = work.get(Disbursement, disbursement_id)
    if disbursement.status != HELD:
        raise MoveNotAllowed(f"This disbursement is {disbursement.status}: only a held one can be decided on.")
    note_decision(work, disbursement_id, decision, move)
    return work.change(disbursement, claim=decision.claim.id if decision.claim else None, writer=work.writer)


def note_decision(work: Work, held: str, decision: Decision, move: str) -> None:
    """Write down who decided what (a move of the screening) of something that is held; part of the step that does."""
    screening = work.find(Screening, "held", held)
    assert screening is not None, "what is held has a screening"
    noted = work.change(screening, note=decision.note)  # by itself: it may name somebody, and events do not
    advance(work, noted, move, decided_by=decision.by, decided_at=work.now)


@hot(_decision_reads)
def record_release(
    work: Work, acquirer: Acquirer, disbursement_id: str, decision: Decision
) -> tuple[Disbursement, OriginalCredit]:
    """Write down the release, and build the message as it would have been built at once."""
    disbursement = _decide(work, disbursement_id, decision, "release")
    released = advance(work, disbursement, "release", answer_due_at=work.now + REPLY_WITHIN)
    number = acquirer.world.vault.card_number(released.card_encrypted)
    card = PresentedCard(number, released.card_expiry)
    credit = original_credit(acquirer, work.fact(Sender, released.sender), released, card)
    credit = with_quote(credit, work.find(Quote, "id", released.quote))
    sent(work, credit)
    return released, credit


@hot(_decision_reads)
def record_refusal(work: Work, acquirer: Acquirer, disbursement_id: str, decision: Decision) -> Disbursement:
    """Write down the refusal, and release what was set aside."""
    disbursement = _decide(work, disbursement_id, decision, "refuse")
    refused = let_go(work, disbursement, SETTINGS["refused_code"], acquirer.id, "")
    acquirer.answer(work, refused.claim, refused)
    return refused
