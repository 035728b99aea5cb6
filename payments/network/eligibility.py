"""Eligibility, the network's side: what its directory says of a card, and what may be pushed to it or pulled from it.

The same rules answer an inquiry and decide, when the push comes, whether it is let through.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.network.network import Network
from payments.switch import codes
from payments.switch.directory import Bin
from payments.switch.inquiry_message import CardAttributes, EligibilityInquiry, EligibilityReply
from payments.switch.message import OriginalCredit
from payments.switch.trail import received, sent

GAMBLING: Final = ("GP", "OG")
"""The business applications that pay out winnings."""

_PROMISE: Final = json.loads(Path(__file__).with_name("fast_funds.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Route:
    """Between whom money would pass: the range of the card, the acquirer's country, and the country of the sender."""

    to: Bin
    acquirer_country: str
    origin: str

    @property
    def cross_border(self) -> bool:
        """Tell whether card and acquirer are of two countries."""
        return self.to.country != self.acquirer_country

    @property
    def geo_blocked(self) -> bool:
        """Tell whether the issuer takes nothing from where the sender is."""
        return self.origin in self.to.blocked_origins.split()

    @property
    def fast(self) -> bool:
        """Tell whether money pushed this way is promised within the time of fast funds."""
        return bool(self.to.fast_funds_cross_border if self.cross_border else self.to.fast_funds)


def route_between(network: Network, acquirer: str, to: Bin, origin: str) -> Route:
    """Return the route to a card from ``acquirer`` (a member), for a sender in ``origin`` ("": as the acquirer)."""
    country = network.switch.directory.members[acquirer].country
    return Route(to, country, origin or country)


def push_refusal(route: Route, business_application: str) -> str:
    """Return, in a word, the first reason the directory has against a push, or "" if it has none."""
    to = route.to
    if route.geo_blocked:
        return "geo_blocked"
    if not (to.push_cross_border if route.cross_border else to.push_domestic):
        return "cross_border_push_not_allowed" if route.cross_border else "push_not_allowed"
    if to.product == "prepaid" and not to.reloadable:
        return "not_reloadable"
    if business_application in GAMBLING and not to.gambling:
        return "gambling_blocked"
    return ""


def refusal_code(network: Network, credit: OriginalCredit, to: Bin) -> str:
    """Return the response code with which the directory stops an original credit, or "" if it lets it through."""
    refusal = push_refusal(route_between(network, credit.sender, to, credit.payer.country), credit.business_application)
    return codes.NOT_ELIGIBLE if refusal else ""


def pull_allowed(route: Route) -> bool:
    """Tell whether the directory lets money be pulled from the card."""
    to = route.to
    return not route.geo_blocked and bool(to.pull_cross_border if route.cross_border else to.pull_domestic)


def fast_funds_flag(to: Bin) -> str:
    """Return B (fast funds domestic and cross-border), D (domestic only), C (cross-border only) or N."""
    return {(1, 1): "B", (1, 0): "D", (0, 1): "C", (0, 0): "N"}[to.fast_funds, to.fast_funds_cross_border]


async def tell(network: Network, inquiry: EligibilityInquiry) -> EligibilityReply:
    """Tell an acquirer what may be done with a card."""
    return await network.step(answer_inquiry, inquiry)


def _nothing(_: Network, __: EligibilityInquiry) -> list[Lock]:
    return []


@hot(_nothing)
def answer_inquiry(work: Work, network: Network, inquiry: EligibilityInquiry) -> EligibilityReply:
    """Look the card up. Nothing is remembered: whoever asks again is answered again."""
    received(work, inquiry)
    to = network.switch.directory.bin_of(inquiry.card.number)
    route = route_between(network, inquiry.sender, to, inquiry.origin)
    refusal = push_refusal(route, inquiry.business_application)
    reply = EligibilityReply(
        sender=network.id,
        receiver=inquiry.sender,
        stan=inquiry.stan,
        rrn=inquiry.rrn,
        transmitted_at=work.now,
        code=codes.APPROVED,
        decided_by=network.id,
        attributes=attributes(network, to),
        cross_border=route.cross_border,
        geo_blocked=route.geo_blocked,
        push_allowed=not refusal,
        pull_allowed=pull_allowed(route),
        refusal=refusal,
        funds_within_seconds=_PROMISE["fast_within_seconds"] if route.fast else 0,
        funds_within_business_days=0 if route.fast else _PROMISE["other_within_business_days"],
    )
    sent(work, reply)
    return reply


def attributes(network: Network, to: Bin) -> CardAttributes:
    """Return what the directory says of a range of cards, whoever asks."""
    return CardAttributes(
        issuer=to.issuer,
        issuer_name=network.switch.directory.members[to.issuer].name,
        country=to.country,
        product=to.product,
        platform=to.platform,
        currency=to.currency,
        fast_funds=fast_funds_flag(to),
        reloadable=bool(to.reloadable),
        gambling=bool(to.gambling),
        push_domestic=bool(to.push_domestic),
        push_cross_border=bool(to.push_cross_border),
        pull_domestic=bool(to.pull_domestic),
        pull_cross_border=bool(to.pull_cross_border),
    )
