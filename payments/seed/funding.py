"""Paying in what one starts with, through the settlement bank: capital, cardholders' deposits, senders' funds.

What was told to the bank and not answered when a first attempt was interrupted is told again.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from payments.acquirer import top_up
from payments.acquirer.top_up import TopUp
from payments.issuer import deposit
from payments.issuer.deposit import Deposit
from payments.kit.records import Record
from payments.kit.world import Institution
from payments.network import capital
from payments.network.capital import Capital
from payments.sandbox import Sandbox
from payments.seed.people import PEOPLE
from payments.seed.places import CAPITAL, PAYERS

Flow = Callable[..., Awaitable[Any]]


class Payment(NamedTuple):
    """One of the payments one starts with.

    ``known`` says by which columns its row is found, ``begin`` and ``arguments`` how it is made, and ``repeat`` how it
    is told to the bank again.
    """

    institution: Institution
    kind: type[Record]
    known: dict[str, str]
    begin: Flow
    repeat: Flow
    arguments: tuple[Any, ...]


async def pay_in_capital(sandbox: Sandbox) -> None:
    """Pay every member's capital into its reserve at the bank, in every currency."""
    await _once_each(sandbox, list(_capital(sandbox)))


def _capital(sandbox: Sandbox) -> Iterator[Payment]:
    network = sandbox.network
    for currency, amount in CAPITAL.items():
        what = currency, amount
        for issuer in sandbox.issuers.values():
            known = {"issuer": issuer.id, "account": "", "currency": currency}
            yield Payment(issuer, Deposit, known, deposit.capitalize, deposit.tell_bank, what)
        for acquirer in sandbox.acquirers.values():
            known = {"acquirer": acquirer.id, "sender": "", "currency": currency}
            yield Payment(acquirer, TopUp, known, top_up.capitalize, top_up.tell_bank, what)
        known = {"network": network.id, "currency": currency}
        yield Payment(network, Capital, known, capital.capitalize, capital.tell_bank, what)


async def pay_in_funds(sandbox: Sandbox) -> None:
    """Pay in what is in the cardholders' and senders' accounts at the start."""
    await _once_each(sandbox, list(_funds(sandbox)))


def _funds(sandbox: Sandbox) -> Iterator[Payment]:
    for person in PEOPLE:
        if person.funds:
            issuer, known = sandbox.issuers[person.issuer], {"account": person.account}
            yield Payment(issuer, Deposit, known, deposit.deposit, deposit.tell_bank, (person.account, person.funds))
    for payer in PAYERS:
        acquirer, known = sandbox.acquirers[payer.acquirer], {"sender": payer.id}
        yield Payment(acquirer, TopUp, known, top_up.top_up, top_up.tell_bank, (payer.id, payer.funds))


async def _once_each(sandbox: Sandbox, payments: list[Payment]) -> None:
    """Make those payments that have not been made, and repeat those that wait."""
    firsts = sandbox.world.database.read_now(lambda connection: [_first(connection, each) for each in payments])
    for payment, first in zip(payments, firsts, strict=True):
        if first is None:
            await payment.begin(payment.institution, *payment.arguments)
        elif first.answer_due_at is not None:
            await payment.repeat(payment.institution, first.id)


def _first(connection: sa.Connection, payment: Payment) -> Any:
    """Read the row of a payment if there is one: it is the first that nobody claimed."""
    table = payment.kind.table()
    own = [table.c[name] == each for name, each in payment.known.items()]
    if "claim" in table.c:
        own.append(table.c.claim.is_(None))
    rows = sa.select(table.c.id, table.c.answer_due_at).where(*own).order_by(table.c.id).limit(1)
    return connection.execute(rows).first()
