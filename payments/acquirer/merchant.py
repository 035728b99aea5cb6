"""Merchants: who sells, and the two accounts in which the acquirer keeps what is theirs."""

from typing import ClassVar, Final

from payments.acquirer.acquirer import Acquirer
from payments.kit.errors import Refusal
from payments.kit.money import round_half_even
from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.ledger.account import LIABILITY, Account, account_id
from payments.ledger.chart import account, open_account
from payments.switch.message import CardAcceptor

FEE_BASIS_POINTS: Final = 290
"""What a merchant pays of a sale when nothing else was agreed, in hundredths of a percent."""


class CurrencyNotKept(Refusal):
    """This acquirer keeps no accounts in this currency."""


@record("acquirer_merchants", fixed=True)
class Merchant(Record):
    """A merchant of an acquirer.

    ``acceptor`` is the number on the wire (DE 42); the merchant's fee is ``fee_basis_points`` of a sale plus
    ``fee_fixed`` minor units of its currency.
    """

    noun: ClassVar[str] = "merchant"
    prefix: ClassVar[str] = "mch"

    id: Key[str]
    acquirer: str
    acceptor: str
    name: str
    city: str
    country: str
    mcc: str
    currency: str
    fee_basis_points: int
    fee_fixed: int
    created_at: int

    def card_acceptor(self) -> CardAcceptor:
        """Return the merchant as messages name it."""
        return CardAcceptor(self.acceptor, self.name, self.city, self.country, self.mcc)

    def fee(self, amount: int) -> int:
        """Return the acquirer's fee on a sale of ``amount`` minor units, never more than the sale."""
        return min(amount, round_half_even(amount * self.fee_basis_points, 10_000) + self.fee_fixed)


def pending_account(work: Work, merchant: Merchant) -> Account:
    """Return the account of what is cleared but not yet settled (striped)."""
    return account(work, merchant.acquirer, "merchant_pending", merchant.currency, merchant.id)


def available_account(work: Work, merchant: Merchant) -> Account:
    """Return the account of what can be refunded from or paid out (guarded)."""
    return account(work, merchant.acquirer, "merchant_available", merchant.currency, merchant.id)


def open_merchant_accounts(work: Work, merchant: Merchant) -> None:
    """Open the merchant's accounts in the acquirer's book."""
    for code, label, floor in (("merchant_pending", "pending", None), ("merchant_available", "available", 0)):
        name = f"{merchant.name}, {label}"
        open_account(
            work,
            merchant.acquirer,
            code,
            merchant.currency,
            LIABILITY,
            name=name,
            owner=merchant.id,
            floor=floor,
        )


def open_merchant(
    work: Work,
    acquirer: Acquirer,
    name: str,
    city: str,
    country: str,
    mcc: str,
    currency: str,
    fee_basis_points: int = FEE_BASIS_POINTS,
    fee_fixed: int = 0,
    merchant_id: str | None = None,
    acceptor: str | None = None,
) -> Merchant:
    """Take on a merchant; a step.

    ``merchant_id`` and ``acceptor`` (DE 42) are made up when they are not given. Raises ``CurrencyNotKept``.
    """
    require_currency(work, acquirer, currency)
    merchant = Merchant(
        id=merchant_id or work.new_id(Merchant.prefix),
        acquirer=acquirer.id,
        acceptor=acceptor or f"{acquirer.code}{work.next_number() % 10**9:09d}",
        name=name,
        city=city,
        country=country,
        mcc=mcc,
        currency=currency,
        fee_basis_points=fee_basis_points,
        fee_fixed=fee_fixed,
        created_at=work.now,
    )
    open_merchant_accounts(work, merchant)
    work.emit("merchant.opened", merchant.id, "", {"name": name, "mcc": mcc, "currency": currency})
    return work.add(merchant)


def require_currency(work: Work, acquirer: Acquirer, currency: str) -> None:
    """Make sure, in a cold step, that the acquirer's book has house accounts in ``currency``.

    Raises ``CurrencyNotKept``.
    """
    if work.get_or_none(Account, account_id(acquirer.id, "due_from_network", currency)) is None:
        raise CurrencyNotKept(f"{acquirer.name} keeps no accounts in {currency}.")
