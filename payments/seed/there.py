"""What of the world one starts with is there already: read at once, for most often it is everything."""

import sqlalchemy as sa

from payments.acquirer.merchant import Merchant
from payments.acquirer.sender import Sender
from payments.bank.bank import Bank
from payments.issuer.account import Account
from payments.kit.records import Record
from payments.ledger.account import Account as LedgerAccount
from payments.seed.opening import bank_account
from payments.seed.people import PEOPLE
from payments.seed.places import PAYERS, SHOPS


def what_is_open(connection: sa.Connection, bank: Bank) -> set[str]:
    """Return the ids of the merchants, senders and accounts one starts with, so far as they are there."""
    asked: tuple[tuple[type[Record], list[str]], ...] = (
        (Merchant, [each.id for each in SHOPS]),
        (LedgerAccount, [bank_account(bank, each) for each in SHOPS]),
        (Sender, [each.id for each in PAYERS]),
        (Account, [each.account for each in PEOPLE]),
    )
    found: set[str] = set()
    for kind, ids in asked:
        key = kind.table().c.id
        found.update(connection.scalars(sa.select(key).where(key.in_(ids))))
    return found
