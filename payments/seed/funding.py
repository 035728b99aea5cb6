"""Paying in what one starts with, through the settlement bank: capital, cardholders' deposits, senders' funds.

What was told to the bank and not answered when a first attempt was interrupted is told again.
"""

from collections.abc import Awaitable, Callable
from typing import Any

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


async def pay_in_capital(sandbox: Sandbox) -> None:
    """Pay every member's capital into its reserve at the bank, in every currency."""
    for currency, amount in CAPITAL.items():
        for issuer in sandbox.issuers.values():
            known = {"issuer": issuer.id, "account": "", "currency": currency}
            await _once(issuer, Deposit, known, deposit.capitalize, deposit.tell_bank, currency, amount)
        for acquirer in sandbox.acquirers.values():
            known = {"acquirer": acquirer.id, "sender": "", "currency": currency}
            await _once(acquirer, TopUp, known, top_up.capitalize, top_up.tell_bank, currency, amount)
        network = sandbox.network
        known = {"network": network.id, "currency": currency}
        await _once(network, Capital, known, capital.capitalize, capital.tell_bank, currency, amount)


async def pay_in_funds(sandbox: Sandbox) -> None:
    """Pay in what is in the cardholders' and senders' accounts at the start."""
    for person in PEOPLE:
        issuer, known = sandbox.issuers[person.issuer], {"account": person.account}
        if person.funds:
            await _once(issuer, Deposit, known, deposit.deposit, deposit.tell_bank, person.account, person.funds)
    for payer in PAYERS:
        acquirer, known = sandbox.acquirers[payer.acquirer], {"sender": payer.id}
        await _once(acquirer, TopUp, known, top_up.top_up, top_up.tell_bank, payer.id, payer.funds)


async def _once(
    institution: Institution,
    kind: type[Record],
    known: dict[str, str],
    begin: Flow,
    repeat: Flow,
    *arguments: Any,
) -> None:
    """Run the flow ``begin``, unless it has been; ``repeat`` it if it waits. Its row is the one nobody claimed."""
    table = kind.table()
    own = [table.c[name] == each for name, each in known.items()]
    if "claim" in table.c:
        own.append(table.c.claim.is_(None))
    rows = sa.select(table.c.id, table.c.answer_due_at).where(*own).order_by(table.c.id).limit(1)
    first = institution.world.database.read_now(lambda connection: connection.execute(rows).first())
    if first is None:
        await begin(institution, *arguments)
    elif first.answer_due_at is not None:
        await repeat(institution, first.id)
