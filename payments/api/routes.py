"""All routes of the API under /v1: those that come in thousands first, because routes are tried in order."""

from typing import Final

from fastapi import FastAPI

from payments.api import (
    account_history,
    account_statement,
    accounts,
    api_keys,
    books,
    cards,
    deposits,
    disbursements,
    docs_page,
    entries,
    events,
    ledger_accounts,
    merchants,
    messages,
    payments,
    payouts,
    quotes,
    refunds,
    sandbox,
    sandbox_clock,
    sandbox_faults,
    sandbox_rates,
    senders,
    top_ups,
    webhook_deliveries,
    webhook_switches,
    webhooks,
    windows,
)
from payments.api.answers import Answers

PREFIX: Final = "/v1"

_HOT: Final = (
    *(payments, disbursements, quotes, refunds),
    *(
        payouts,
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
)
_ALL: Final = (
    *(quotes, sandbox_rates),
    *(payments, refunds, disbursements, senders, merchants, payouts, accounts, account_history, account_statement),
    *(cards,),
    *(books, ledger_accounts, entries, windows, events, messages, api_keys, sandbox_clock, sandbox_faults, sandbox),
    *(webhooks, webhook_deliveries),
)


def add_routes(app: FastAPI) -> None:
    """Serve the API, and the page that documents it, from ``app``."""
    for resource in _HOT:
        app.router.routes.extend(resource.hot.routes)
    for resource in _ALL:
        app.include_router(resource.router, prefix=PREFIX)
    app.include_router(docs_page.router)


def answers() -> Answers:
    """Return how every operation that moves money is answered."""
    return Answers(
        payments.CREATE,
        payments.CAPTURE,
        payments.VOID,
        refunds.CREATE,
        disbursements.CREATE,
        quotes.CREATE,
        payouts.CREATE,
        top_ups.CREATE,
        deposits.CREATE,
    )
