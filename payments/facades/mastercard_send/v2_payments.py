"""Send 2.0's payments: POST makes one; a search, a POST too, reads it."""

from starlette.responses import Response

from payments.facades.mastercard_send.codes import PAYMENT
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import invalid
from payments.facades.mastercard_send.paying import Payment, pay, read_by_id, read_by_reference
from payments.facades.mastercard_send.v2_replies import found, listed, payment
from payments.facades.mastercard_send.v2_shapes import CreatePayment, SearchPayments

_FIELDS = ("paymentReference", "recipient.accountUri", "currency")


async def create_payment(visit: Visit) -> Response:
    """Make a payment; a declined one is a 201, too."""
    asked = CreatePayment.model_validate(await visit.data())
    again = _flag(visit)
    order = Payment(
        PAYMENT, asked.paymentReference, asked.recipient.accountUri, asked.order(), asked.details(), _FIELDS, again
    )
    return visit.reply(payment(visit.sandbox, await pay(visit, order)), 201)


async def search_payments(visit: Visit) -> Response:
    """Read a payment by its id or by the partner's reference."""
    asked = SearchPayments.model_validate(await visit.data())
    if asked.paymentId is not None:
        outcome = await read_by_id(visit, PAYMENT, asked.paymentId)
    else:
        outcome = await read_by_reference(visit, PAYMENT, asked.paymentReference or "")
    return visit.reply(listed([found(visit.sandbox, outcome)]))


def _flag(visit: Visit) -> bool:
    flag = visit.request.query_params.get("repeat_flag", "false").lower()
    if flag not in ("true", "false"):
        raise invalid("repeat_flag")
    return flag == "true"
