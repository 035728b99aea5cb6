"""All routes of the Mastercard Send door, and what it needs done when a world is opened."""

from fastapi import FastAPI
from starlette.routing import Route

from payments.facades.mastercard_send import (
    v1_accounts,
    v1_funding,
    v1_payments,
    v2_eligibility,
    v2_further_limits,
    v2_limits,
    v2_payments,
)
from payments.facades.mastercard_send.awaited import NOTHING_YET, Awaited
from payments.facades.mastercard_send.control import control_routes
from payments.facades.mastercard_send.entrance import STATIC, Endpoint, send_route
from payments.facades.mastercard_send.instruction import answer_with_ids
from payments.facades.mastercard_send.partner import open_demo_partners
from payments.sandbox import Sandbox


def add_routes(app: FastAPI, awaited: Awaited = NOTHING_YET) -> None:
    """Serve Mastercard Send from ``app``: v1 under /send and /send/static, Send 2.0 under /send/partners.

    What has no flow in ``awaited`` is not served.
    """
    app.router.routes.extend([*_v1("/send", awaited), *_v1(STATIC, awaited), *_v2(awaited), *control_routes()])


async def make_ready(sandbox: Sandbox) -> None:
    """Take on the partners one starts with, and have flows keep answers as this door reads them.

    To be done before what a dead process left is finished: its claims may be this door's.
    """
    answer_with_ids(sandbox.world)
    await sandbox.operator.step(open_demo_partners)


def _v1(prefix: str, awaited: Awaited) -> list[Route]:
    base = f"{prefix}/v1/partners/{{partner_id}}"
    routes: list[tuple[object, str, str, Endpoint]] = [
        (True, "POST", "/disbursements/payment", v1_payments.create_disbursement),
        (True, "GET", "/disbursements/{id}", v1_payments.read_disbursement),
        (True, "GET", "/disbursements", v1_payments.find_disbursements),
        (True, "POST", "/transfers/payment", v1_payments.create_transfer),
        (awaited.pull and awaited.find_pull, "POST", "/transfers/funding", v1_funding.create_funding),
        (
            *(awaited.reverse_pull, "POST"),
            *("/transfers/{id}/transactions/{transaction_id}/reversals", v1_funding.reverse_funding),
        ),
        (True, "GET", "/transfers/{id}", v1_payments.read_transfer),
        (True, "GET", "/transfers", v1_payments.find_transfers),
        (awaited.inquire, "PUT", "/accounts/account-info", v1_accounts.read_account_info),
        (awaited.validate_card, "POST", "/accounts/account-verification", v1_accounts.verify_account),
    ]
    return [send_route(method, base + path, endpoint, awaited) for there, method, path, endpoint in routes if there]


def _v2(awaited: Awaited) -> list[Route]:
    base = "/send/partners/{partner_id}"
    further = v2_further_limits
    routes: list[tuple[object, str, str, Endpoint]] = [
        (True, "POST", "/payments", v2_payments.create_payment),
        (True, "POST", "/payments/searches", v2_payments.search_payments),
        (awaited.inquire, "POST", "/transfer-eligibilities", v2_eligibility.create_eligibility),
        (awaited.read_limit, "GET", "/limits", v2_limits.read_limits),
        (
            awaited.read_limit,
            "POST",
            "/limits/daily-limits/transfer-acceptor-limits",
            further.post_acceptor_limit,
        ),
        (
            *(awaited.read_limit, "PUT", "/limits/transfer-acceptor-limits/{transfer_acceptor_limit_reference}"),
            further.put_acceptor_limit,
        ),
        (awaited.read_limit, "POST", "/limits/daily-limits/account-limits", further.post_account_limit),
        (
            *(awaited.read_limit, "PUT", "/limits/account-limits/{account_limit_reference}"),
            further.put_account_limit,
        ),
        (awaited.set_limit, "PUT", "/limits/daily-limits/{partner_limit_reference}", v2_limits.put_limit),
    ]
    return [send_route(method, base + path, endpoint, awaited) for there, method, path, endpoint in routes if there]
