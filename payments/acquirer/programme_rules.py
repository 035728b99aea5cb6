"""The rules of the programmes: whatever their table does not allow is refused before anything is sent."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from payments.acquirer.programme import (
    BUSINESS_APPLICATIONS,
    CHANNELS,
    MORE_BY_COUNTRY,
    PROGRAMMES,
    SOURCES_OF_FUNDS,
    Programme,
    programme_of,
)
from payments.acquirer.push import DisbursementOrder
from payments.kit.errors import Refusal
from payments.switch.message import Party


class UnknownChannel(Refusal):
    """A disbursement is started in a mobile_app, a bank_branch, on the web, by api or by file."""


class UnknownBusinessApplication(Refusal):
    """A business application id is two letters of the list, such as FD, GD, MD or PD."""


class UnknownProgramme(Refusal):
    """There is no such programme, or it has another business application."""


class UnknownSourceOfFunds(Refusal):
    """A source of funds is one of the list, such as prefunded, deposit_account or debit_card."""


class SenderNotInProgramme(Refusal):
    """This kind of sender may not send this kind of push."""


class ChannelNotInProgramme(Refusal):
    """This kind of push is not started in this channel."""


class SourceOfFundsNotInProgramme(Refusal):
    """This kind of push is not paid for from this source of funds."""


class PartyDataMissing(Refusal):
    """This kind of push asks for more to be known of its payer or recipient."""

    def __init__(self, detail: str = "", fields: Sequence[str] = ()) -> None:
        """Name the ``fields`` that are missing, such as ``payer.region``."""
        super().__init__(detail)
        self.fields = tuple(fields)


def check_programme(order: DisbursementOrder, sender_kind: str, payer: Party) -> Programme:
    """Return the programme an order is in; refuse what it does not allow.

    Raises ``UnknownProgramme``, ``UnknownBusinessApplication``, ``UnknownChannel``, ``UnknownSourceOfFunds``,
    ``SenderNotInProgramme``, ``ChannelNotInProgramme``, ``SourceOfFundsNotInProgramme``, ``PartyDataMissing``.
    """
    programme = check_use(order, sender_kind)
    if order.complete:
        check_parties(programme, payer, order.recipient)
    return programme


class Use(Protocol):
    """What is said of a push, or of many, by which its programme is known."""

    @property
    def programme(self) -> str:
        """Return the programme's name, '' for the first that has the business application."""

    @property
    def business_application(self) -> str:
        """Return its two letters; '' for the programme's own."""

    @property
    def channel(self) -> str:
        """Return where it is started."""

    @property
    def source_of_funds(self) -> str:
        """Return what the payer pays with."""


def check_use(order: Use, sender_kind: str) -> Programme:
    """Return the programme an order is in; refuse what that does not allow, whoever is paid."""
    programme = _known_programme(order)
    check_channel(order.channel)
    _one_of(UnknownSourceOfFunds, "source_of_funds", order.source_of_funds, tuple(SOURCES_OF_FUNDS))
    where = f"in {programme.programme}"
    _one_of(SenderNotInProgramme, "sender", sender_kind, programme.senders, where)
    _one_of(ChannelNotInProgramme, "channel", order.channel, programme.channels, where)
    _one_of(SourceOfFundsNotInProgramme, "source_of_funds", order.source_of_funds, programme.sources_of_funds, where)
    return programme


def check_channel(channel: str) -> None:
    """Raise ``UnknownChannel`` for what is not on the list."""
    _one_of(UnknownChannel, "channel", channel, tuple(CHANNELS))


def check_business_application(application: str) -> None:
    """Raise ``UnknownBusinessApplication`` for what is not on the list."""
    _one_of(UnknownBusinessApplication, "business_application", application, tuple(BUSINESS_APPLICATIONS))


def _known_programme(order: Use) -> Programme:
    if order.business_application or not order.programme:
        check_business_application(order.business_application)
    found = programme_of(order.programme, order.business_application)
    if found is None:
        known = PROGRAMMES.get(order.programme)
        has = f"has {' and '.join(known.business_applications)}" if known else f"is none of {', '.join(PROGRAMMES)}"
        raise UnknownProgramme(f"programme: {order.programme[:40]!r} {has}.")
    return found


def _one_of(refusal: type[Refusal], field: str, given: str, allowed: tuple[str, ...], where: str = "") -> None:
    if given not in allowed:
        raise refusal(f"{field}: {given[:32]!r} is none of {', '.join(allowed)}{where and f' ({where})'}.")


@lru_cache(maxsize=4096)
def _asked(name: str, payer_country: str, recipient_country: str) -> dict[str, list[str]]:
    """Return what a programme asks to be known of payer and recipient, who live where."""
    programme = PROGRAMMES[name]
    asked = {"payer": [*programme.payer], "recipient": [*programme.recipient]}
    for row in MORE_BY_COUNTRY:
        lives_there = {payer_country} if row["party"] == "payer" else {payer_country, recipient_country}
        if lives_there & {*row["countries"]} and programme.is_money_transfer >= row["money_transfers_only"]:
            asked[row["party"]] += row["needs"]
    return asked


def check_parties(programme: Programme, payer: Party, recipient: Party) -> None:
    """Raise ``PartyDataMissing`` with every field that is asked for and not there."""
    asked = _asked(programme.programme, payer.country, recipient.country)
    missing = [
        f"{name}.{field}"
        for name, party in (("payer", payer), ("recipient", recipient))
        for field in asked[name]
        if not getattr(party, field).strip()
    ]
    if missing:
        raise PartyDataMissing(f"{programme.programme} needs {', '.join(missing)}.", missing)
    if programme.payer_kind and payer.kind != programme.payer_kind:
        wanted = f"payer: who pays in {programme.programme} is a {programme.payer_kind}; name them."
        raise PartyDataMissing(wanted, ["payer.kind"])
