"""Senders: merchants, companies, governments and people that push money to cards, out of funds paid in beforehand."""

from typing import ClassVar, Final

from sqlalchemy import CheckConstraint

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.merchant import require_currency
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.ledger import chart
from payments.ledger.account import LIABILITY, Account
from payments.switch.message import CONSUMER, ORGANIZATION, Party

MERCHANT: Final = "merchant"
COMPANY: Final = "company"
GOVERNMENT: Final = "government"
PERSON: Final = "person"
NOTHING_USED: Final = "{}"
KINDS: Final = (MERCHANT, COMPANY, GOVERNMENT, PERSON)


@record(
    "acquirer_senders",
    CheckConstraint("kind IN ('merchant', 'company', 'government', 'person')", name="kind"),
    fixed=True,
)
class Sender(Record):
    """Who pushes money through this acquirer. ``kind`` is merchant, company, government or person.

    ``region`` is the part of ISO 3166-2 behind the country: the state, where the country is the US or Canada.
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
    region: str = ""
    postal_code: str = ""


@record(
    "acquirer_sender_standings",
    CheckConstraint("low_balance_amount IS NULL OR low_balance_amount >= 0", name="low_balance_amount"),
)
class Standing(Record):
    """How a sender stands. ``used`` is JSON: how often and how much it has pushed on ``day``, by programme.

    ``day`` is counted from the epoch, UTC. ``low_balance_amount`` (minor units; ``None``: never) is what is available
    when its funds count as ``low`` (0 or 1), which an event says once until they have been enough again.
    """

    noun: ClassVar[str] = "sender_standing"

    sender: Key[str]
    day: Mutable[int] = 0
    used: Mutable[str] = NOTHING_USED
    low_balance_amount: Mutable[int | None] = None
    low: Mutable[int] = 0


def sender_account(work: Work, sender: Sender) -> Account:
    """Return the account of the sender's funds in the acquirer's book (guarded)."""
    return chart.account(work, sender.acquirer, "sender", sender.currency, sender.id)


def party_of(sender: Sender) -> Party:
    """Return the sender as the payer of what it pushes on its own behalf."""
    kind = CONSUMER if sender.kind == PERSON else ORGANIZATION
    place = sender.address, sender.city, sender.country
    return Party(sender.name, *place, sender.id, sender.region, sender.postal_code, kind)


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
    region: str = "",
    postal_code: str = "",
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
        region=region,
        postal_code=postal_code,
    )
    for code, title in (("sender", name), ("transfers", f"{name}, transfers")):
        chart.open_account(work, acquirer.id, code, currency, LIABILITY, name=title, owner=sender.id, floor=0)
    work.add(Standing(sender.id))
    work.emit("sender.opened", sender.id, "", {"name": name, "kind": kind, "currency": currency})
    return work.add(sender)
