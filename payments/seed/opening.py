"""Opening what one starts with: each a step that does nothing when it has been done."""

from typing import Final

from payments.acquirer.acquirer import CHART as ACQUIRER_CHART
from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import Merchant, open_merchant
from payments.acquirer.sender import Sender, open_sender
from payments.bank.bank import CHART as BANK_CHART
from payments.bank.bank import Bank
from payments.issuer.account import Account, open_account
from payments.issuer.card import ACTIVE, Card
from payments.issuer.issuer import CHART as ISSUER_CHART
from payments.issuer.issuer import Issuer
from payments.issuer.issuing import block_card, issue_card
from payments.kit.secrets import CardNumber, Secret
from payments.kit.work import Work
from payments.kit.world import Institution
from payments.ledger import chart
from payments.ledger.account import LIABILITY, Book, account_id
from payments.ledger.account import Account as LedgerAccount
from payments.network.network import CHART as NETWORK_CHART
from payments.network.network import MEMBER_CHART
from payments.seed.people import CVV, Person
from payments.seed.places import BINS, CURRENCIES, MEMBERS, Payer, Shop
from payments.switch.directory import ACQUIRER, BANK, ISSUER, NETWORK, Member

_CHARTS: Final = {
    ACQUIRER: ACQUIRER_CHART,
    ISSUER: ISSUER_CHART,
    NETWORK: NETWORK_CHART,
    BANK: BANK_CHART,
}


def open_places(work: Work, _: Institution) -> None:
    """Write the directory, and open every member's book with its house accounts in every currency."""
    if work.get_or_none(Member, MEMBERS[0].id):
        return
    for each in (*MEMBERS, *BINS):
        work.add(each)
    for member in MEMBERS:
        work.add(Book(member.id, member.name, work.now))
    for currency in CURRENCIES:
        for member in MEMBERS:
            for code, (kind, name) in _CHARTS[member.role].items():
                chart.open_account(work, member.id, code, currency, kind, name=name)
            _open_accounts_of_member(work, member, currency)


def _open_accounts_of_member(work: Work, member: Member, currency: str) -> None:
    """Open what the network and the bank keep for ``member``."""
    keepers = {each.role: each.id for each in MEMBERS}
    if member.role in (ISSUER, ACQUIRER):
        for code, (kind, name) in MEMBER_CHART.items():
            title = name.format(member.name)
            chart.open_account(work, keepers[NETWORK], code, currency, kind, name=title, owner=member.id)
    if member.role != BANK:
        title = f"Reserve of {member.name}"
        chart.open_account(work, keepers[BANK], "reserve", currency, LIABILITY, name=title, owner=member.id, floor=0)


def bank_account(bank: Bank, shop: Shop) -> str:
    """Return the id of the account into which a merchant is paid out."""
    return account_id(bank.id, "merchant_account", shop.currency, shop.id)


def open_shop(work: Work, acquirer: Acquirer, shop: Shop) -> None:
    """Open a merchant with its accounts."""
    if work.get_or_none(Merchant, shop.id) is None:
        open_merchant(
            work,
            acquirer,
            shop.name,
            shop.city,
            shop.country,
            shop.mcc,
            shop.currency,
            shop.fee_basis_points,
            shop.fee_fixed,
            merchant_id=shop.id,
            acceptor=shop.acceptor,
        )


def open_bank_account(work: Work, bank: Bank, shop: Shop) -> None:
    """Open the account at the settlement bank into which a merchant is paid out."""
    if work.get_or_none(LedgerAccount, bank_account(bank, shop)) is None:
        chart.open_account(work, bank.id, "merchant_account", shop.currency, LIABILITY, name=shop.name, owner=shop.id)


def open_payer(work: Work, acquirer: Acquirer, payer: Payer) -> None:
    """Open a sender with its account."""
    if work.get_or_none(Sender, payer.id) is None:
        open_sender(
            work,
            acquirer,
            payer.name,
            payer.kind,
            payer.city,
            payer.country,
            payer.currency,
            payer.address,
            sender_id=payer.id,
            acceptor=payer.acceptor,
            region=payer.region,
        )


def open_person(work: Work, issuer: Issuer, person: Person) -> None:
    """Open a cardholder's account and issue the card on it."""
    if work.get_or_none(Account, person.account) is None:
        opened = open_account(
            work,
            issuer,
            person.holder,
            person.product,
            person.currency,
            person.credit_limit,
            account_id=person.account,
            street=person.street,
            postal_code=person.postal_code,
        )
        issue_card(
            work,
            issuer,
            opened.id,
            CardNumber(person.number),
            person.expiry,
            Secret(CVV),
            person.transaction_limit,
            card_id=person.card,
        )
    if person.blocked and work.get(Card, person.card).status == ACTIVE:
        block_card(work, issuer, person.card)
