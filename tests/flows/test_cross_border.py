"""Pushes across currencies: quoted, converted by the network, booked and settled in both, to the cent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from payments.acquirer.disbursement import Disbursement, disburse
from payments.acquirer.enquiry import enquire
from payments.acquirer.quote import Quote, QuoteOrder
from payments.acquirer.quoted_push import QuoteDataMissing, QuoteDiffers, QuoteExpired, QuoteNotOpen, QuoteUsed
from payments.acquirer.quoting import OneCurrency, ask_network
from payments.acquirer.quoting import record_pending as record_pending_quote
from payments.issuer.inbox import receive as issuer_receives
from payments.issuer.notification import Notification
from payments.issuer.transaction import Transaction as IssuerTransaction
from payments.jobs import recover
from payments.jobs.winding import wind as wind_and_run
from payments.kit.clock import DAY, MINUTE, SECOND
from payments.kit.errors import NotFound, Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Claim, Replayed
from payments.kit.money import UnknownCurrency
from payments.kit.secrets import CardNumber
from payments.ledger.balance import InsufficientFunds
from payments.network import crossing
from payments.network.capital import capitalize
from payments.network.corridor import Corridor
from payments.network.inbox import receive as network_receives
from payments.network.item import Item
from payments.network.position import Position
from payments.network.quote import Quote as NetworkQuote
from payments.network.rate import set_rate
from payments.network.settlement import Settlement
from payments.network.transaction import Transaction
from payments.network.window import Window
from payments.switch.message import OriginalCredit, Party, PresentedCard
from payments.switch.quote_message import QuoteRequest
from payments.switch.switch import NoReply
from payments.verify import verify
from tests.flows.crossing_world import EUR, KENJI, LUCIA, LUCIAS, NOOR, books_are_right, push_by, quoted, sender_in
from tests.flows.push_world import FUNDS, PushWorld, order, push_world
from tests.flows.world import CITY, NOON, NORA, SETTLES

TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → coastline"
JPY, BHD = ("JP", "JPY"), ("BH", "BHD")


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


# ── quoted ──────────────────────────────────────────────────────────────────────────────────────────


async def test_the_network_locks_a_rate_for_ten_minutes(world: PushWorld) -> None:
    by = await quoted(world)
    assert (by.status, by.response_code, by.decided_by) == ("open", "00", "opennet")
    assert (by.mid_rate, by.margin_basis_points, by.rate) == ("0.9214", 75, "0.9144895")
    # 100.00 × 0.9144895 = 91.448…, down; 91.44 / 0.9214 = 99.240…, up; the rest of 100.00 is margin.
    assert (by.amount, by.currency, by.recipient_amount, by.recipient_currency) == (100_00, "USD", 91_44, "EUR")
    assert by.margin_amount == 100_00 - 99_25
    assert by.expires_at == NOON + 10 * MINUTE
    assert by.answer_due_at is None
    assert world.balance(FUNDS) == world.available(FUNDS) == 10_000_00
    books_are_right(world)


async def test_a_quote_can_be_asked_for_by_what_the_recipient_is_to_get(world: PushWorld) -> None:
    by = await quoted(world, recipient_amount=91_44)
    # 91.44 / 0.9144895 = 99.990…, up.
    assert (by.amount, by.recipient_amount, by.margin_amount) == (99_99 + 1, 91_44, 100_00 - 99_25)


@pytest.mark.parametrize(
    ("to", "amount", "gets", "rate"),
    [(JPY, 100_00, 14_980, "149.8068"), (BHD, 100_00, 36_848, "0.36848")],
)
async def test_currencies_with_no_and_with_three_decimals_are_quoted(
    world: PushWorld, to: tuple[str, str], amount: int, gets: int, rate: str
) -> None:
    by = await quoted(world, to, amount=amount)
    assert (by.rate, by.recipient_amount) == (rate, gets)


@pytest.mark.parametrize(
    ("to", "amount", "code"),
    [
        (("GB", "GBP"), 100_00, "57"),  # no corridor goes there
        (JPY, 2_500_01, "61"),  # this one takes 2,500.00
        (JPY, 2_500_00, "00"),
        (BHD, 999_999_999_999, "13"),  # no message can carry what comes of it
    ],
)
async def test_what_cannot_be_quoted_is_declined_by_the_network(
    world: PushWorld, to: tuple[str, str], amount: int, code: str
) -> None:
    by = await quoted(world, to, amount=amount)
    assert (by.status, by.response_code, by.decided_by) == ("open" if code == "00" else "declined", code, "opennet")
    if code != "00":
        assert (by.amount, by.margin_amount, by.expires_at, by.network_quote) == (amount, 0, None, "")
        with pytest.raises(QuoteNotOpen):
            await push_by(world, by)
    books_are_right(world)


async def test_an_amount_of_which_nothing_would_arrive_is_declined(world: PushWorld) -> None:
    kyoto = await sender_in(world, "JPY", "JP", 1_000)
    assert (await quoted(world, ("US", "USD"), sender=kyoto.id, amount=1)).response_code == "13"
    assert (await quoted(world, ("US", "USD"), sender=kyoto.id, amount=2)).recipient_amount == 1
    assert (await quoted(world, BHD, sender=kyoto.id, amount=100)).response_code == "57"  # JPY → BHD is closed


@pytest.mark.parametrize(
    ("to", "given", "refusal"),
    [
        (("US", "USD"), {}, OneCurrency),
        (("XX", "XXX"), {}, UnknownCurrency),
        (EUR, {"sender": "snd_nobody"}, NotFound),
        (EUR, {"sender": "snd_brightwater"}, NotFound),  # another acquirer's
    ],
)
async def test_what_is_refused_is_never_asked(
    world: PushWorld, to: tuple[str, str], given: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = len(world.all(Event))
    with pytest.raises(refusal):
        await quoted(world, to, **given)
    assert len(world.all(Event)) == before


async def test_a_repeated_request_gets_the_first_quote(world: PushWorld) -> None:
    world.sandbox.world.render["quote"] = lambda by, _: (201, f'"{by.status}"')
    claim = Claim.on("key", "1", "quote", b"{}")
    await quoted(world, claim=claim)
    with pytest.raises(Replayed) as replayed:
        await quoted(world, claim=claim)
    assert replayed.value.body == '"open"'
    assert len(world.all(Quote)) == len(world.all(NetworkQuote)) == 1


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay"])
async def test_a_quote_without_an_answer_is_asked_for_again(world: PushWorld, kind: str) -> None:
    await world.arm(kind, TO_NETWORK, "quote_request")
    pending = await quoted(world)
    assert (pending.status, pending.answer_due_at) == ("pending", NOON + MINUTE)
    with pytest.raises(QuoteNotOpen):
        await push_by(world, pending)
    await wind_and_run(world.sandbox, NOON + MINUTE)
    (found,), (locked,) = world.all(Quote), world.all(NetworkQuote)
    assert (found.status, found.network_quote, found.expires_at) == ("open", locked.id, locked.expires_at)
    assert (await push_by(world, found)).status == "paid"
    books_are_right(world)


async def test_what_the_line_doubles_is_locked_once(world: PushWorld) -> None:
    await world.arm("duplicate", TO_NETWORK, "quote_request")
    assert (await quoted(world)).status == "open"
    assert len(world.all(NetworkQuote)) == 1


async def test_a_quote_whose_process_died_is_asked_for_after_the_restart(world: PushWorld) -> None:
    pending = await world.harbor.step(record_pending_quote, QuoteOrder(None, CITY, *EUR, amount=100_00))
    await recover(world.sandbox)
    (found,) = world.all(Quote)
    assert (found.id, found.status) == (pending.id, "open")
    assert await ask_network(world.harbor, found.id) == found
    books_are_right(world)


# ── paid ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_city_pays_100_dollars_and_lucia_gets_euros(world: PushWorld) -> None:
    by = await quoted(world)
    paid = await push_by(world, by)
    assert (paid.status, paid.response_code, paid.decided_by) == ("paid", "00", "coastline")
    assert (paid.amount, paid.currency, paid.fee_amount) == (100_00, "USD", 60)
    assert (paid.recipient_amount, paid.recipient_currency, paid.rate) == (91_44, "EUR", "0.9144895")
    # Interchange is 0.10 EUR to the issuer: 0.10 / 0.9214 = 0.108…, up, from the acquirer.
    assert (paid.interchange_amount, paid.scheme_fee_amount) == (11, 2)
    city = f"sender.USD.{CITY}"
    assert world.postings("push") == {
        "coastline": [
            ("transfer", "due_from_network.EUR", "cardholder.EUR.acct_lucia_ferri", 91_44),
            ("transfer", "due_from_network.EUR", "interchange_income.EUR", 10),
        ],
        "opennet": [
            ("transfer", "due_from_member.USD.harbor", "fx_position.USD", 99_25 + 11),
            ("transfer", "due_from_member.USD.harbor", "fx_margin.USD", 75),
            ("transfer", "due_from_member.USD.harbor", "scheme_fees.USD", 2),
            ("transfer", "fx_position.EUR", "due_to_member.EUR.coastline", 91_54),
        ],
        "harbor": [
            ("post", city, "due_to_network.USD", 100_00),
            ("post", city, "disbursement_fees.USD", 60),
            ("transfer", "interchange_expense.USD", "due_to_network.USD", 11),
            ("transfer", "scheme_fees.USD", "due_to_network.USD", 2),
        ],
    }
    assert world.balance(FUNDS) == world.available(FUNDS) == 10_000_00 - 100_60
    assert world.available(LUCIAS) == 800_00 + 91_44
    assert [each.status for each in world.all(Quote)] == ["used"]
    assert [each.disbursement for each in world.all(Quote)] == [paid.id]
    assert [each.status for each in world.all(NetworkQuote)] == ["used"]
    books_are_right(world)


async def test_the_cardholder_is_told_both_amounts(world: PushWorld) -> None:
    await push_by(world, await quoted(world))
    (told,), (listed,) = world.all(Notification), world.all(IssuerTransaction)
    assert told.title == "You received 91.44 EUR"
    assert told.text == "City of Alder, relief (100.00 USD at 0.9144895). Available now: 891.44 EUR"
    assert listed.description == "City of Alder, relief (100.00 USD at 0.9144895)"
    assert (listed.amount, listed.currency) == (91_44, "EUR")
    assert (listed.sent_amount, listed.sent_currency, listed.rate) == (100_00, "USD", "0.9144895")


async def test_every_hop_carries_both_amounts_and_the_rate(world: PushWorld) -> None:
    caught = listen(world)
    by = await quoted(world)
    await push_by(world, by)
    (asked,) = [each for each in caught if isinstance(each, OriginalCredit)]
    assert (asked.amount, asked.currency, asked.quote) == (100_00, "USD", by.network_quote)
    assert (asked.billing_amount, asked.billing_currency, asked.rate) == (0, "", "")
    (remembered,) = world.all(Transaction)
    assert (remembered.billing_amount, remembered.billing_currency, remembered.rate) == (91_44, "EUR", "0.9144895")
    reply = await network_receives(world.sandbox.network, asked)
    assert (reply.amount, reply.currency) == (100_00, "USD")
    assert (reply.billing_amount, reply.billing_currency, reply.rate) == (91_44, "EUR", "0.9144895")


@pytest.mark.parametrize(("card", "to", "gets"), [(KENJI, JPY, 14_980), (NOOR, BHD, 36_848)])
async def test_yen_and_dinars_arrive_in_their_own_minor_units(
    world: PushWorld, card: str, to: tuple[str, str], gets: int
) -> None:
    paid = await push_by(world, await quoted(world, to), card)
    assert (paid.status, paid.recipient_amount) == ("paid", gets)
    (credited,) = world.all(IssuerTransaction)
    assert (credited.amount, credited.currency) == (gets, to[1])
    books_are_right(world)


async def test_a_sender_in_yen_pays_a_card_in_dollars(world: PushWorld) -> None:
    kyoto = await sender_in(world, "JPY", "JP", 50_000)
    by = await quoted(world, ("US", "USD"), sender=kyoto.id, recipient_amount=100_00)
    # 1 / 151.32 at 2 % margin is 0.006476341; 100.00 / that = 15440.8, up.
    assert (by.rate, by.amount) == ("0.006476341", 15_441)
    paid = await push_by(world, by, NORA, business_application="FD")
    assert (paid.status, paid.fee_amount, paid.recipient_amount) == ("paid", 90, 100_00)
    assert world.balance(f"harbor.sender.JPY.{kyoto.id}") == 50_000 - 15_441 - 90
    books_are_right(world)


async def test_the_locked_rate_holds_when_the_market_has_moved(world: PushWorld) -> None:
    by = await quoted(world)
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    later = await quoted(world)
    assert (later.mid_rate, later.recipient_amount) == ("0.5", 49_62)
    assert (await push_by(world, by)).recipient_amount == 91_44
    assert world.available(LUCIAS) == 800_00 + 91_44
    books_are_right(world)


async def test_a_rate_set_from_tomorrow_on_is_not_quoted_today(world: PushWorld) -> None:
    await world.sandbox.network.step(set_rate, "EUR", "USD", "1.25", NOON + MINUTE)
    assert (await quoted(world)).mid_rate == "0.9214"
    await world.wind(60)
    assert (await quoted(world)).mid_rate == "0.8"  # the inverse of 1.25


async def test_the_sender_needs_the_whole_amount_and_the_fee(world: PushWorld) -> None:
    by = await quoted(world, amount=10_000_00)
    with pytest.raises(InsufficientFunds):
        await push_by(world, by)
    assert [each.status for each in world.all(Quote)] == ["open"]
    books_are_right(world)


# ── refused and declined ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": 100_01}, QuoteDiffers),
        ({"to": KENJI}, QuoteDiffers),
        ({"to": NORA}, QuoteDiffers),
        ({"sender": "snd_blue_door_books", "business_application": "FD"}, NotFound),
        ({"quote": "qte_nothing"}, NotFound),
        ({"recipient": Party(" "), "complete": False}, QuoteDataMissing),
    ],
)
async def test_a_quote_serves_what_it_was_given_for_and_nothing_else(
    world: PushWorld, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    by = await quoted(world)
    before = len(world.all(Event))
    with pytest.raises(refusal):
        await push_by(world, by, **changes)
    assert len(world.all(Event)) == before
    assert world.available(FUNDS) == 10_000_00
    assert (await push_by(world, by)).status == "paid"
    books_are_right(world)


async def test_a_used_quote_is_refused_before_a_cent_moves(world: PushWorld) -> None:
    by = await quoted(world)
    await push_by(world, by)
    before = len(world.all(Event))
    with pytest.raises(QuoteUsed):
        await push_by(world, by)
    assert len(world.all(Event)) == before
    assert world.available(FUNDS) == 10_000_00 - 100_60


@pytest.mark.parametrize("run", [False, True])
async def test_an_expired_quote_is_refused_before_a_cent_moves(world: PushWorld, run: bool) -> None:
    """Whether the clock has been seen to or not: it is the time that counts."""
    by = await quoted(world)
    await world.wind(600 - 1)
    assert (await push_by(world, await quoted(world))).status == "paid"
    spent = 10_000_00 - world.available(FUNDS)
    await (wind_and_run(world.sandbox, NOON + 600 * SECOND) if run else world.wind(1))
    with pytest.raises(QuoteExpired):
        await push_by(world, by)
    assert world.available(FUNDS) == 10_000_00 - spent
    if run:
        assert sorted(each.status for each in world.all(Quote)) == ["expired", "used"]
        assert sorted(each.status for each in world.all(NetworkQuote)) == ["expired", "used"]
    books_are_right(world)


async def test_a_declined_push_moves_nothing_and_its_quote_stays_used(world: PushWorld) -> None:
    by = await quoted(world)
    declined = await push_by(world, by, LUCIA[:6] + "1111100009")
    assert (declined.status, declined.response_code) == ("declined", "14")
    assert world.available(FUNDS) == 10_000_00
    assert (world.all(Item), world.postings("push")) == ([], {})
    with pytest.raises(QuoteUsed):
        await push_by(world, by)
    books_are_right(world)


Change = Callable[[OriginalCredit], OriginalCredit]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda credit: replace(credit, quote="nqt_nothing"), "12"),
        (lambda credit: replace(credit, amount=100_01), "12"),
        (lambda credit: replace(credit, card=PresentedCard(CardNumber(KENJI))), "12"),
        (lambda credit: replace(credit, sender="summit"), "12"),
        (lambda credit: replace(credit, acceptor=replace(credit.acceptor, country="FR")), "12"),
        (lambda credit: replace(credit, transmitted_at=credit.transmitted_at + 600 * SECOND), "12"),
        (lambda credit: replace(credit, payer=replace(credit.payer, address="")), "30"),
        (lambda credit: replace(credit, transmitted_at=credit.transmitted_at + 599 * SECOND), "00"),
        (lambda credit: credit, "00"),
    ],
)
async def test_the_network_trusts_no_acquirer_with_its_quotes(world: PushWorld, change: Change, code: str) -> None:
    """A member that keeps no rules of its own is held to the network's, and what it repeats gets the same answer."""
    asked = await kept_back(world)
    for _ in range(2):
        reply = await network_receives(world.sandbox.network, change(asked))
        assert (reply.code, reply.decided_by) == (code, "opennet" if code != "00" else "coastline")
    again = replace(asked, stan="999999")
    assert (await network_receives(world.sandbox.network, again)).code == ("12" if code == "00" else "00")
    assert len([each for each in world.all(IssuerTransaction) if each.status == "posted"]) == 1


@pytest.mark.parametrize(("terms", "code"), [(None, "57"), (Corridor(75, 0, 99_99, ()), "61")])
async def test_a_corridor_that_has_changed_since_the_quote_declines(
    world: PushWorld, monkeypatch: pytest.MonkeyPatch, terms: Corridor | None, code: str
) -> None:
    by = await quoted(world)
    monkeypatch.setattr(crossing, "corridor", lambda *_: terms)
    declined = await push_by(world, by)
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", code, "opennet")
    assert (world.all(Item), world.available(FUNDS)) == ([], 10_000_00)
    books_are_right(world)


async def test_of_many_pushes_by_one_quote_at_once_one_is_paid(world: PushWorld) -> None:
    by = await quoted(world)
    pushes = await asyncio.gather(*(push_by(world, by) for _ in range(20)), return_exceptions=True)
    assert [each.status for each in pushes if isinstance(each, Disbursement)] == ["paid"]
    assert sum(isinstance(each, QuoteUsed) for each in pushes) == 19
    assert world.available(LUCIAS) == 800_00 + 91_44
    books_are_right(world)


async def test_same_currency_across_a_border_needs_no_quote(world: PushWorld) -> None:
    paris = await sender_in(world, "EUR", "FR", 100_00)
    paid = await world.push(50_00, LUCIA, sender=paris.id, currency="EUR", business_application="FD")
    assert (paid.status, paid.quote, paid.recipient_amount) == ("paid", "", 0)
    books_are_right(world)


# ── faults ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay", "duplicate"])
async def test_whatever_is_lost_an_enquiry_finds_the_same_conversion(world: PushWorld, kind: str, hop: str) -> None:
    by = await quoted(world)
    await world.arm(kind, hop, "original_credit")
    pushed = await push_by(world, by)
    assert pushed.status == ("paid" if kind == "duplicate" else "unknown")
    await world.sandbox.network.step(set_rate, "USD", "EUR", "0.5")
    await world.wind(3600)
    found = await enquire(world.harbor, pushed.id)
    if kind == "lose_request":
        assert (found.status, world.available(FUNDS), world.available(LUCIAS)) == ("declined", 10_000_00, 800_00)
    else:
        assert (found.status, found.interchange_amount, found.recipient_amount) == ("paid", 11, 91_44)
        assert (world.balance(FUNDS), world.available(LUCIAS)) == (10_000_00 - 100_60, 891_44)
        assert world.balance("opennet.fx_margin.USD") == 75
    books_are_right(world)


async def test_no_fault_on_the_way_out_and_back_creates_or_loses_money(world: PushWorld) -> None:
    """Every fault of the push at each hop, with every fault of the enquiry about it at each hop."""
    losses, hops = ("lose_request", "lose_reply", "duplicate"), (TO_NETWORK, TO_ISSUER)
    for kind, hop, asked_kind, asked_hop in product(losses, hops, losses, hops):
        by = await quoted(world, amount=1_00)
        await world.arm(kind, hop, "original_credit")
        await world.arm(asked_kind, asked_hop, "enquiry")
        pushed = await push_by(world, by)
        for _ in range(2):
            pushed = await enquire(world.harbor, pushed.id)
        assert pushed.status == ("declined" if kind == "lose_request" else "paid")
        await world.mend()
    paid = [each for each in world.all(Disbursement) if each.status == "paid"]
    assert world.available(LUCIAS) == 800_00 + sum(each.recipient_amount for each in paid)
    books_are_right(world)


async def test_a_push_whose_process_died_while_the_issuer_had_it_is_taken_over(world: PushWorld) -> None:
    coastline = world.sandbox.issuers["coastline"]
    by = await quoted(world)

    async def die(message: Any) -> object:
        await issuer_receives(coastline, message)
        raise KeyboardInterrupt

    world.sandbox.switch.connect(coastline.id, die)
    with pytest.raises(KeyboardInterrupt):
        await push_by(world, by)
    world.sandbox.switch.connect(coastline.id, lambda message: issuer_receives(coastline, message))
    await recover(world.sandbox)
    (found,) = world.all(Disbursement)
    assert (found.status, found.recipient_amount, found.interchange_amount) == ("paid", 91_44, 11)
    assert world.balance("opennet.fx_margin.USD") == 75
    books_are_right(world)


async def test_both_legs_of_what_is_found_a_day_late_settle_together(world: PushWorld) -> None:
    by = await quoted(world)
    await world.arm("lose_reply", TO_ISSUER, "original_credit")
    await world.arm("lose_reply", TO_ISSUER, "enquiry", times=99)
    unknown = await push_by(world, by)
    await wind_and_run(world.sandbox, SETTLES)
    assert verify(world.sandbox.world.database) == []
    await world.mend()
    assert (await enquire(world.harbor, unknown.id)).window == "win_2026-10-15"
    assert {each.window for each in world.all(Item)} == {"win_2026-10-15"}
    await wind_and_run(world.sandbox, SETTLES + DAY)
    assert {each.status for each in world.all(Settlement)} == {"settled"}
    assert {each.currency for each in world.all(Settlement)} == {"USD", "EUR"}
    books_are_right(world)


# ── settled ─────────────────────────────────────────────────────────────────────────────────────────


async def test_each_leg_settles_in_its_own_currency_with_the_networks_line(world: PushWorld) -> None:
    await push_by(world, await quoted(world))
    legs = sorted((each.currency, each.debtor, each.creditor, each.amount) for each in world.all(Item))
    assert legs == [("EUR", "opennet", "coastline", 91_54), ("USD", "harbor", "opennet", 100_11)]
    reserves = {each: world.balance(each) for each in RESERVES}
    await wind_and_run(world.sandbox, SETTLES)
    lines = {(each.currency, each.member): each.net_amount for each in world.all(Position)}
    assert lines == {
        ("USD", "harbor"): -100_13,
        ("USD", "opennet"): 100_13,
        ("EUR", "opennet"): -91_54,
        ("EUR", "coastline"): 91_54,
    }
    assert {each.status for each in world.all(Settlement)} == {"settled"}
    assert "settled" in {each.status for each in world.all(Window)}
    assert [world.balance(each) - reserves[each] for each in RESERVES] == [-100_13, 100_13, -91_54, 91_54]
    assert world.balance("opennet.fx_position.USD") == 99_36
    assert world.balance("opennet.fx_position.EUR") == -91_54
    assert world.balance("opennet.fx_margin.USD") == 75
    books_are_right(world)


async def test_a_network_that_is_short_of_euros_settles_when_it_has_some(world: PushWorld) -> None:
    capital = world.balance("opennet.settlement_cash.EUR")
    await world.sandbox.network.step(set_rate, "USD", "EUR", "300")
    rich = await quoted(world, recipient_amount=capital + 1)
    assert (await push_by(world, rich)).status == "paid"
    await wind_and_run(world.sandbox, SETTLES)
    (settlement,) = [each for each in world.all(Settlement) if each.currency == "EUR"]
    assert (settlement.status, settlement.short) == ("refused", "opennet")
    assert [each.status for each in world.all(Settlement) if each.currency == "USD"] == ["settled"]
    await capitalize(world.sandbox.network, "EUR", 100_00)
    await wind_and_run(world.sandbox, SETTLES + 30 * MINUTE)
    assert {each.status for each in world.all(Settlement)} == {"settled"}
    books_are_right(world)


RESERVES = [
    "reserve_bank.reserve.USD.harbor",
    "reserve_bank.reserve.USD.opennet",
    "reserve_bank.reserve.EUR.opennet",
    "reserve_bank.reserve.EUR.coastline",
]


# ── what the tests above ask of their world ─────────────────────────────────────────────────────────


def listen(world: PushWorld) -> list[Any]:
    """Return the list into which all goes that the network is sent."""
    caught: list[Any] = []
    network = world.sandbox.network

    async def receive(message: Any) -> object:
        caught.append(message)
        return await network_receives(network, message)

    world.sandbox.switch.connect(network.id, receive)
    return caught


async def kept_back(world: PushWorld) -> OriginalCredit:
    """Return a push with a quote that the network has never got."""
    caught: list[OriginalCredit] = []
    network = world.sandbox.network

    async def keep(message: Any) -> object:
        if isinstance(message, QuoteRequest):
            return await network_receives(network, message)
        caught.append(message)
        raise NoReply("it is still under way")

    world.sandbox.switch.connect(network.id, keep)
    await disburse(world.harbor, order(100_00, LUCIA, quote=(await quoted(world)).id))
    return caught[0]
