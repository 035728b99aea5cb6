"""All routes of the Mastercard Send door, and what it needs done when a world is opened."""

from fastapi import FastAPI
from starlette.routing import Route

from payments.facades.mastercard_send import v1_payments, v2_payments
from payments.facades.mastercard_send.control import control_routes
from payments.facades.mastercard_send.entrance import STATIC, send_route
from payments.facades.mastercard_send.instruction import answer_with_ids
from payments.facades.mastercard_send.partner import open_demo_partners
from payments.sandbox import Sandbox


def add_routes(app: FastAPI) -> None:
    """Serve Mastercard Send from ``app``: v1 under /send and /send/static, Send 2.0 under /send/partners."""
    app.router.routes.extend([*_v1("/send"), *_v1(STATIC), *_v2(), *control_routes()])


async def make_ready(sandbox: Sandbox) -> None:
    """Take on the partners one starts with, and have flows keep answers as this door reads them.

    To be done before what a dead process left is finished: its claims may be this door's.
    """
    answer_with_ids(sandbox.world)
    await sandbox.operator.step(open_demo_partners)


def _v1(prefix: str) -> list[Route]:
    base = f"{prefix}/v1/partners/{{partner_id}}"
    return [
        send_route("POST", f"{base}/disbursements/payment", v1_payments.create_disbursement),
        send_route("GET", f"{base}/disbursements/{{id}}", v1_payments.read_disbursement),
        send_route("GET", f"{base}/disbursements", v1_payments.find_disbursements),
        send_route("POST", f"{base}/transfers/payment", v1_payments.create_transfer),
        send_route("GET", f"{base}/transfers/{{id}}", v1_payments.read_transfer),
        send_route("GET", f"{base}/transfers", v1_payments.find_transfers),
    ]


def _v2() -> list[Route]:
    base = "/send/partners/{partner_id}"
    return [
        send_route("POST", f"{base}/payments", v2_payments.create_payment),
        send_route("POST", f"{base}/payments/searches", v2_payments.search_payments),
    ]
