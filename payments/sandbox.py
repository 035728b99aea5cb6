"""The sandbox put together: one world, its switch, and every institution connected to it."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.inbox import receive as acquirer_receives
from payments.bank.bank import Bank
from payments.bank.inbox import receive as bank_receives
from payments.issuer.inbox import receive as issuer_receives
from payments.issuer.issuer import Issuer
from payments.kit.database import Database
from payments.kit.world import Institution, World
from payments.network.inbox import receive as network_receives
from payments.network.network import Network
from payments.switch.directory import ACQUIRER, BANK, ISSUER, NETWORK, Directory
from payments.switch.faults import Faults
from payments.switch.playing import Stagings
from payments.switch.switch import Switch


@dataclass
class Sandbox:
    """Everything that runs in one process over one world."""

    world: World
    switch: Switch
    faults: Faults
    stagings: Stagings
    operator: Institution
    network: Network
    bank: Bank
    acquirers: dict[str, Acquirer]
    issuers: dict[str, Issuer]
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Whose turn it is to make time pass (``jobs``)."""

    @classmethod
    def open(cls, database: Database, key: bytes, wire: bool = False) -> "Sandbox":
        """Open a migrated and seeded ``database`` and connect its members; ``key`` is the vault's.

        Over the ``wire``, members send one another bytes: ISO 8583, and JSON to and from the bank.
        """
        return cls.over(World.open(database, key), wire)

    @classmethod
    def over(cls, world: World, wire: bool = False) -> "Sandbox":
        """Connect the members that the directory of ``world`` names, by objects or over the ``wire``."""
        directory = world.database.read_now(Directory.load)
        faults, stagings = Faults(world), Stagings(world)
        switch = Switch(directory, faults, stagings, wire)
        (network_id,) = (each.id for each in directory.members.values() if each.role == NETWORK)
        (bank_id,) = (each.id for each in directory.members.values() if each.role == BANK)
        sandbox = cls(
            world,
            switch,
            faults,
            stagings,
            Institution("sandbox", "Sandbox", world),
            Network(network_id, directory.members[network_id].name, world, bank_id, switch),
            Bank(bank_id, directory.members[bank_id].name, world, switch),
            {},
            {},
        )
        for member in directory.members.values():
            if member.role == ACQUIRER:
                sandbox.acquirers[member.id] = Acquirer(
                    member.id, member.name, world, member.code, network_id, bank_id, switch
                )
            elif member.role == ISSUER:
                sandbox.issuers[member.id] = Issuer(
                    member.id, member.name, world, member.code, network_id, bank_id, switch
                )
        sandbox._connect()
        return sandbox

    def institutions(self) -> list[Institution]:
        """Return every institution that keeps a book."""
        return [*self.issuers.values(), *self.acquirers.values(), self.network, self.bank]

    def close(self) -> None:
        """Finish what is under way and close the world."""
        self.world.close()

    def _connect(self) -> None:
        def connect(receive: Any, institution: Institution) -> None:
            self.switch.connect(institution.id, partial(receive, institution))

        connect(network_receives, self.network)
        connect(bank_receives, self.bank)
        for acquirer in self.acquirers.values():
            connect(acquirer_receives, acquirer)
        for issuer in self.issuers.values():
            connect(issuer_receives, issuer)
