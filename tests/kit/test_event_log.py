"""Positions: without gaps, causes before effects, and a reader who goes on from the last one misses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa

from payments.kit.database import Database
from payments.kit.event_log import last_position, read_events, seal, walk
from payments.kit.events import Event, Tail
from payments.kit.steps import hot
from payments.kit.work import Work
from payments.kit.world import Institution, World
from tests import kernel
from tests.kernel import run, run_together


@pytest.fixture
def teller(database_url: str) -> Iterator[Institution]:
    with kernel.open_world(database_url) as world:
        yield Institution("teller", "Teller", world)


@hot(lambda *_: [])
def tell(work: Work, _: Institution, subject: str, times: int = 1, reference: str = "", type: str = "a.b") -> None:
    for n in range(times):
        work.emit(type, subject, reference, {"n": n})


def read(teller: Institution, after: int = 0, limit: int = 100, **kept: Any) -> list[tuple[int, str]]:
    events = teller.world.database.read_now(read_events, after, limit, *kept.values())
    return [(position, event.subject) for position, event in events]


def test_nothing_has_a_position_before_it_is_sealed(teller: Institution) -> None:
    run(teller, tell, "one")
    assert read(teller) == []
    assert teller.world.database.read_now(last_position) == 0
    assert run(teller, seal) == 1
    assert read(teller) == [(1, "one")]
    assert teller.world.database.read_now(last_position) == 1


def test_positions_run_on_without_gaps_through_batches_of_many_events(teller: Institution) -> None:
    run_together(teller, [(tell, "a", 3), (tell, "b", 2)])
    run(teller, tell, "c")
    run(teller, seal)
    run_together(teller, [(tell, "d", 1), (tell, "e", 4)])
    assert run(teller, seal) == 11
    assert [position for position, _ in read(teller)] == list(range(1, 12))
    assert "".join(subject for _, subject in read(teller)) == "aaabbcdeeee"


def test_events_of_a_refused_step_leave_no_gap(teller: Institution) -> None:
    @hot(lambda *_: [])
    def tell_and_fail(work: Work, teller: Institution) -> None:
        tell(work, teller, "lost", 3)
        raise KeyError

    run_together(teller, [(tell, "a"), (tell_and_fail,), (tell, "b")])
    assert run(teller, seal) == 2
    assert read(teller) == [(1, "a"), (2, "b")]


def test_sealing_twice_gives_nothing_twice(teller: Institution) -> None:
    run(teller, tell, "one")
    assert [run(teller, seal) for _ in range(3)] == [1, 1, 1]
    with teller.world.database.engine.connect() as connection:
        assert connection.execute(sa.select(Tail)).all() == []


def test_sealing_in_parts_keeps_the_order(teller: Institution) -> None:
    for subject in "abcde":
        run(teller, tell, subject, 2)
    assert [run(teller, seal, 2) for _ in range(3)] == [4, 8, 10]
    assert "".join(subject for _, subject in read(teller)) == "aabbccddee"


@pytest.mark.parametrize("stride", [1, 2, 500])
def test_reading_in_pages_of_any_size_gives_the_same(teller: Institution, stride: int) -> None:
    for n in range(6):
        run_together(teller, [(tell, f"{n}", n % 3 + 1), (tell, f"{n}x")])
    last = run(teller, seal)
    whole = read(teller)
    for limit in (1, 2, 3, 7):
        after, pages = 0, []
        while page := read(teller, after, limit):
            assert len(page) <= limit
            pages += page
            after = page[-1][0]
        assert pages == whole
    walked = teller.world.database.read_now(lambda connection: list(walk(connection, 3, stride=stride)))
    assert [(position, event.subject) for position, event in walked] == whole[3:]
    assert len(whole) == last


def test_events_of_one_payment_and_of_one_type_keep_their_positions(teller: Institution) -> None:
    calls = [
        (tell, "1", 2, "pay_a", "payment.made"),
        (tell, "2", 1, "pay_b", "payment.made"),
        (tell, "3", 1, "pay_a", "money.held"),
        (tell, "4", 1, "pay_a", "moneyless.x"),
    ]
    run_together(teller, calls)
    run(teller, tell, "5", 1, "pay_a", "money.posted")
    run(teller, seal)
    assert read(teller, reference="pay_a") == [(1, "1"), (2, "1"), (4, "3"), (5, "4"), (6, "5")]
    assert read(teller, after=2, limit=2, reference="pay_a") == [(4, "3"), (5, "4")]
    assert read(teller, reference=None, type="payment.made") == [(1, "1"), (2, "1"), (3, "2")]
    assert read(teller, reference=None, type="money.*") == [(4, "3"), (6, "5")]
    assert read(teller, after=4, limit=9, reference=None, type="money.*") == [(6, "5")]
    assert read(teller, reference="pay_a", type="money.*") == [(4, "3"), (6, "5")]
    assert read(teller, reference="pay_none") == []


def test_an_event_reads_as_it_was_written(teller: Institution) -> None:
    run(teller, tell, "thing", 1, "ref", "thing.done")
    run(teller, seal)
    ((position, event),) = teller.world.database.read_now(read_events, 0, 10)
    assert position == 1
    assert event == Event(event.id, kernel.START, "thing.done", "teller", "thing", "ref", '{"n":0}')


def test_a_reader_never_skips_an_event_of_concurrent_writers(postgres_url: str) -> None:
    """Three writers write and seal at once, each batch as it comes, while a reader goes on from where it was."""
    with ExitStack() as undo:
        first = undo.enter_context(kernel.open_world(postgres_url))
        worlds = [first, *(World.open(Database(postgres_url), kernel.KEY) for _ in range(2))]
        for world in worlds[1:]:
            undo.callback(world.close)
        threads = undo.enter_context(ThreadPoolExecutor(len(worlds)))
        writing = [threads.submit(write_and_seal, world) for world in worlds]
        seen: list[tuple[int, Event]] = []
        while not all(each.done() for each in writing) or first.database.read_now(last_position) > len(seen):
            seen += first.database.read_now(read_events, len(seen), 50)
        for each in writing:
            each.result()
    assert [position for position, _ in seen] == list(range(1, 3 * 120 + 1))
    for writer in "012":
        told = [event.subject for _, event in seen if event.subject.startswith(writer)]
        assert told == [f"{writer}.{n}" for n in range(120)], "each writer's events in the order it wrote them"


def write_and_seal(world: World) -> None:
    teller = Institution("teller", "Teller", world)
    for n in range(0, 120, 4):
        run_together(teller, [(tell, f"{world.writer.writer}.{m}") for m in range(n, n + 4)])
        run(teller, seal, 5)
    for _ in range(90):
        run(teller, seal, 5)
