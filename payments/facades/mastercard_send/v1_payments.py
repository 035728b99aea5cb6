"""v1's disbursements and transfers: POST makes one, GET reads it by its id or by the partner's reference."""

from typing import Any, Final

from starlette.responses import Response

from payments.facades.mastercard_send.codes import DECLINED, DISBURSEMENT, TRANSFER
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import MISSING, declined, invalid
from payments.facades.mastercard_send.instruction import Outcome
from payments.facades.mastercard_send.paying import Payment, pay, read_by_id, read_by_reference
from payments.facades.mastercard_send.v1_replies import listed, resource, status_of
from payments.facades.mastercard_send.v1_shapes import PaymentDisbursement, PaymentTransfer, PushOrder

DECLINED_WORDS: Final = "The transaction was declined"


async def create_disbursement(visit: Visit) -> Response:
    """Make a disbursement."""
    asked = PaymentDisbursement.model_validate(await inner(visit, "payment_disbursement"))
    return await _created(visit, DISBURSEMENT, asked.disbursement_reference, asked)


async def create_transfer(visit: Visit) -> Response:
    """Make a transfer's push."""
    asked = PaymentTransfer.model_validate(await inner(visit, "payment_transfer"))
    return await _created(visit, TRANSFER, asked.transfer_reference, asked)


async def read_disbursement(visit: Visit) -> Response:
    """Read a disbursement by its id."""
    return await _read(visit, DISBURSEMENT)


async def read_transfer(visit: Visit) -> Response:
    """Read a transfer by its id."""
    return await _read(visit, TRANSFER)


async def find_disbursements(visit: Visit) -> Response:
    """Read a disbursement by the partner's reference."""
    return await _found(visit, DISBURSEMENT)


async def find_transfers(visit: Visit) -> Response:
    """Read a transfer by the partner's reference."""
    return await _found(visit, TRANSFER)


async def inner(visit: Visit, root: str) -> dict[str, Any]:
    """Return what is inside the ``root`` of a body. Raises ``Refused``."""
    data = (await visit.data()).get(root)
    if not isinstance(data, dict):
        raise invalid(root, MISSING)
    return data


def is_repeat(visit: Visit) -> bool:
    """Tell whether the request says that it may have been sent before."""
    return visit.request.headers.get("repeat-flag", "").lower() == "true"


def wants_details(visit: Visit) -> bool:
    """Tell whether a decline is to be answered in full."""
    return visit.request.query_params.get("decline_details", "").lower() == "true"


async def _created(visit: Visit, kind: str, reference: str, asked: PushOrder) -> Response:
    fields = (f"{kind}_reference", "recipient_account_uri", "currency")
    payment = Payment(
        kind, reference, asked.recipient_account_uri, asked.order(), asked.details(), fields, is_repeat(visit)
    )
    outcome = await pay(visit, payment)
    if status_of(outcome) == DECLINED and not wants_details(visit):
        raise declined(DECLINED_WORDS)
    return visit.reply(shown(visit, outcome), 201)


async def _read(visit: Visit, kind: str) -> Response:
    return visit.reply(shown(visit, await read_by_id(visit, kind, visit.request.path_params["id"])))


async def _found(visit: Visit, kind: str) -> Response:
    reference = visit.request.query_params.get("ref")
    if not reference:
        raise invalid("ref", MISSING)
    outcome = await read_by_reference(visit, kind, reference)
    return visit.reply(listed(kind, [resource(visit.sandbox, outcome)]))


def shown(visit: Visit, outcome: Outcome) -> dict[str, Any]:
    """Return the body of an answer about one thing."""
    return {outcome.instruction.kind: resource(visit.sandbox, outcome)}
