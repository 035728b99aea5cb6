"""Lifecycles: of every record that has states, each move in its table is made, and every other is refused."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, cast

import pytest

from payments.kit.lifecycle import Move, MoveNotAllowed, advance, allowed, announce
from payments.kit.records import Record
from payments.kit.work import Work
from tests.records import every_record

WITH_STATES: list[Any] = [kind for kind in every_record() if getattr(kind, "moves", ())]


class Notebook:
    """What a lifecycle asks of a step's work, written down."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, str, dict[str, Any]]] = []

    def change(self, row: Any, **changes: Any) -> Any:
        return row.changed(**changes)

    def emit(self, type: str, subject: str, reference: str, data: dict[str, Any]) -> None:
        self.events.append((type, subject, reference, data))


def states(kind: Any) -> set[str]:
    return {state for move in kind.moves for state in (move.source, move.target)}


def in_state(kind: Any, state: str) -> Any:
    plain = {"str": "", "int": 0}
    values = {}
    for each in fields(kind):
        column = kind.table().c[each.name]
        values[each.name] = None if column.nullable else plain[column.type.python_type.__name__]
    return kind(**{**values, "status": state, "id": "the_id"})


def test_there_are_lifecycles() -> None:
    assert len(WITH_STATES) > 3


@pytest.mark.parametrize("kind", WITH_STATES, ids=lambda kind: kind.shape.name)
def test_only_the_moves_in_the_table_are_made(kind: Any) -> None:
    table = {(move.name, move.source): move.target for move in kind.moves}
    for state in states(kind):
        row = in_state(kind, state)
        for name in {move.name for move in kind.moves}:
            work = Notebook()
            target = table.get((name, state))
            assert allowed(row, name) == (target is not None)
            if target is None:
                with pytest.raises(MoveNotAllowed, match=state):
                    advance(cast(Work, work), row, name)
                assert not work.events
            else:
                moved = advance(cast(Work, work), row, name)
                assert moved.status == target
                ((type, subject, _, data),) = work.events
                assert (type, subject) == (f"{kind.noun}.{target}", "the_id")
                assert (data["move"], data["from"]) == (name, state)


@pytest.mark.parametrize("kind", WITH_STATES, ids=lambda kind: kind.shape.name)
def test_every_state_can_be_reached(kind: Any) -> None:
    """From where a row begins: its column's default, the states no move leads to, else the first move's source."""
    default = next(each.default for each in fields(kind) if each.name == "status")
    targets = {move.target for move in kind.moves}
    reached = {move.source for move in kind.moves if move.source not in targets} | {kind.moves[0].source}
    reached |= set() if default is MISSING else {default}
    while grown := {move.target for move in kind.moves if move.source in reached} - reached:
        reached |= grown
    assert reached >= states(kind)


@pytest.mark.parametrize("kind", WITH_STATES, ids=lambda kind: kind.shape.name)
def test_a_move_is_named_once_for_each_state(kind: Any) -> None:
    pairs = [(move.name, move.source) for move in kind.moves]
    assert len(pairs) == len(set(pairs))
    assert kind.noun, "what events call it"
    assert {"id", "status", "reference"} <= set(kind.shape.columns) | set(dir(kind))
    assert "status" in kind.shape.mutable


def test_a_move_nobody_knows_is_a_bug() -> None:
    kind = WITH_STATES[0]
    with pytest.raises(AssertionError, match="knows no move"):
        advance(cast(Work, Notebook()), in_state(kind, kind.moves[0].source), "fly")


def test_a_new_row_is_announced_in_its_first_state() -> None:
    kind, work = WITH_STATES[0], Notebook()
    announce(cast(Work, work), in_state(kind, "new"), {"amount": 1})
    assert work.events == [(f"{kind.noun}.new", "the_id", "", {"amount": 1})]


def test_a_record_without_states_has_no_moves() -> None:
    assert not getattr(Record, "moves", ())
    assert Move("pay", "open", "paid").target == "paid"
