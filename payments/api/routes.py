"""All routes of the API under /v1: those that come in thousands first, because routes are tried in order."""

from functools import cache
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from payments.api import (
    account_history,
    account_statement,
    accounts,
    adjustments,
    api_keys,
    batch_moves,
    batches,
    books,
    cancellations,
    card_validations,
    cards,
    deposits,
    disbursements,
    docs_page,
    eligibility_inquiries,
    entries,
    events,
    funding_reversals,
    fundings,
    ledger_accounts,
    merchants,
    messages,
    payments,
    payouts,
    push_limits,
    push_rules,
    quotes,
    refunds,
    sanctions,
    sandbox,
    sandbox_clock,
    sandbox_faults,
    sandbox_outcomes,
    sandbox_rates,
    screenings,
    sender_balance,
    senders,
    top_ups,
    transfers,
    webhook_deliveries,
    webhook_switches,
    webhooks,
    windows,
)
from payments.api.answers import Answers

PREFIX: Final = "/v1"

_HOT: Final = (
    *(payments, disbursements, quotes, refunds, adjustments, cancellations, sandbox_outcomes),
    *(fundings, funding_reversals, transfers),
    *(
        payouts,
        push_limits,
        push_rules,
        sender_balance,
        senders,
        top_ups,
        accounts,
        deposits,
        cards,
        merchants,
        api_keys,
        sandbox_clock,
        sandbox_faults,
        sandbox_rates,
        sandbox,
    ),
    *(webhooks, webhook_switches, webhook_deliveries),
    *(eligibility_inquiries, card_validations, screenings),
)
_ALL: Final = (
    *(quotes, sandbox_rates),
    *(payments, refunds, disbursements, batches, batch_moves),
    *(senders, sender_balance, push_limits, push_rules),
    *(merchants, payouts, accounts, account_history, account_statement, cards),
    *(adjustments, sandbox_outcomes),
    *(fundings, transfers),
    *(books, ledger_accounts, entries, windows, events, messages, api_keys, sandbox_clock, sandbox_faults, sandbox),
    *(webhooks, webhook_deliveries),
    *(eligibility_inquiries, card_validations, sanctions, screenings),
)


def add_routes(app: FastAPI) -> None:
    """Serve the API, and the page that documents it, from ``app``."""
    for resource in _HOT:
        app.router.routes.extend(resource.hot.routes)
    app.router.routes.extend(_included())


@cache
def _included() -> list[BaseRoute]:
    """Return all other routes, included once a process: what FastAPI makes of them takes it a quarter of a second.

    That is when the first request comes; an ``app`` that included them itself would have to wait for its own.
    """
    together = APIRouter(generate_unique_id_function=lambda route: route.name)
    for resource in _ALL:
        together.include_router(resource.router, prefix=PREFIX)
    together.include_router(docs_page.router)
    return together.routes


def answers() -> Answers:
    """Return how every operation that moves money is answered."""
    return Answers(
        payments.CREATE,
        payments.CAPTURE,
        payments.VOID,
        refunds.CREATE,
        disbursements.CREATE,
        quotes.CREATE,
        screenings.RELEASE,
        screenings.REFUSE,
        cancellations.CANCEL,
        adjustments.CREATE,
        fundings.CREATE,
        funding_reversals.REVERSE,
        funding_reversals.ADJUST,
        transfers.CREATE,
        batches.CREATE,
        payouts.CREATE,
        top_ups.CREATE,
        deposits.CREATE,
    )
