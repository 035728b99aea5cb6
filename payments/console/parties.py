"""Who takes part in a story: people and institutions, each with the part it plays."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from payments.acquirer.merchant import Merchant
from payments.acquirer.party import named
from payments.acquirer.sender import Sender
from payments.console.subject import Subject, find
from payments.issuer.account import Account
from payments.issuer.card import Card
from payments.kit.database import fetch
from payments.kit.secrets import Vault
from payments.switch.directory import BANK, NETWORK, Directory, Member, UnknownBin

Party = dict[str, Any]


class Cast:
    """Finds out who takes part. Numbers of cards are looked at and never shown."""

    def __init__(self, connection: sa.Connection, vault: Vault, directory: Directory) -> None:
        """Look people up in one snapshot."""
        self._connection = connection
        self._vault = vault
        self._directory = directory

    def of(self, subject: Subject) -> list[Party]:
        """Return who takes part in a story, in the order in which its picture shows them.

        Each has an ``id``, a ``name``, a ``role`` (whose colour it has) and a ``part`` (what it is here).
        """
        return [each for each in getattr(self, f"_in_{subject.kind}")(subject) if each["id"]]

    def _in_payment(self, subject: Subject) -> Iterator[Party]:
        row = subject.row
        yield self._holder(row.card_encrypted, row.card_masked, "cardholder", "Cardholder")
        yield self._named(Merchant, row.merchant, "merchant", "Merchant")
        yield self._member(row.acquirer, "acquirer", "Acquirer")
        yield from self._beyond(row.card_encrypted, "Issuer")

    def _in_disbursement(self, subject: Subject) -> Iterator[Party]:
        row = subject.row
        yield self._sender(row.sender, "Sender")
        yield {"id": f"channel.{row.channel}", "name": row.channel, "role": "channel", "part": "Channel"}
        yield self._member(row.acquirer, "acquirer", "Originating acquirer")
        yield from self._beyond(row.card_encrypted, "Recipient’s issuer")
        recipient = named(row.recipient).name
        yield self._holder(row.card_encrypted, row.card_masked, "recipient", "Recipient", recipient)

    def _in_funding(self, subject: Subject) -> Iterator[Party]:
        row = subject.row
        yield self._holder(row.card_encrypted, row.card_masked, "cardholder", "Cardholder", named(row.payer).name)
        yield self._sender(row.sender, "Receives it")
        yield self._member(row.acquirer, "acquirer", "Acquirer")
        yield from self._beyond(row.card_encrypted, "Issuer")

    def _in_transfer(self, subject: Subject) -> Iterator[Party]:
        row, pull = subject.row, subject.legs[0]
        payer, recipient = named(row.payer).name, named(row.recipient).name
        yield self._holder(pull.card_encrypted, pull.card_masked, "cardholder", "Payer", payer)
        yield self._sender(row.sender, "Service")
        yield self._member(row.acquirer, "acquirer", "Acquirer")
        yield self._network()
        theirs = self._issuer(row.recipient_card_encrypted, "Recipient’s issuer")
        ours = self._issuer(pull.card_encrypted, "Payer’s issuer")
        if ours["id"] != theirs["id"]:
            yield ours
        yield theirs if ours["id"] != theirs["id"] else theirs | {"part": "Issuer of both"}
        yield self._holder(row.recipient_card_encrypted, row.recipient_card_masked, "recipient", "Recipient", recipient)
        yield self._bank()

    def _in_deposit(self, subject: Subject) -> Iterator[Party]:
        yield self._named(Account, subject.row.account, "cardholder", "Account holder", "holder")
        yield self._member(subject.row.issuer, "issuer", "Issuer")
        yield self._bank()

    def _in_top_up(self, subject: Subject) -> Iterator[Party]:
        yield self._sender(subject.row.sender, "Sender")
        yield self._member(subject.row.acquirer, "acquirer", "Acquirer")
        yield self._bank()

    def _in_payout(self, subject: Subject) -> Iterator[Party]:
        yield self._named(Merchant, subject.row.merchant, "merchant", "Merchant")
        yield self._member(subject.row.acquirer, "acquirer", "Acquirer")
        yield self._bank()

    def _beyond(self, card: str, part: str) -> Iterator[Party]:
        """Yield who stands behind the acquirer: the network, the issuer of a card, and the settlement bank."""
        yield self._network()
        yield self._issuer(card, part)
        yield self._bank()

    def _issuer(self, card: str, part: str) -> Party:
        try:
            issuer = self._directory.bin_of(self._vault.card_number(card)).issuer
        except UnknownBin:
            issuer = ""
        return self._member(issuer, "issuer", part)

    def _network(self) -> Party:
        return self._member(self._only(NETWORK), "network", "Network")

    def _bank(self) -> Party:
        return self._member(self._only(BANK), "bank", "Settlement bank")

    def _only(self, role: str) -> str:
        return next(each.id for each in self._directory.members.values() if each.role == role)

    def _member(self, id: str, role: str, part: str) -> Party:
        member: Member | None = self._directory.members.get(id)
        return {"id": id, "name": member.name if member else id, "role": role, "part": part}

    def _named(self, kind: type[Any], id: str, role: str, part: str, name: str = "name") -> Party:
        row = find(self._connection, kind, id)
        return {"id": id, "name": getattr(row, name) if row else id, "role": role, "part": part}

    def _sender(self, id: str, part: str) -> Party:
        row = find(self._connection, Sender, id)
        return self._named(Sender, id, "sender", part) | {"kind": row.kind if row else ""}

    def _holder(self, encrypted: str, masked: str, role: str, part: str, called: str = "") -> Party:
        """Return who holds a card, as their bank knows them; if no bank does, as they were called."""
        cards = Card.table()
        print_of = self._vault.fingerprint(self._vault.card_number(encrypted))
        found = fetch(self._connection, Card, sa.select(cards).where(cards.c.fingerprint == print_of))
        account = find(self._connection, Account, found[0].account) if found else None
        return {
            "id": account.id if account else f"card.{masked}",
            "name": account.holder if account else called or masked,
            "role": role,
            "part": part,
            "card": masked,
            "product": account.product if account else "",
        }
