"""All routes of the API under /v1: those that come in thousands first, because routes are tried in order."""

from typing import Final

from fastapi import FastAPI

from payments.api import (
    account_history,
    accounts,
    api_keys,
    books,
    cards,
    disbursements,
    docs_page,
    events,
    ledger_accounts,
    merchants,
    payments,
    payouts,
    refunds,
    sandbox,
    sandbox_clock,
    sandbox_faults,
    senders,
    windows,
)
from payments.api.answers import Answers

PREFIX: Final = "/v1"

_HOT: Final = (
    *(payments, disbursements, refunds),
    *(payouts, senders, accounts, cards, merchants, api_keys, sandbox_clock, sandbox_faults, sandbox),
)
_ALL: Final = (
    *(payments, refunds, disbursements, senders, merchants, payouts, accounts, account_history, cards),
    *(books, ledger_accounts, windows, events, api_keys, sandbox_clock, sandbox_faults, sandbox),
)


def add_routes(app: FastAPI) -> None:
    """Serve the API, and the page that documents it, from ``app``."""
    for resource in _HOT:
        app.include_router(resource.hot, prefix=PREFIX)
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
        payouts.CREATE,
        senders.TOP_UP,
        accounts.DEPOSIT,
    )
