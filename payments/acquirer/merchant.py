"""Merchants: who sells, and the two accounts in which the acquirer keeps what is theirs."""

from typing import ClassVar

from payments.kit.money import round_half_even
from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.ledger.account import LIABILITY, Account
from payments.ledger.chart import account, open_account
from payments.switch.message import CardAcceptor


@record("acquirer_merchants", fixed=True)
class Merchant(Record):
    """A merchant of an acquirer.

    ``acceptor`` is the number on the wire (DE 42); the merchant's fee is ``fee_basis_points`` of a sale plus ``fee_fixed`` minor
    units of its currency.
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
            work, merchant.acquirer, code, merchant.currency, LIABILITY, name=name, owner=merchant.id, floor=floor
        )
