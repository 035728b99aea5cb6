"""The flows that this door awaits: each a function to be put in its place, and no route without its function.

A flow is put here by giving its field of ``Awaited`` the function; the routes that need it are then there.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push_limit import PartnerLimitReached
from payments.facades.mastercard_send.flows import Made, Named, Order
from payments.kit.idempotency import Claim
from payments.kit.secrets import CardNumber
from payments.sandbox import Sandbox
from payments.switch.message import PresentedCard


@dataclass(frozen=True, slots=True)
class Eligible:
    """What may be done with a card. ``reason`` is an eligibility reason code ('' it is eligible).

    ``product`` is debit, credit or prepaid, ``commercial`` tells business cards; ``domestic_only``: not from abroad.
    ``within_seconds`` is how soon pushed money is there (``None``: by the next business day).
    """

    push: bool
    pull: bool
    reason: str
    institution: str
    country: str
    currency: str
    product: str
    commercial: bool
    cross_border: bool
    within_seconds: int | None


@dataclass(frozen=True, slots=True)
class Validated:
    """What an issuer said of a card: ``code`` about the card, '' for no answer; then CVC, address and name.

    ``cvc`` is M or N, ``address`` Y, A, Z, N or U, ``name`` 01, 02 or 03; '' for what was not asked about.
    """

    id: str
    code: str
    decided_by: str
    cvc: str
    address: str
    name: str
    reference: str
    stan: str


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """What a sender may push in a day, ``None`` as much as it likes, and what of that is used at the instant ``at``."""

    sender_name: str
    amount: int | None
    count: int | None
    alert_percent: int
    amount_used: int
    count_used: int
    at: int


Inquire = Callable[[Acquirer, PresentedCard, str, str], Awaitable[Eligible | None]]
"""``inquire(acquirer, card, origin, business_application)``: the network's answer, ``None`` when there was none.

``origin`` is the country of who would send, alpha-3.
"""

ValidateCard = Callable[[Acquirer, str, PresentedCard, Named], Awaitable[Validated]]
"""``validate_card(acquirer, sender, card, holder)``."""

Pull = Callable[[Acquirer, str, Claim, PresentedCard, Order], Awaitable[None]]
"""``pull(acquirer, sender, claim, card, order)``: as ``flows.push``, the other way. The order's payer is the holder."""

FindPull = Callable[[sa.Connection, str], Made | None]
"""``find_pull(connection, id)``: as ``flows.find_push``."""

ReversePull = Callable[[Acquirer, str, Claim], Awaitable[None]]
"""``reverse_pull(acquirer, id, claim)``: give a pull back whose payment failed; a refusal is passed on."""


ReadLimit = Callable[[Acquirer, str, str], Awaitable[DailyLimit]]
"""``read_limit(acquirer, sender, currency)``."""

SetLimit = Callable[[Acquirer, str, str, int, int | None, int | None], Awaitable[DailyLimit]]
"""``set_limit(acquirer, sender, currency, amount, count, alert_percent)``; an alert that is ``None`` stays as it is."""


CheckLimits = Callable[[Acquirer, str, str, str, int], Awaitable[PartnerLimitReached | None]]
"""``check_limits(acquirer, sender, currency, business_application, amount)``: the limit that a push would go over."""


StageDecline = Callable[[Sandbox, CardNumber, str], Awaitable[None]]
"""``stage_decline(sandbox, number, code)``: have the card's issuer decline the next push to it, or pull from it."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """The flows, as far as they are there."""

    inquire: Inquire | None = None
    validate_card: ValidateCard | None = None
    pull: Pull | None = None
    find_pull: FindPull | None = None
    reverse_pull: ReversePull | None = None
    read_limit: ReadLimit | None = None
    set_limit: SetLimit | None = None
    stage_decline: StageDecline | None = None
    check_limits: CheckLimits | None = None


NOTHING_YET = Awaited()
