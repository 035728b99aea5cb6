"""The world the load falls on: the seeded one, and in it many more cards, merchants and a rich sender."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import open_merchant
from payments.acquirer.sender import open_sender
from payments.bank.bank import Bank
from payments.issuer.account import open_account
from payments.issuer.card import ACTIVE, Card, cvv_fingerprint
from payments.issuer.issuer import Issuer
from payments.kit import migrate
from payments.kit.database import Database
from payments.kit.secrets import CardNumber, Secret
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.sandbox import Sandbox
from payments.seed import open_seeded
from payments.switch.numbers import luhn_digit

VAULT_KEY = "be" * 32
"""The worlds of a benchmark hold no secrets."""

CARDS = 10_000
MERCHANTS = 1_000
SENDERS = 10
EACH_HAS = 10_000_000_00
CHUNK = 500
ISSUER, ACQUIRER, BIN = "first_prairie", "harbor", "400012"


@dataclass(frozen=True)
class Population:
    """How many cards and merchants a world has; they are numbered, so that the load knows them."""

    cards: int = CARDS
    merchants: int = MERCHANTS

    def card_numbers(self) -> list[str]:
        """The numbers of all its cards."""
        return [card_number(number) for number in range(self.cards)]

    def merchant_ids(self) -> list[str]:
        """The ids of all its merchants."""
        return [f"mch_bench_{number}" for number in range(self.merchants)]

    def account_ids(self) -> list[str]:
        """The ledger accounts of all its cardholders."""
        return [f"{ISSUER}.cardholder.USD.acct_bench_{number}" for number in range(self.cards)]


SENDER_IDS = [f"snd_bench_{number}" for number in range(SENDERS)]


def card_number(number: int) -> str:
    """The number of one card, far from the seeded ones."""
    body = f"{BIN}9{number:08d}"
    return body + luhn_digit(body)


def make_world(url: str, population: Population) -> None:
    """Migrate the empty database at `url`, seed it and let people move in."""
    migrate.upgrade(url)
    asyncio.run(move_in(url, population))


async def move_in(url: str, population: Population) -> None:
    """Open accounts, cards, merchants and senders, some hundred a transaction."""
    sandbox = await open_seeded(Database(url), bytes.fromhex(VAULT_KEY))
    try:
        await move_in_to(sandbox, population)
    finally:
        sandbox.close()


async def move_in_to(sandbox: Sandbox, population: Population) -> None:
    """Fill an open world."""
    issuer, acquirer = sandbox.issuers[ISSUER], sandbox.acquirers[ACQUIRER]
    for first in range(0, population.cards, CHUNK):
        numbers = range(first, min(first + CHUNK, population.cards))
        await issuer.step(add_cardholders, numbers)
        await sandbox.bank.step(receive_funds, ISSUER, len(numbers) * EACH_HAS)
    for first in range(0, population.merchants, CHUNK):
        await acquirer.step(add_merchants, range(first, min(first + CHUNK, population.merchants)))
    await acquirer.step(add_senders)
    await sandbox.bank.step(receive_funds, ACQUIRER, SENDERS * EACH_HAS)


def add_cardholders(work: Work, issuer: Issuer, numbers: range) -> None:
    """Open an account with money in it, and a card, for each number; a step."""
    vault, cash = issuer.world.vault, account(work, issuer.id, "settlement_cash", "USD")
    for number in numbers:
        opened = open_account(work, issuer, "Somebody", "debit", "USD", account_id=f"acct_bench_{number}")
        card = CardNumber(card_number(number))
        work.add(
            Card(
                id=f"card_bench_{number}",
                issuer=issuer.id,
                account=opened.id,
                fingerprint=vault.fingerprint(card),
                number_encrypted=vault.encrypt(card),
                number_masked=card.masked,
                cvv_fingerprint=cvv_fingerprint(vault, card, Secret("123")),
                expiry="2912",
                created_at=work.now,
                status=ACTIVE,
            )
        )
        own = account(work, issuer.id, "cardholder", "USD", opened.id)
        book(work, "deposit", "", transfer(cash, own, EACH_HAS, "deposit"))


def add_merchants(work: Work, acquirer: Acquirer, numbers: range) -> None:
    """Take on a merchant for each number; a step."""
    for number in numbers:
        open_merchant(work, acquirer, "Some Shop", "Alder", "US", "5942", "USD", merchant_id=f"mch_bench_{number}")


def add_senders(work: Work, acquirer: Acquirer) -> None:
    """Take on senders and pay their funds in; a step."""
    cash = account(work, acquirer.id, "settlement_cash", "USD")
    for id in SENDER_IDS:
        open_sender(work, acquirer, "Some Company", "company", "Alder", "US", "USD", sender_id=id)
        own = account(work, acquirer.id, "sender", "USD", id)
        book(work, "top_up", "", transfer(cash, own, EACH_HAS, "top_up"))


def receive_funds(work: Work, bank: Bank | Institution, member: str, amount: int) -> None:
    """Have the bank receive what was paid in from outside, so that reserves agree with cash; a step."""
    vault, reserve = account(work, bank.id, "vault", "USD"), account(work, bank.id, "reserve", "USD", member)
    book(work, "receive_funds", "", transfer(vault, reserve, amount, "funds_received"))
