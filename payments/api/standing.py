"""How an account stands, as replies show it."""

from typing import Any

import sqlalchemy as sa

from payments.api.fields import Reply
from payments.ledger.statement import current_balance


class BalanceReply(Reply):
    """A guarded account: what is posted, what is promised away, and what is left to take (minor units)."""

    ledger: int
    held: int
    available: int
    currency: str


def balance_shape(connection: sa.Connection, account_id: str) -> dict[str, Any]:
    """Return the JSON of ``BalanceReply``. Raises ``NotFound``."""
    standing = current_balance(connection, account_id)
    return {
        "ledger": standing.ledger,
        "held": standing.held,
        "available": standing.available,
        "currency": standing.account.currency,
    }
