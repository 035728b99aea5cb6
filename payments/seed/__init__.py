"""The world one starts with: people and places one remembers, under ids that are always the same.

It is built by the steps and flows that anybody uses. Every part first looks whether it is there: to seed a seeded
world does nothing, and one that was interrupted is finished.
"""

from payments.kit.alone import alone
from payments.kit.database import Database
from payments.kit.winding import start_clock
from payments.kit.world import Institution, World
from payments.network.window import open_window
from payments.sandbox import Sandbox
from payments.seed.funding import pay_in_capital, pay_in_funds
from payments.seed.opening import (
    bank_account,
    open_bank_account,
    open_payer,
    open_person,
    open_places,
    open_shop,
)
from payments.seed.people import PEOPLE
from payments.seed.places import PAYERS, SHOPS
from payments.seed.there import what_is_open

__all__ = ["PEOPLE", "open_seeded", "seed"]


async def open_seeded(
    database: Database, key: bytes, at: int | None = None, frozen: bool = False, wire: bool = False
) -> Sandbox:
    """Open a migrated ``database`` as a sandbox, with everything in it that one starts with.

    A new world's clock starts at ``at`` (``None``: the real time) and stands if ``frozen``. A clock that is
    there stays as it is. ``wire`` as in ``Sandbox.open``.
    """
    world = World.open(database, key)
    operator = Institution("sandbox", "Sandbox", world)
    async with alone(database, "seed"):  # several workers may start on a new world at once
        await operator.step(start_clock, at, frozen)
        await operator.step(open_places)
        sandbox = Sandbox.over(world, wire)
        await seed(sandbox)
    return sandbox


async def seed(sandbox: Sandbox) -> None:
    """Fill ``sandbox``, whose institutions are there, with capital, merchants, senders and cardholders."""
    await sandbox.network.step(open_window)
    await pay_in_capital(sandbox)
    there = sandbox.world.database.read_now(what_is_open, sandbox.bank)
    for shop in SHOPS:
        if not {shop.id, bank_account(sandbox.bank, shop)} <= there:
            await sandbox.acquirers[shop.acquirer].step(open_shop, shop)
            await sandbox.bank.step(open_bank_account, shop)
    for payer in PAYERS:
        if payer.id not in there:
            await sandbox.acquirers[payer.acquirer].step(open_payer, payer)
    for person in PEOPLE:
        if person.account not in there or person.blocked:
            await sandbox.issuers[person.issuer].step(open_person, person)
    await pay_in_funds(sandbox)
