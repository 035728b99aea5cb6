"""Limits of a partner's transfer acceptors, and of the accounts it pays: kept by this door, and asked before a payment.

What counts against a limit is every payment whose money has not gone back; whoever asks while others are under way is
told of those as well, so that two at once may both be refused, but never both paid over a limit. A day is that of
UTC, a week seven of them and a month thirty, today included (ours: Mastercard publishes no reckoning).
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import orjson
import sqlalchemy as sa
from sqlalchemy import Index

from payments.acquirer.push import GIVEN_BACK, Disbursement
from payments.facades.mastercard_send.codes import PAYMENT_LEG
from payments.facades.mastercard_send.instruction import Instruction
from payments.kit.clock import CLOCK, DAY, Clock, real_now
from payments.kit.database import fetch
from payments.kit.errors import NotFound, Refusal
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.kit.world import Institution

LIMITED_CURRENCY: Final = "USD"
"""The only currency of account limits, as published."""

ACCEPTOR: Final = "acceptor"
ACCOUNT: Final = "account"

_DAYS: Final = {"daily": 1, "weekly": 7, "monthly": 30}

TOO_LITTLE: Final = "130014"
TOO_MUCH: Final = "130030"
CONSUMERS_MONTH: Final = "130007"
_ACCEPTOR_CODES: Final = {"amount": "130023", "volume": "130024"}
_ACCOUNT_CODES: Final = {
    ("daily", "Amount"): "130013",
    ("weekly", "Amount"): "130025",
    ("monthly", "Amount"): "130026",
    ("daily", "Volume"): "130027",
    ("weekly", "Volume"): "130028",
    ("monthly", "Volume"): "130029",
}


class LimitTaken(Refusal):
    """There is a limit for the same already."""


@record("mastercard_send_limits", Index(None, "partner", "kind"), Index(None, "scope", unique=True))
class Limit(Record):
    """A limit of one of a partner's transfer acceptors, or of every account it pays; ``kind`` says which.

    ``scope`` is what there can be one limit for; ``settings`` is what the partner gave, as JSON.
    """

    noun: ClassVar[str] = "limit"

    id: Key[str]
    partner: str
    kind: str
    scope: str
    acceptor: str
    created_at: int
    settings: Mutable[str]

    @property
    def given(self) -> dict[str, Any]:
        """Return what the partner gave."""
        given: dict[str, Any] = orjson.loads(self.settings)
        return given


@dataclass(frozen=True, slots=True)
class Use:
    """A payment about to be made, by what limits ask for: minor units of ``currency`` to an ``account`` (fingerprint).

    ``brand``, ``card_type`` (CREDIT, DEBIT, MAESTRO) and ``card_product`` (CNSMR, CMRCL) are the card's,
    ``transaction_type`` (PAY, PUR, MER) and ``message_system`` (S, D, '' not said) the payment's. ``id`` is its
    instruction's, '' while it is only asked about.
    """

    partner: str
    acceptor: str
    account: str
    payment_type: str
    amount: int
    currency: str
    brand: str
    card_type: str
    card_product: str
    transaction_type: str
    message_system: str
    id: str = ""


def open_limit(work: Work, _: Institution, partner: str, kind: str, acceptor: str, settings: dict[str, Any]) -> Limit:
    """Open a limit (a cold step). Raises ``LimitTaken`` when there is one for the same."""
    scope = f"{partner}/{kind}/{acceptor}"
    if kind == ACCOUNT:
        names = ("network", "transactionType", "paymentType", "cardProductType", "cardType", "messageSystem")
        scope += "".join(f"/{settings.get(each) or ''}" for each in names)
    table = Limit.table()
    if work.records(Limit, sa.select(table).where(table.c.scope == scope)):
        raise LimitTaken("Change that one.")
    id = work.new_id("lim")
    work.emit("mastercard_send.limit_set", id, "", {"partner": partner, "kind": kind})
    return work.add(Limit(id, partner, kind, scope, acceptor, work.now, orjson.dumps(settings).decode()))


def set_limit(
    work: Work, _: Institution, partner: str, kind: str, id: str, settings: dict[str, Any], *, keep: bool
) -> Limit:
    """Set a limit anew (a cold step); what is not given is kept, or gone. Raises ``NotFound``."""
    known = work.get_or_none(Limit, id)
    if known is None or (known.partner, known.kind) != (partner, kind):
        raise NotFound("There is no such limit.")
    work.emit("mastercard_send.limit_set", id, "", {"partner": partner, "kind": kind})
    return work.change(known, settings=orjson.dumps(known.given | settings if keep else settings).decode())


def find_limits(connection: sa.Connection, partner: str) -> list[Limit]:
    """Return a partner's limits, oldest first."""
    table = Limit.table()
    return fetch(connection, Limit, sa.select(table).where(table.c.partner == partner).order_by(table.c.id))


def find_breach(connection: sa.Connection, use: Use) -> str:
    """Return the reason code of the first limit that a payment would go over, '' for none."""
    limits = find_limits(connection, use.partner)
    now = _now(connection) if limits else 0
    for each in limits:
        check = _acceptor_breach if each.kind == ACCEPTOR else _account_breach
        if code := check(connection, each, use, now):
            return code
    return ""


def find_usage(connection: sa.Connection, partner: str, acceptor: str) -> tuple[int, int]:
    """Return how many payments a transfer acceptor has made today, and how much."""
    return _used(connection, partner, _now(connection), 1, acceptor=acceptor)


def _acceptor_breach(connection: sa.Connection, limit: Limit, use: Use, now: int) -> str:
    daily = limit.given["dailyLimit"]
    if limit.acceptor != use.acceptor or daily["transactionAmountLimit"]["currency"] != use.currency:
        return ""
    count, amount = _used(connection, use.partner, now, 1, but=use.id, acceptor=use.acceptor)
    if amount + use.amount > int(daily["transactionAmountLimit"]["amount"]):
        return _ACCEPTOR_CODES["amount"]
    volume = (daily.get("transactionVolumeLimit") or {}).get("maxTransactionVolume")
    return _ACCEPTOR_CODES["volume"] if volume is not None and count + 1 > int(volume) else ""


def _account_breach(connection: sa.Connection, limit: Limit, use: Use, now: int) -> str:
    given = limit.given
    if use.currency != LIMITED_CURRENCY or not _meant(given, use):
        return ""
    cents = {name: _cents(value) for name, value in given.items() if name.endswith("Amount") and value is not None}
    if use.amount < cents.get("minTransactionAmount", 0):
        return TOO_LITTLE
    if use.amount > cents.get("maxTransactionAmount", use.amount):
        return TOO_MUCH
    for (period, of), code in _ACCOUNT_CODES.items():
        name = f"{period}Max{of}"
        if given.get(name) is None:
            continue
        alike = {"acceptor": limit.acceptor, "payment_type": given.get("paymentType") or "", "account": use.account}
        count, amount = _used(connection, use.partner, now, _DAYS[period], but=use.id, **alike)
        over = amount + use.amount > cents[name] if of == "Amount" else count + 1 > int(given[name])
        if over:
            consumers = (period, of, given.get("cardProductType")) == ("monthly", "Amount", "CNSMR")
            return CONSUMERS_MONTH if consumers else code
    return ""


def _meant(given: dict[str, Any], use: Use) -> bool:
    """Tell whether an account limit that is enabled is meant for a payment."""
    asked = {
        "transferAcceptorId": use.acceptor,
        "network": use.brand,
        "transactionType": use.transaction_type,
        "paymentType": use.payment_type,
        "cardProductType": use.card_product,
        "cardType": use.card_type,
        "messageSystem": use.message_system,
    }
    return given["limitEnabled"] == "true" and all(
        given.get(name) in (None, "", value) for name, value in asked.items()
    )


def _cents(dollars: str) -> int:
    whole, _, rest = dollars.partition(".")
    return int(whole) * 100 + int(f"{rest:0<2}"[:2])


def _used(
    connection: sa.Connection, partner: str, now: int, days: int, *, but: str = "", **alike: str
) -> tuple[int, int]:
    """Return how often and how much a partner has paid in the last ``days``, of what is ``alike``."""
    asked, pushes = Instruction.table(), Disbursement.table()
    since = (now // DAY - days + 1) * DAY
    counted = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(asked.c.amount), 0))
        .select_from(asked.outerjoin(pushes, pushes.c.id == asked.c.made))
        .where(
            asked.c.partner == partner,
            asked.c.leg == PAYMENT_LEG,
            asked.c.created_at >= since,
            asked.c.id != but,
            asked.c.fingerprint != "",  # else it was refused as wrong
            asked.c.refusal == "",
            sa.or_(pushes.c.status.is_(None), pushes.c.status.not_in(GIVEN_BACK)),
            *(asked.c[name] == value for name, value in alike.items() if value),
        )
    )
    count, amount = connection.execute(counted).one()
    return int(count), int(amount)


def _now(connection: sa.Connection) -> int:
    table = Clock.table()
    (clock,) = fetch(connection, Clock, sa.select(table).where(table.c.id == CLOCK))
    return clock.now(real_now())
