"""Senders: merchants, companies and governments that push money to cards, out of funds paid in beforehand."""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import require_currency
from payments.kit.records import Key, Record, record
from payments.kit.work import Work
from payments.ledger import chart
from payments.ledger.account import LIABILITY, Account

MERCHANT: Final = "merchant"
COMPANY: Final = "company"
GOVERNMENT: Final = "government"


@record(
    "acquirer_senders",
    CheckConstraint("kind IN ('merchant', 'company', 'government')", name="kind"),
    fixed=True,
)
class Sender(Record):
    """Who pushes money through this acquirer. ``kind`` is merchant, company or government.

    ``acceptor`` is the sender's number on the wire (DE 42), 15 characters at most.
    """

    noun: ClassVar[str] = "sender"
    prefix: ClassVar[str] = "snd"

    id: Key[str]
    acquirer: str
    acceptor: str
    name: str
    kind: str
    address: str
    city: str
    country: str
    currency: str
    created_at: int


def sender_account(work: Work, sender: Sender) -> Account:
    """Return the account of the sender's funds in the acquirer's book (guarded)."""
    return chart.account(work, sender.acquirer, "sender", sender.currency, sender.id)


def open_sender(
    work: Work,
    acquirer: Acquirer,
    name: str,
    kind: str,
    city: str,
    country: str,
    currency: str,
    address: str = "",
    sender_id: str | None = None,
    acceptor: str | None = None,
) -> Sender:
    """Take on a sender; a step. It has an account of its own and one for its transfers; neither may fall below 0.

    Raises ``CurrencyNotKept``.
    """
    require_currency(work, acquirer, currency)
    sender = Sender(
        id=sender_id or work.new_id(Sender.prefix),
        acquirer=acquirer.id,
        acceptor=acceptor or f"{acquirer.code}{work.next_number() % 10**9:09d}",
        name=name,
        kind=kind,
        address=address,
        city=city,
        country=country,
        currency=currency,
        created_at=work.now,
    )
    for code, title in (("sender", name), ("transfers", f"{name}, transfers")):
        chart.open_account(work, acquirer.id, code, currency, LIABILITY, name=title, owner=sender.id, floor=0)
    work.emit("sender.opened", sender.id, "", {"name": name, "kind": kind, "currency": currency})
    return work.add(sender)
