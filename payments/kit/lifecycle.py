"""Lifecycles: a state changes here and nowhere else, by a table of named moves that stands beside the row."""

from dataclasses import dataclass
from typing import Any, TypeVar

from payments.kit.errors import Refusal
from payments.kit.records import Record
from payments.kit.work import Work


class MoveNotAllowed(Refusal):
    """What was asked is not possible in the present state."""


@dataclass(frozen=True, slots=True)
class Move:
    """A named move from one state to another: ``Move("approve", PENDING, AUTHORIZED)``."""

    name: str
    source: str
    target: str


S = TypeVar("S", bound=Record)


def advance(work: Work, row: S, move: str, **changes: Any) -> S:
    """Make the named ``move`` of ``row``, with the ``changes`` that belong to it, and say so in an event.

    The event is ``noun.state``, for instance ``payment.authorized``. Raises ``MoveNotAllowed`` when the row's state
    has no such move.
    """
    status: str = row.status  # type: ignore[attr-defined]
    target = _target(row, move, status)
    moved = work.change(row, status=target, **changes)
    announce(work, moved, {"move": move, "from": status, **changes})
    return moved


def announce(work: Work, row: Any, data: dict[str, Any]) -> None:
    """Say in an event that ``row`` is in the state it is in; a new row is announced in its first state."""
    work.emit(f"{row.noun}.{row.status}", row.id, row.reference, data)


def allowed(row: Any, move: str) -> bool:
    """Tell whether ``move`` is possible from the row's state."""
    return any(each.name == move and each.source == row.status for each in row.moves)


def _target(row: Any, move: str, status: str) -> str:
    moves: tuple[Move, ...] = row.moves
    for each in moves:
        if each.name == move and each.source == status:
            return each.target
    assert any(each.name == move for each in moves), f"{row.noun} knows no move {move}"
    raise MoveNotAllowed(f"This {row.noun.replace('_', ' ')} is {status}: {move} is not possible.")
