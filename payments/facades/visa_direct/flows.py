"""The flows this door hands requests to: one for each operation, plugged in here and nowhere else.

An operation without a flow in ``FLOWS``, or an inquiry without one in ``INQUIRIES``, has no route: its path is unknown.
To plug one in, write how it is run and how what it has made is read, and put it into the table.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from payments.acquirer.disbursement import DECLINED, PENDING, UNKNOWN, Disbursement, DisbursementOrder, disburse
from payments.kit.database import fetch
from payments.kit.idempotency import Claim
from payments.sandbox import Sandbox
from payments.switch.codes import APPROVED, RECORD_NOT_FOUND
from payments.switch.directory import ISSUER, Directory
from payments.switch.message import Party, PresentedCard


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks of a flow: ``amount`` minor units of ``currency``, to or from ``card``, for ``sender``.

    ``payer`` and ``recipient`` are the people it names, ``source_of_funds`` is our word for Visa's code ('' not said).
    The network is to keep a push until ``release_at`` (``None``: it is not). ``original`` is the transaction identifier
    (15 digits) of what is reversed or adjusted ('' none), ``reason`` the message reason code of an adjustment and
    ``credit`` whether that gives money back. ``complete`` is whether all must be there that a programme asks for.
    The flow's first step must claim ``claim``.
    """

    claim: Claim
    acquirer: str
    sender: str
    card: PresentedCard | None
    amount: int
    currency: str
    business_application: str
    payer: Party
    recipient: Party
    source_of_funds: str = ""
    release_at: int | None = None
    original: str = ""
    reason: str = ""
    credit: bool = False
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a flow has come, as Visa would say it. Without ``action_code`` it has not ended.

    ``never`` says that it never reached the network: the same request may be sent again. ``by_issuer`` says that the
    issuer answered, not the network; amounts are minor units of ``currency``; ``reference`` and ``stan`` are our own.
    ``state`` is what a query says of it: COMPLETED or IN_PROGRESS by the action code (''), or PENDING, CANCELLED.
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
    state: str = ""

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
        recipient_name=ask.recipient.name,
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
"""The operations that can be carried out: push, and once they are plugged in pull, reverse, adjustment."""

CAN_DEFER: Final = False
"""Whether a push can be kept by the network for later (``Ask.release_at``)."""


# ── what is answered at once ──


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the network's directory says of a card, for who asks. Countries and currencies are ISO's letters.

    ``fast_funds`` is B (domestic and cross-border), D, C or N; ``platform`` consumer, business, commercial or
    government; ``product`` debit, credit or prepaid.
    """

    issuer_name: str
    country: str
    currency: str
    product: str
    platform: str
    reloadable: bool
    fast_funds: str
    gambling: bool
    geo_blocked: bool
    push_domestic: bool
    push_cross_border: bool
    pull_cross_border: bool


@dataclass(frozen=True, slots=True)
class Validation:
    """What is to be validated: a card (expiry and CVV as far as given), an address, a name, as far as given."""

    card: PresentedCard
    sender: str
    street: str
    postal_code: str
    first_name: str
    middle_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Validated:
    """What the issuer says of a card; a result is '' for what was not asked about. Names are 01, 02 or 03."""

    action_code: str
    by_issuer: bool
    network_id: str
    cvv_result: str
    address_result: str
    name_result: str
    first_name_result: str
    middle_name_result: str
    last_name_result: str


@dataclass(slots=True)
class Inquiries:
    """What is asked and answered at once; ``None`` for what cannot be asked yet. No answer in time is ``None``.

    ``cancel(sandbox, acquirer, id)`` returns the action code; ``attributes(sandbox, acquirer, card, origin)`` what the
    directory says; ``validate(sandbox, acquirer, validation)`` what the issuer says.
    """

    cancel: Callable[[Sandbox, str, str], Awaitable[str | None]] | None = None
    attributes: Callable[[Sandbox, str, PresentedCard, str], Awaitable[Attributes | None]] | None = None
    validate: Callable[[Sandbox, str, Validation], Awaitable[Validated | None]] | None = None


INQUIRIES: Final = Inquiries()
