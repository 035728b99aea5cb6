"""Idempotency: whoever repeats a request gets the first answer, and nobody is charged twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from payments.kit.errors import Refusal
from payments.kit.idempotency import (
    KEPT_FOR,
    Claim,
    IdempotencyKey,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    Replayed,
    claim_key,
    store_answer,
    store_refusal,
)
from payments.kit.winding import wind_to
from payments.kit.work import Work
from payments.kit.world import Institution
from tests import kernel
from tests.kernel import START, run

CLAIM = Claim.on("key_demo", "order-1", "create_payment", b'{"amount":100}')


@pytest.fixture
def shop(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        yield Institution("shop", "Shop", world)


def claim(work: Work, _: Institution, claim: Claim | None, resource: str = "pay_1") -> None:
    claim_key(work, claim, resource)


def answer(work: Work, _: Institution, status: int = 201, body: str = '{"id":"pay_1"}') -> None:
    store_answer(work, CLAIM.id, status, body)


def read(work: Work, _: Institution) -> IdempotencyKey:
    return work.get(IdempotencyKey, CLAIM.id)


def test_without_a_claim_nothing_is_asked_or_kept(shop: Institution) -> None:
    run(shop, claim, None)
    run(shop, claim, None)


def test_the_first_answer_is_replayed(shop: Institution) -> None:
    run(shop, claim, CLAIM)
    run(shop, answer)
    for _ in range(2):
        with pytest.raises(Replayed) as replayed:
            run(shop, claim, CLAIM, "pay_2")
        assert (replayed.value.status, replayed.value.body) == (201, '{"id":"pay_1"}')
    assert run(shop, read).resource == "pay_1"


def test_while_the_first_is_under_way_a_second_is_told_so(shop: Institution) -> None:
    run(shop, claim, CLAIM)
    with pytest.raises(IdempotencyKeyInUse):
        run(shop, claim, CLAIM)


@pytest.mark.parametrize("answered", [False, True])
def test_another_body_or_operation_under_the_key_is_refused(shop: Institution, answered: bool) -> None:
    run(shop, claim, CLAIM)
    if answered:
        run(shop, answer)
    for other in (
        Claim.on("key_demo", "order-1", "create_payment", b'{"amount":101}'),
        Claim.on("key_demo", "order-1", "create_refund", b'{"amount":100}'),
    ):
        assert other.id == CLAIM.id
        with pytest.raises(IdempotencyKeyReused):
            run(shop, claim, other)


def test_a_key_belongs_to_its_caller(shop: Institution) -> None:
    run(shop, claim, CLAIM)
    run(shop, claim, Claim.on("key_other", "order-1", "create_payment", b'{"amount":100}'))


def test_a_key_expires_on_the_sandboxs_clock(shop: Institution) -> None:
    run(shop, claim, CLAIM)
    run(shop, answer)
    run(shop, wind_to, START + KEPT_FOR - 1)
    with pytest.raises(Replayed):
        run(shop, claim, CLAIM)
    run(shop, wind_to, START + KEPT_FOR)
    fresh = Claim.on("key_demo", "order-1", "create_payment", b"another body")
    run(shop, claim, fresh, "pay_9")
    kept = run(shop, read)
    assert (kept.resource, kept.body_hash, kept.answer, kept.answer_status) == ("pay_9", fresh.body_hash, None, None)
    assert kept.expires_at == START + 2 * KEPT_FOR


def test_a_refusal_is_kept_too(shop: Institution) -> None:
    run(shop, store_refusal, CLAIM, 409, '{"code":"insufficient_funds"}')
    with pytest.raises(Replayed) as replayed:
        run(shop, claim, CLAIM)
    assert (replayed.value.status, replayed.value.body) == (409, '{"code":"insufficient_funds"}')


def test_a_refused_step_leaves_its_key_unclaimed(shop: Institution) -> None:
    class NoSuchThing(Refusal):
        """There is none."""

    def claim_and_refuse(work: Work, shop: Institution) -> None:
        claim(work, shop, CLAIM)
        raise NoSuchThing

    with pytest.raises(NoSuchThing):
        run(shop, claim_and_refuse)
    run(shop, claim, CLAIM)


def test_the_answer_names_the_entries_of_the_whole_request(shop: Institution) -> None:
    def render(resource: Any, entries: list[str]) -> tuple[int, str]:
        return 201, f"{resource} {len(entries)}"

    shop.world.render["create_payment"] = render
    run(shop, claim, CLAIM)

    def decide(work: Work, shop: Institution) -> None:
        work.entries.append("ent_1")
        shop.answer(work, CLAIM.id, "pay_1")

    run(shop, decide)
    assert run(shop, read).answer == "pay_1 1"


def test_the_body_itself_is_not_kept() -> None:
    assert b"amount" not in CLAIM.body_hash.encode()
    assert len(CLAIM.body_hash) == 64
