"""Pulling money from a card to fund something: what each book writes, every decline, refusal and fault; undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from payments.acquirer.disbursement import SenderCurrencyDiffers
from payments.acquirer.funding import pull
from payments.acquirer.funding_reversal import (
    ReversalNeedsFailedPayment,
    ReversalWindowOver,
    adjust_funding,
    reverse_funding,
)
from payments.acquirer.funding_terms import funding_fee, reversal_terms, transfer_fee
from payments.acquirer.programme_rules import UnknownBusinessApplication, UnknownChannel
from payments.acquirer.pull import Funding
from payments.acquirer.pull_reversal import PullReversal
from payments.issuer.notification import Notification
from payments.issuer.transaction import Transaction as IssuerTransaction
from payments.kit.clock import DAY, MINUTE
from payments.kit.errors import NotFound, Refusal
from payments.kit.events import Event
from payments.kit.idempotency import Claim, IdempotencyKeyReused, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.secrets import CardNumber, Secret
from payments.ledger.balance import InsufficientFunds
from payments.network.inbox import receive as network_receives
from payments.network.item import Item
from payments.network.transaction import Transaction
from payments.switch.directory import UnknownBin
from payments.switch.funding_message import AccountFunding
from payments.switch.message import PresentedCard, Reversal
from tests.flows.pull_world import FROM_SHOP, FUNDS, SHOP, PullWorld, funding_order, pull_world
from tests.flows.world import GRETA, NORA, WINDOW

LIAM, MEI, THEO, ADA, LUCIA = (
    *("4000121111180051", "4000121111150054", "4000121111150062", "4000121111160061"),
    "4000781111190978",
)
NOBODY = "4000121111100000"
TO_NETWORK, TO_ISSUER = "harbor → opennet", "opennet → first_prairie"
HOUR = 3600


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PullWorld]:
    async with pull_world(database_url) as world:
        yield world


# ── received ────────────────────────────────────────────────────────────────────────────────────────


async def test_every_book_to_the_cent(world: PullWorld) -> None:
    funding = await world.pull(100_00)
    # Regulated debit: 0.05 % + 0.22 interchange; 0.13 % + 0.0155 to the scheme.
    assert (funding.status, funding.window) == ("received", WINDOW)
    assert (funding.interchange_amount, funding.scheme_fee_amount, funding.fee_amount) == (27, 15, 25)
    assert world.postings("pull") == {
        "first_prairie": [
            ("transfer", "cardholder.USD.acct_nora_patel", "due_to_network.USD", 100_00),
            ("transfer", "due_to_network.USD", "interchange_income.USD", 27),
        ],
        "opennet": [
            ("transfer", "due_from_member.USD.first_prairie", "due_to_member.USD.harbor", 99_73),
            ("transfer", "due_from_member.USD.harbor", "scheme_fees.USD", 15),
        ],
        "harbor": [
            ("transfer", "due_from_network.USD", f"sender.USD.{SHOP}", 100_00),
            ("transfer", "interchange_expense.USD", "due_from_network.USD", 27),
            ("transfer", "scheme_fees.USD", "due_to_network.USD", 15),
            ("transfer", f"sender.USD.{SHOP}", "funding_fees.USD", 25),
        ],
    }
    assert world.moved() == {"nora": -100_00, "shop": 99_75}
    world.all_is_right_and_quiet()
    await world.run_jobs(3 * 24 * HOUR)
    world.all_is_right_and_quiet()


async def test_the_cardholder_is_told(world: PullWorld) -> None:
    funding = await world.pull(100_00)
    (notification,) = world.all(Notification)
    assert notification.title == "100.00 USD was taken from your card"
    assert notification.text == "Blue Door Books. Available now: 312.18 USD"
    (transaction,) = world.all(IssuerTransaction)
    assert (transaction.type, transaction.status, transaction.reference) == (
        "account_funding",
        "posted",
        funding.reference,
    )


async def test_a_line_of_credit_can_be_pulled_from(world: PullWorld) -> None:
    assert (await world.pull(5_000_00, GRETA)).status == "received"
    declined = await world.pull(1, GRETA)
    assert (declined.status, declined.response_code) == ("declined", "51")
    world.all_is_right_and_quiet()


@pytest.mark.parametrize(
    ("card", "changes", "code"),
    [
        (LIAM, {}, "51"),
        (MEI, {}, "54"),
        (NORA, {"expiry": "2911"}, "54"),
        (THEO, {}, "62"),
        (ADA, {}, "61"),
        (LUCIA, {}, "57"),
        (NOBODY, {}, "14"),
        (NORA, {"card": PresentedCard(CardNumber(NORA), "2912", Secret("999"))}, "N7"),
        (NORA, {"amount": 412_19}, "51"),
    ],
)
async def test_the_issuer_declines_for_the_reasons_of_a_sale(
    world: PullWorld, card: str, changes: dict[str, Any], code: str
) -> None:
    funding = await world.pull(number=card, **changes)
    assert (funding.status, funding.response_code) == ("declined", code)
    assert world.postings("pull") == {}
    assert world.moved() == {}
    world.all_is_right_and_quiet()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"card": PresentedCard(CardNumber("5555555555554444"))}, UnknownBin),
        ({"channel": "fax"}, UnknownChannel),
        ({"business_application": "ft"}, UnknownBusinessApplication),
        ({"currency": "EUR"}, SenderCurrencyDiffers),
        ({"sender": "snd_nobody"}, NotFound),
    ],
)
async def test_what_is_refused_is_never_sent_and_leaves_no_trace(
    world: PullWorld, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = len(world.all(Event))
    with pytest.raises(refusal) as refused:
        await world.pull(**changes)
    assert "5555" not in refused.value.detail
    assert (len(world.all(Event)), world.all(Funding)) == (before, [])


async def test_no_secret_is_kept(world: PullWorld) -> None:
    await world.pull(card=PresentedCard(CardNumber(NORA), "2912", Secret("123")))
    rows = [*world.all(Funding), *world.all(Transaction), *world.all(IssuerTransaction)]
    kept = [*(each.data for each in world.all(Event)), *map(repr, rows)]
    assert not [each for each in kept if NORA in each or '"cvv"' in each]


# ── repeated ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_repeated_request_gets_the_first_answer(world: PullWorld) -> None:
    world.sandbox.world.render["pull"] = lambda pull, _: (201, f'"{pull.status}"')
    asked = funding_order(claim=Claim.on("key", "1", "pull", b"{}"))
    await pull(world.harbor, asked)
    with pytest.raises(Replayed) as replayed:
        await pull(world.harbor, asked)
    assert replayed.value.body == '"received"'
    with pytest.raises(IdempotencyKeyReused):
        await world.pull(claim=Claim.on("key", "1", "pull", b"{ }"))
    assert len(world.all(Funding)) == 1


@pytest.mark.parametrize("card", [NORA, LIAM])
async def test_a_repeated_message_gets_the_same_answer_and_does_nothing(world: PullWorld, card: str) -> None:
    request = await sent_by(world, card)
    rows = world.all(Transaction), world.all(IssuerTransaction), world.all(Item)
    (network_row,) = rows[0]
    answers = [await network_receives(world.sandbox.network, request) for _ in range(2)]
    assert {(each.code, each.approval_code, each.network_id, each.window) for each in answers} == {
        (network_row.response_code, network_row.approval_code, network_row.network_id, network_row.window)
    }
    assert (world.all(Transaction), world.all(IssuerTransaction), world.all(Item)) == rows
    world.all_is_right_and_quiet()


async def test_a_pull_is_not_undone_by_the_reversal_of_a_sale(world: PullWorld) -> None:
    request = await sent_by(world, NORA)
    names = ("acquirer", "rrn", "transmitted_at", "card", "amount", "currency", "acceptor")
    reversal = Reversal(
        sender="harbor",
        receiver="opennet",
        stan="900000",
        original_stan=request.stan,
        original_transmitted_at=request.transmitted_at,
        reason="4000",
        **{name: getattr(request, name) for name in names},
    )
    assert (await network_receives(world.sandbox.network, reversal)).code == "12"
    assert world.moved()["nora"] == -100_00


# ── faults ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay"])
async def test_without_an_answer_a_pull_is_reversed_until_that_is_answered(world: PullWorld, kind: str) -> None:
    await world.arm(kind, TO_NETWORK, "account_funding")
    await world.arm("lose_reply", TO_NETWORK, "funding_reversal", times=2)
    failed = await world.pull()
    assert (failed.status, failed.approval_code) == ("failed", "")
    (waiting,) = world.all(PullReversal)
    assert (waiting.status, waiting.reason, waiting.answer_due_at) == ("waiting", "4021", await world.now() + MINUTE)
    world.all_is_right()
    await world.run_jobs(HOUR)
    (answered,) = world.all(PullReversal)
    assert (answered.status, answered.attempts) == ("answered", 3)
    assert world.moved() == {}
    world.all_is_right_and_quiet()
    await world.run_jobs(3 * 24 * HOUR)
    world.all_is_right_and_quiet()


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay"])
async def test_the_network_declines_for_a_silent_issuer_and_has_it_undo(world: PullWorld, kind: str) -> None:
    await world.arm(kind, TO_ISSUER, "account_funding")
    declined = await world.pull()
    assert (declined.status, declined.response_code, declined.decided_by) == ("declined", "91", "opennet")
    assert world.moved() == {}
    assert world.all(Item) == []
    world.all_is_right_and_quiet()


@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
async def test_what_the_line_doubles_is_taken_once(world: PullWorld, hop: str) -> None:
    await world.arm("duplicate", hop, "account_funding")
    await world.pull(100_00)
    assert world.moved() == {"nora": -100_00, "shop": 99_75}
    assert len(world.all(Item)) == 1
    world.all_is_right_and_quiet()


async def test_a_pull_that_comes_after_its_reversal_is_declined(world: PullWorld) -> None:
    request = await sent_by(world, NORA, lose=True)
    assert world.funding().status == "failed"
    late = await network_receives(world.sandbox.network, request)
    assert late.code == "12"
    assert world.moved() == {}
    world.all_is_right_and_quiet()


# ── reversed and adjusted ───────────────────────────────────────────────────────────────────────────


async def test_a_reversal_gives_back_everything_but_the_scheme_fee(world: PullWorld) -> None:
    funding = await world.pull(100_00)
    reversed_ = await reverse_funding(world.harbor, funding.id)
    assert reversed_.status == "reversed"
    assert world.postings("pull_reversal") == {
        "first_prairie": [
            ("transfer", "due_from_network.USD", "cardholder.USD.acct_nora_patel", 100_00),
            ("transfer", "interchange_income.USD", "due_from_network.USD", 27),
        ],
        "opennet": [("transfer", "due_from_member.USD.harbor", "due_to_member.USD.first_prairie", 99_73)],
        "harbor": [
            ("post", f"sender.USD.{SHOP}", "due_to_network.USD", 100_00),
            ("transfer", "due_to_network.USD", "interchange_expense.USD", 27),
        ],
    }
    assert world.moved() == {}
    assert [each.title for each in world.all(Notification)][-1] == "100.00 USD is back in your account"
    world.all_is_right_and_quiet()
    await world.run_jobs(3 * 24 * HOUR)
    world.all_is_right_and_quiet()


async def test_the_last_moment_of_the_window(world: PullWorld) -> None:
    first, second = await world.pull(10_00), await world.pull(10_00)
    await world.wind(24 * HOUR)
    assert (await reverse_funding(world.harbor, first.id)).status == "reversed"
    await world.wind(1)
    with pytest.raises(ReversalWindowOver) as refused:
        await reverse_funding(world.harbor, second.id)
    assert "adjustment" in refused.value.detail
    assert second.id in refused.value.detail
    assert (await adjust_funding(world.harbor, second.id)).status == "adjusted"
    assert world.postings("pull_adjustment").keys() == {"first_prairie", "opennet", "harbor"}
    assert [each.kind for each in world.all(Item)] == [
        *("account_funding", "account_funding", "pull_reversal", "pull_adjustment")
    ]
    assert world.moved() == {}
    await world.run_jobs(4 * 24 * HOUR)
    world.all_is_right_and_quiet()


async def test_one_scheme_wants_the_payment_to_have_failed(world: PullWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = reversal_terms("555555", date(2026, 10, 14))
    monkeypatch.setattr("payments.acquirer.funding_reversal.reversal_terms", lambda *_: terms)
    first, second = await world.pull(10_00), await world.pull(10_00)
    with pytest.raises(ReversalNeedsFailedPayment):
        await reverse_funding(world.harbor, first.id)
    assert (await reverse_funding(world.harbor, first.id, payment_failed=True)).status == "reversed"
    await world.wind(30 * 60 + 1)
    with pytest.raises(ReversalWindowOver):
        await reverse_funding(world.harbor, second.id, payment_failed=True)


def test_the_terms_are_dated_settings() -> None:
    day = date(2026, 10, 14)
    assert reversal_terms("400012", day) == ("visa_direct", DAY, False)
    assert reversal_terms("222300", day) == ("mastercard_send", 30 * MINUTE, True)
    assert (funding_fee("USD", day), transfer_fee("USD", day), transfer_fee("JPY", day)) == (25, 95, 150)
    assert (funding_fee("CHF", day), funding_fee("USD", date(2015, 12, 8))) == (0, 0)


async def test_what_is_spent_cannot_be_given_back(world: PullWorld) -> None:
    funding = await world.pull(100_00)
    await world.push(1_099_15, **FROM_SHOP)
    with pytest.raises(InsufficientFunds):
        await reverse_funding(world.harbor, funding.id)
    assert world.funding().status == "received"
    world.all_is_right_and_quiet()


async def test_a_pull_is_given_back_once(world: PullWorld) -> None:
    world.sandbox.world.render["reverse"] = lambda pull, _: (200, f'"{pull.status}"')
    funding = await world.pull(100_00)
    key = Claim.on("key", "1", "reverse", b"{}")
    await reverse_funding(world.harbor, funding.id, key)
    with pytest.raises(Replayed) as replayed:
        await reverse_funding(world.harbor, funding.id, key)
    assert replayed.value.body == '"reversing"'
    for undo in (reverse_funding, adjust_funding):
        with pytest.raises(MoveNotAllowed):
            await undo(world.harbor, funding.id)
        with pytest.raises(NotFound):
            await undo(world.harbor, "fnd_nothing")
    assert world.moved() == {}


@pytest.mark.parametrize("flow", [reverse_funding, adjust_funding])
@pytest.mark.parametrize("hop", [TO_NETWORK, TO_ISSUER])
@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "duplicate", "delay"])
async def test_giving_back_is_repeated_until_it_is_answered(world: PullWorld, kind: str, hop: str, flow: Any) -> None:
    funding = await world.pull(100_00)
    message = "funding_reversal" if flow is reverse_funding else "funding_adjustment"
    await world.arm(kind, hop, message)
    undone = await flow(world.harbor, funding.id)
    assert world.available(FUNDS) == 1_000_00  # set aside, or gone
    assert (undone.status in ("reversing", "adjusting")) == (kind != "duplicate")
    world.all_is_right()
    await world.run_jobs(HOUR)
    assert world.funding().status in ("reversed", "adjusted")
    assert world.moved() == {}
    world.all_is_right_and_quiet()


async def test_it_is_given_back_in_the_window_in_which_the_issuer_answers(world: PullWorld) -> None:
    funding = await world.pull(100_00)
    await world.arm("lose_request", TO_NETWORK, "funding_reversal", times=99)
    await reverse_funding(world.harbor, funding.id)
    await world.run_jobs(13 * HOUR)
    world.all_is_right()
    await world.mend()
    await world.run_jobs(2 * HOUR)
    assert [(each.kind, each.window) for each in world.all(Item)] == [
        ("account_funding", WINDOW),
        ("pull_reversal", "win_2026-10-15"),
    ]
    await world.run_jobs(4 * 24 * HOUR)
    assert world.moved() == {}
    world.all_is_right_and_quiet()


async def sent_by(world: PullWorld, card: str, *, lose: bool = False) -> AccountFunding:
    """Pull from a card, and return the message the network was sent; ``lose`` it, so that it arrives later."""
    caught: list[AccountFunding] = []
    network = world.sandbox.network

    async def listen(message: Any) -> object:
        caught.append(message)
        return await network_receives(network, message)

    world.sandbox.switch.connect(network.id, listen)
    if not lose:
        await world.pull(number=card)
        return caught[0]
    first = await sent_by(world, card)
    await reverse_funding(world.harbor, world.funding().id)
    await world.arm("lose_request", TO_NETWORK, "account_funding")
    await world.pull(number=card)
    lost = world.funding()
    return first.changed(stan=lost.stan, rrn=lost.reference, transmitted_at=lost.created_at)
