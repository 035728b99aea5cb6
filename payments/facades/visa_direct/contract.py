"""What this door and the flows behind it say to one another: what is asked, and how far it has come."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from payments.kit.idempotency import Claim
from payments.sandbox import Sandbox
from payments.switch.codes import APPROVALS
from payments.switch.directory import Directory
from payments.switch.message import Party, PresentedCard


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks of a flow: ``amount`` minor units of ``currency``, to or from ``card``, for ``sender``.

    ``payer`` and ``recipient`` are the people it names, ``source_of_funds`` is our word for Visa's code ('' not said).
    The network is to keep a push until ``release_at`` (``None``: it is not). ``original`` is the transaction identifier
    (15 digits) of what is reversed or adjusted, or of the pull that a push quotes ('' none), ``reason`` the message
    reason code of an adjustment and ``credit`` whether that gives money back. ``complete`` is whether all must be there
    that a programme asks for.
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
    ``rate`` is that at which the network has converted a push ('': it has not).
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
    rate: str = ""

    @property
    def approved(self) -> bool:
        """Tell whether it was approved."""
        return self.action_code in APPROVALS


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
