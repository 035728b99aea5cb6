"""Orders: what a transaction request says, made ready to be taken on and to be asked of a flow."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from payments.acquirer.sender import Sender
from payments.facades.visa_direct import flow_push, request
from payments.facades.visa_direct.call import Call, sandbox_now
from payments.facades.visa_direct.contract import Ask
from payments.facades.visa_direct.envelope import RequestRefused, invalid
from payments.facades.visa_direct.submission import Draft, Submission
from payments.kit.clock import DAY
from payments.kit.secrets import Secret
from payments.switch.message import PresentedCard

Asking = Callable[[Submission], Ask]
"""Makes of a submission what its flow is asked."""

ECHOED: Final = ("feeProgramIndicator", "enablerVerificationValue", "serviceProcessingType", "memberComments")
"""What of a request its answer repeats."""

HELD_TWO_DAYS: Final = "02"
DEFERRED: Final = (HELD_TWO_DAYS, "03")
"""Request types that have the network hold a push back."""

PULL_ADJUSTED: Final = ("2140",)
PUSH_ADJUSTED: Final = ("2150", "5120")

SOURCES_OF_FUNDS: Final = {
    "01": "credit_card",
    "02": "debit_card",
    "03": "prepaid_card",
    "04": "cash",
    "05": "deposit_account",
    "06": "credit_line",
}
"""Visa's source of funds codes in our words."""


async def draft_of(call: Call, operation: str, body: dict[str, Any], batch: str = "", place: int = 0) -> Draft:
    """Return a transaction request ready to be taken on. Raises ``RequestRefused``."""
    acceptor = request.short(body, "cardAcceptor.idCode", 15)
    whole = orjson.dumps(body, default=str, option=orjson.OPT_SORT_KEYS).decode()
    return Draft(
        operation=operation,
        credential=call.credential,
        sender=await sender_of(call, acceptor),
        acquiring_bin=call.permitted(request.digits(body, "acquiringBin", 6, 11)),
        stan=request.trace_number(body),
        rrn=request.reference(body),
        acceptor=acceptor,
        terminal=request.short(body, "cardAcceptor.terminalId", 8),
        business_application=request.short(body, "businessApplicationId", 3),
        details=echoed(body, ECHOED),
        client_id="" if batch else call.header("x-client-transaction-id"),
        # Keyed: a plain hash would give away the card number in the body, for there are not that many.
        details_hash=call.door.sandbox.world.vault.fingerprint(Secret(whole)),
        batch=batch,
        place=place,
    )


def echoed(body: dict[str, Any], names: Sequence[str]) -> str:
    """Return what of ``body`` an answer repeats, as JSON. Raises ``RequestRefused`` for a card number in it."""
    kept = orjson.dumps({name: body[name] for name in names if body.get(name)}, default=str).decode()
    if request.has_card_number(kept):
        raise invalid(f"A card number does not belong in {', '.join(names)}.")
    return kept


async def sender_of(call: Call, acceptor: str) -> str:
    """Return who sends: whoever bears this card acceptor id at our acquirer, else the credential's own sender."""
    credential = call.credential
    named = await call.read(_find_sender, credential.acquirer, acceptor) if credential.any_sender else None
    return named or credential.sender


def _find_sender(connection: sa.Connection, acquirer: str, acceptor: str) -> str | None:
    senders = Sender.table().c
    named = sa.select(senders.id).where(senders.acquirer == acquirer, senders.acceptor == acceptor)
    return connection.execute(named.order_by(senders.id).limit(1)).scalar()


async def pushing(call: Call, body: dict[str, Any]) -> Asking:
    """Return what a push asks of its flow. Raises ``RequestRefused``."""
    if not body.get("recipientPrimaryAccountNumber") and body.get("recipientPaymentCredentialReference"):
        raise invalid("recipientPaymentCredentialReference: the sandbox pays card numbers only.")
    to = request.card(body, "recipientPrimaryAccountNumber", "recipientCardExpiryDate", call.directory)
    release_at = await _release_at(call, body)
    quoted = request.text(body, "transactionIdentifier")
    pull = quoted.zfill(15) if quoted.isdecimal() and len(quoted) <= 15 else ""
    currency = request.currency(body, "transactionCurrencyCode")
    return asking(call, body, to, currency, release_at=release_at, original=pull)


async def pulling(call: Call, body: dict[str, Any]) -> Asking:
    """Return what a pull asks of its flow. Raises ``RequestRefused``."""
    of = request.card(body, "senderPrimaryAccountNumber", "senderCardExpiryDate", call.directory)
    return asking(call, body, of, request.currency(body, "senderCurrencyCode"))


async def reversing(call: Call, body: dict[str, Any]) -> Asking:
    """Return what a reversal of a pull asks of its flow. Raises ``RequestRefused``."""
    original = request.digits(body, "transactionIdentifier", 15, 15)
    return asking(call, body, None, request.currency(body, "senderCurrencyCode"), original=original)


async def adjusting(call: Call, body: dict[str, Any]) -> Asking:
    """Return what an adjustment asks of its flow. Raises ``RequestRefused``.

    The type 22 gives back what was pulled (2140), 02 takes back what was pushed (2150). Visa's one sample says 22 and
    2150: the reason counts, for there is nothing a push could be credited by.
    """
    kind, reason = request.digits(body, "transactionTypeCode", 2, 2), request.digits(body, "messageReasonCode", 4, 4)
    if kind not in ("02", "22") or reason not in (*PULL_ADJUSTED, *PUSH_ADJUSTED):
        raise invalid("transactionTypeCode must be 02 or 22, and messageReasonCode 2140, 2150 or 5120.")
    if kind == "02" and reason in PULL_ADJUSTED:
        raise invalid("A pull has no debit adjustment: use transactionTypeCode 22 with messageReasonCode 2140.")
    named = next((each for each in ("senderCurrencyCode", "transactionCurrencyCode") if body.get(each)), None)
    currency = request.currency(body, named) if named else await call.read(_currency_of, call.credential.sender)
    original = request.digits(body, "transactionIdentifier", 15, 15)
    return asking(call, body, None, currency, original=original, reason=reason, credit=reason in PULL_ADJUSTED)


def asking(call: Call, body: dict[str, Any], card: PresentedCard | None, currency: str, **further: Any) -> Asking:
    """Return what a request asks of its flow, but for the submission it becomes. Raises ``RequestRefused``."""
    amount = request.amount(body, currency)
    payer, recipient = request.party(body, "sender"), request.party(body, "recipient")
    source_of_funds = SOURCES_OF_FUNDS.get(request.text(body, "sourceOfFundsCode").zfill(2), "")

    def ask(submission: Submission) -> Ask:
        return Ask(
            claim=submission.claim,
            acquirer=submission.acquirer,
            sender=submission.sender,
            card=card,
            amount=amount,
            currency=currency,
            business_application=submission.business_application,
            payer=payer,
            recipient=recipient,
            source_of_funds=source_of_funds,
            complete=bool(call.credential.strict),
            **further,
        )

    return ask


async def _release_at(call: Call, body: dict[str, Any]) -> int | None:
    """Return until when the network is to keep a push: 48 hours (02), or until a time of the client's choice (03)."""
    kind = request.text(body, "serviceProcessingType.requestType").zfill(2)
    if kind not in DEFERRED:
        return None
    if not flow_push.CAN_DEFER:
        raise RequestRefused(400, "not_available", "This sandbox does not hold pushes back yet: use requestType 00.")
    now = await call.read(sandbox_now)
    if kind == HELD_TWO_DAYS:
        return int(now) + 2 * DAY
    at = request.moment_of(body, "serviceProcessingType.deferredDateTime")
    if not DAY <= at - now <= 2 * DAY:
        raise invalid("serviceProcessingType.deferredDateTime must be 24 to 48 hours ahead.")
    return at


def _currency_of(connection: sa.Connection, sender: str) -> str:
    senders = Sender.table().c
    return str(connection.execute(sa.select(senders.currency).where(senders.id == sender)).scalar_one())
