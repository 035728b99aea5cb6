"""Orders: what a transaction request says, made ready to be taken on and to be asked of a flow."""

from collections.abc import Callable
from typing import Any, Final

import orjson
import sqlalchemy as sa

from payments.acquirer.sender import Sender
from payments.facades.visa_direct import request
from payments.facades.visa_direct.call import Call
from payments.facades.visa_direct.envelope import RequestRefused, invalid
from payments.facades.visa_direct.flows import Ask
from payments.facades.visa_direct.submission import Draft, Submission
from payments.kit.secrets import Secret
from payments.switch.message import PresentedCard

Asking = Callable[[Submission], Ask]
"""Makes of a submission what its flow is asked."""

ECHOED: Final = ("feeProgramIndicator", "enablerVerificationValue", "serviceProcessingType", "memberComments")
"""What of a request its answer repeats."""

DEFERRED: Final = ("02", "03")
"""Request types that have the network hold a push back."""


async def draft_of(call: Call, operation: str, body: dict[str, Any], batch: str = "", place: int = 0) -> Draft:
    """Return a transaction request ready to be taken on. Raises ``RequestRefused``."""
    acceptor = request.text(body, "cardAcceptor.idCode")
    whole = orjson.dumps(body, default=str, option=orjson.OPT_SORT_KEYS).decode()
    return Draft(
        operation=operation,
        credential=call.credential,
        sender=await sender_of(call, acceptor),
        acquiring_bin=call.permitted(request.digits(body, "acquiringBin", 6, 11)),
        stan=request.trace_number(body),
        rrn=request.reference(body),
        acceptor=acceptor,
        terminal=request.text(body, "cardAcceptor.terminalId"),
        business_application=request.text(body, "businessApplicationId"),
        details=orjson.dumps({name: body[name] for name in ECHOED if body.get(name)}, default=str).decode(),
        client_id="" if batch else call.header("x-client-transaction-id"),
        # Keyed: a plain hash would give away the card number in the body, for there are not that many.
        details_hash=call.door.sandbox.world.vault.fingerprint(Secret(whole)),
        batch=batch,
        place=place,
    )


async def sender_of(call: Call, acceptor: str) -> str:
    """Return who sends: whoever bears this card acceptor id at our acquirer, else the credential's own sender."""
    credential = call.credential
    named = await call.read(_find_sender, credential.acquirer, acceptor) if credential.any_sender else None
    return named or credential.sender


def _find_sender(connection: sa.Connection, acquirer: str, acceptor: str) -> str | None:
    senders = Sender.table().c
    named = sa.select(senders.id).where(senders.acquirer == acquirer, senders.acceptor == acceptor)
    return connection.execute(named.order_by(senders.id).limit(1)).scalar()


def pushing(call: Call, body: dict[str, Any]) -> Asking:
    """Return what a push asks of its flow. Raises ``RequestRefused``."""
    if request.text(body, "serviceProcessingType.requestType") in DEFERRED:
        raise RequestRefused(400, "not_available", "This sandbox does not hold pushes back yet: use requestType 00.")
    if not body.get("recipientPrimaryAccountNumber") and body.get("recipientPaymentCredentialReference"):
        raise invalid("recipientPaymentCredentialReference: the sandbox pays card numbers only.")
    to = request.card(body, "recipientPrimaryAccountNumber", "recipientCardExpiryDate", call.directory)
    return asking(call, body, to, request.currency(body, "transactionCurrencyCode"))


def asking(call: Call, body: dict[str, Any], card: PresentedCard | None, currency: str, original: str = "") -> Asking:
    """Return what a request asks of its flow, but for the submission it becomes. Raises ``RequestRefused``."""
    amount = request.amount(body, currency)
    sender_name, recipient_name = request.name(body, "sender"), request.name(body, "recipient")

    def ask(submission: Submission) -> Ask:
        return Ask(
            claim=submission.claim,
            acquirer=submission.acquirer,
            sender=submission.sender,
            card=card,
            amount=amount,
            currency=currency,
            business_application=submission.business_application,
            sender_name=sender_name,
            recipient_name=recipient_name,
            source_of_funds=request.text(body, "sourceOfFundsCode"),
            original=original,
            body=body,
        )

    return ask
