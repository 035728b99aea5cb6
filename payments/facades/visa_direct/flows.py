"""The flows this door hands requests to: one for each operation, plugged in here and nowhere else.

An operation whose flow is ``None`` has no route yet. To plug one in, write how it is begun and how what it has made is
read, and put it into ``FLOWS``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from payments.acquirer.disbursement import DECLINED, PENDING, UNKNOWN, Disbursement, DisbursementOrder, disburse
from payments.kit.database import fetch
from payments.kit.idempotency import Claim
from payments.sandbox import Sandbox
from payments.switch.codes import APPROVED, RECORD_NOT_FOUND
from payments.switch.directory import ISSUER, Directory
from payments.switch.message import PresentedCard


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks of a flow: ``amount`` minor units of ``currency``, to or from ``card`` of ``sender``'s.

    ``original`` is the transaction identifier of what is reversed, adjusted or cancelled ('' none). ``body`` is the
    whole request, for what only one flow needs. ``claim`` must be claimed by the flow's first step.
    """

    claim: Claim
    acquirer: str
    sender: str
    card: PresentedCard | None
    amount: int
    currency: str
    business_application: str
    sender_name: str
    recipient_name: str
    source_of_funds: str
    original: str
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a flow has come, as Visa would say it. Without ``action_code`` it has not ended.

    ``never`` says that it never reached the network: the same request may be sent again. ``by_issuer`` says that the
    issuer answered, not the network; amounts are minor units of ``currency``; ``reference`` and ``stan`` are our own.
    """

    id: str
    action_code: str
    by_issuer: bool
    approval_code: str
    network_id: str
    begun_at: int
    amount: int
    currency: str
    card_masked: str
    reference: str
    stan: str
    window: str
    never: bool = False

    @property
    def approved(self) -> bool:
        """Tell whether it was approved."""
        return self.action_code == APPROVED


@dataclass(frozen=True, slots=True)
class Flow:
    """An operation: ``run(sandbox, ask)`` goes on to its end; ``read(connection, directory, id)`` reads how far it is.

    ``find(connection, acquirer, reference)`` finds what the flow has made, for this door or another, by our RRN, and
    ``list(connection, senders, since, until)`` what it has made for senders in a time, oldest first.
    ``transaction_type`` is what reports call it.
    """

    run: Callable[[Sandbox, Ask], Awaitable[object]]
    read: Callable[[sa.Connection, Directory, str], Outcome | None]
    find: Callable[[sa.Connection, str, str], "Made | None"]
    list: Callable[[sa.Connection, Sequence[str], int, int], "Sequence[Made]"]
    transaction_type: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a flow has made, for whom, under which claim ('' none), and what for."""

    id: str
    sender: str
    claim: str
    business_application: str


# ── push ──


async def push(sandbox: Sandbox, ask: Ask) -> Disbursement:
    """Push money to the recipient's card. Raises the refusals of ``disburse``."""
    assert ask.card is not None
    order = DisbursementOrder(
        claim=ask.claim,
        sender=ask.sender,
        card=ask.card,
        amount=ask.amount,
        currency=ask.currency,
        channel="api",
        business_application=ask.business_application,
        recipient_name=ask.recipient_name,
    )
    return await disburse(sandbox.acquirers[ask.acquirer], order)


def read_push(connection: sa.Connection, directory: Directory, id: str) -> Outcome | None:
    """Return how far a push has come."""
    table = Disbursement.table()
    rows = fetch(connection, Disbursement, sa.select(table).where(table.c.id == id))
    return push_outcome(directory, rows[0]) if rows else None


def push_outcome(directory: Directory, push: Disbursement) -> Outcome:
    """Return the outcome of a disbursement, made at this door or at another."""
    ended, decider = push.status not in (PENDING, UNKNOWN), directory.members.get(push.decided_by)
    return Outcome(
        id=push.id,
        action_code=push.response_code if ended else "",
        by_issuer=decider is not None and decider.role == ISSUER,
        approval_code=push.approval_code,
        network_id=push.network_id,
        begun_at=push.created_at,
        amount=push.amount,
        currency=push.currency,
        card_masked=push.card_masked,
        reference=push.reference,
        stan=push.stan,
        window=push.window,
        never=push.status == DECLINED and push.response_code == RECORD_NOT_FOUND,
    )


def find_push(connection: sa.Connection, acquirer: str, reference: str) -> Made | None:
    """Return the push with our RRN ``reference``, if it is of ``acquirer``."""
    table = Disbursement.table()
    own = sa.select(table).where(table.c.reference == reference, table.c.acquirer == acquirer)
    return next((_made(each) for each in fetch(connection, Disbursement, own)), None)


def list_pushes(connection: sa.Connection, senders: Sequence[str], since: int, until: int) -> list[Made]:
    """Return the pushes of ``senders`` made from ``since`` on and before ``until``, oldest first."""
    table = Disbursement.table()
    meant = table.c.sender.in_(senders) & (table.c.created_at >= since) & (table.c.created_at < until)
    return [_made(each) for each in fetch(connection, Disbursement, sa.select(table).where(meant).order_by(table.c.id))]


def _made(push: Disbursement) -> Made:
    return Made(push.id, push.sender, push.claim or "", push.business_application)


FLOWS: Final[dict[str, Flow]] = {"push": Flow(push, read_push, find_push, list_pushes, "CRED VOUCHER")}
"""The operations that can be carried out. Each has its routes (``routes.py``)."""
