"""Card validation, the issuer's side: say whether a card is in good standing, and whether its holder is who they say.

Nothing is held, posted or remembered. The response code is about the card; CVV, address and name have results of their
own, which decide nothing: what to make of them is up to who asks.
"""

from typing import Final

from payments.issuer.account import Account
from payments.issuer.authorization import expired
from payments.issuer.card import ACTIVE, Card, cvv_fingerprint
from payments.issuer.holder import match_address, match_name
from payments.issuer.issuer import Issuer
from payments.kit.secrets import Vault
from payments.kit.steps import Find, Reads, hot
from payments.kit.work import Work
from payments.switch import codes
from payments.switch.inquiry_message import CardValidation, CardValidationReply
from payments.switch.outcome import ADDRESS_RESULT, CARD_RESULT, CVV_RESULT, ISSUER
from payments.switch.staging import Staged, staging_locks
from payments.switch.trail import received, sent

_STAGED_RESULTS: Final = {"cvv_result": CVV_RESULT, "address_result": ADDRESS_RESULT}


async def validate(issuer: Issuer, asked: CardValidation) -> CardValidationReply:
    """Answer a card validation."""
    stagings = issuer.switch.stagings
    sender = asked.acceptor.merchant
    staged = () if stagings.none_armed else await stagings.for_push(ISSUER, asked.card.number, sender)
    return await issuer.step(answer_validation, asked, staged)


def decide(asked: CardValidation, card: Card | None, now: int) -> str:
    """Return the response code: 00, or what is wrong with the card."""
    if card is None:
        return codes.NO_SUCH_CARD
    if card.status != ACTIVE:
        return codes.RESTRICTED_CARD
    if expired(card, now) or asked.card.expiry not in ("", card.expiry):
        return codes.EXPIRED_CARD
    return codes.APPROVED


def _validation_reads(issuer: Issuer, asked: CardValidation, staged: Staged = ()) -> Reads:
    card = yield Find(Card, "fingerprint", issuer.world.vault.fingerprint(asked.card.number))
    if card is not None:
        yield Find(Account, "id", card.account)
    return staging_locks(staged)


@hot(_validation_reads)
def answer_validation(work: Work, issuer: Issuer, asked: CardValidation, staged: Staged = ()) -> CardValidationReply:
    """Compare what is asked about with what the bank knows."""
    received(work, asked)
    vault = issuer.world.vault
    card = work.find(Card, "fingerprint", vault.fingerprint(asked.card.number))
    results = _results(asked, card, work.fact(Account, card.account), vault) if card else {}
    for name, outcome in _STAGED_RESULTS.items():
        played = issuer.switch.stagings.play(work, staged, asked.rrn, outcome) if results.get(name) else None
        results |= {name: played.code} if played else {}
    answered = issuer.switch.stagings.play(work, staged, asked.rrn, CARD_RESULT)
    reply = CardValidationReply(
        sender=issuer.id,
        receiver=asked.sender,
        stan=asked.stan,
        rrn=asked.rrn,
        transmitted_at=work.now,
        code=answered.code if answered else decide(asked, card, work.now),
        decided_by=issuer.id,
        network_id=asked.network_id,
        amount=asked.amount,
        currency=asked.currency,
        **results,
    )
    sent(work, reply)
    return reply


def _results(asked: CardValidation, card: Card, account: Account, vault: Vault) -> dict[str, str]:
    cvv = ""
    if asked.card.cvv:
        cvv = "M" if cvv_fingerprint(vault, asked.card.number, asked.card.cvv) == card.cvv_fingerprint else "N"
    address = match_address(account, asked.address)
    return {"cvv_result": cvv, "address_result": address} | match_name(account, asked.holder)
