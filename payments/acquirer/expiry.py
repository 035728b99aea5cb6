"""Expiry, the acquirer's side: an authorization does not hold for ever."""

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.payment import AUTHORIZED, Payment
from payments.kit.lifecycle import advance
from payments.kit.steps import Lock, hot
from payments.kit.work import Work


def _expire_reads(_: Acquirer, payment_id: str) -> list[Lock]:
    return [Lock(Payment, payment_id)]


@hot(_expire_reads)
def expire_payment(work: Work, _: Acquirer, payment_id: str) -> Payment:
    """Close a payment whose authorization is over; a step. Nothing captured: it is expired, else it is captured.

    The issuer lets go what it holds by itself, at the same time. A payment whose time is not over stays as it is.
    """
    payment = work.get(Payment, payment_id)
    if payment.status != AUTHORIZED or payment.expires_at is None or payment.expires_at > work.now:
        return payment
    return advance(work, payment, "close" if payment.captured_amount else "expire", expires_at=None)
