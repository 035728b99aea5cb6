"""Admission: what the network asks of an original credit before it forwards it, and what it looks up for that."""

from payments.kit.clock import day
from payments.kit.money import Money
from payments.kit.steps import Find, Lock
from payments.kit.work import Work
from payments.network.network import Network
from payments.network.programme import PushRules, rule_broken
from payments.network.velocity import limit_exceeded, limit_finds, velocity_lock
from payments.switch.directory import Bin
from payments.switch.message import OriginalCredit


def admission_finds(network: Network, credit: OriginalCredit, to: Bin) -> tuple[Find, ...]:
    """Return what a step looks up that admits a push to a card of ``to``: the rules that are on, and the limits."""
    currencies = dict.fromkeys((credit.currency, to.currency))
    limits = (each for currency in currencies for each in limit_finds(currency, credit.business_application))
    return Find(PushRules, "id", network.id), *limits


def admission_locks(network: Network, credit: OriginalCredit, to: Bin) -> list[Lock]:
    """Return what it locks: the counters of the card, in its own currency."""
    return [velocity_lock(card_fingerprint(network, credit), to.currency)]


def card_fingerprint(network: Network, credit: OriginalCredit) -> str:
    """Return the keyed hash of the card's number, under which pushes to it are counted."""
    return network.world.vault.fingerprint(credit.card.number)


def refused(work: Work, network: Network, credit: OriginalCredit, credited: Money) -> str:
    """Return the response code for the first reason the network has to decline, or ''.

    ``credited`` is what the card would receive: another amount of another currency if it is converted.
    """
    rules = work.find(PushRules, "id", network.id)
    broken = rule_broken(credit, rules, day(work.now))
    return broken or limit_exceeded(work, card_fingerprint(network, credit), credit, credited)
