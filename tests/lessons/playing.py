"""Plays a lesson file as the page does: makes its calls, reads its story, finds its facts and its questions' places.

It is written from the same description as the page's ``lesson.js``, and not from its code: where both read a lesson
alike, they read it right.
"""

import re
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Final, NamedTuple
from uuid import uuid4

from tests.api.calling import Api

Json = dict[str, Any]
Asked = tuple[str, str, Json | None]
"""Method, path and body."""
Answered = tuple[int, Json]
"""Status and reply."""
Call = Callable[[str, str, Json | None], Awaitable[Answered]]

_TRANSFER: Final = ("kind", "debit", "credit", "minor", "currency", "purpose")
_SHORT: Final = {
    "message": "data.type",
    "from": "data.sender",
    "to": "data.receiver",
    "code": "data.code",
    "money": "data.event",
    "of": "institution",
}
_OF_TRANSFERS: Final = ("debit", "credit", "purpose", "kind")


async def caller(api: Api) -> Call:
    """Call an API as the page does; its clock is made to stand first."""

    async def call(method: str, path: str, body: Json | None) -> tuple[int, Json]:
        headers = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
        response = await api.http.request(method, path, json=body, headers=headers)
        return response.status_code, response.json()

    await call("POST", "/v1/sandbox/clock/freeze", None)
    return call


class Amount(NamedTuple):
    """Money that a fact is worth."""

    minor: int
    currency: str

    def __str__(self) -> str:
        """Show it as ``58.41 USD``, with the decimals of its currency."""
        digits = {"JPY": 0, "BHD": 3}.get(self.currency, 2)
        whole = f"{abs(self.minor):0{digits + 1}d}"
        figure = f"{int(whole[: len(whole) - digits]):,}" + (f".{whole[-digits:]}" if digits else "")
        return f"{'−' if self.minor < 0 else ''}{figure} {self.currency}"


class Played(NamedTuple):
    """An act that was played: its story, the facts known by its end, and where each question belongs."""

    act: Json
    events: list[Json]
    facts: dict[str, Any]
    places: list[int]


async def play(call: Call, lesson: Json) -> list[Played]:
    """Play every act of a lesson, one after the other."""
    facts: dict[str, Any] = {}
    played = []
    for act in lesson["acts"]:
        story = await run_calls(call, act)
        facts = {**facts, **{name: value_of(fact, story) for name, fact in act["facts"].items()}}
        places = [position(first(story["events"], each["before"])) for each in act["questions"]]
        played.append(Played(act, story["events"], facts, places))
    return played


async def run_calls(call: Call, act: Json) -> Json:
    """Make an act's (or a variation's) calls, and return the story they make."""
    asking = asked(act)
    try:
        wanted = next(asking)
        while True:
            wanted = asking.send(await call(*wanted))
    except StopIteration as end:
        story: Json = end.value
        return story


def asked(act: Json) -> Generator[Asked, Answered, Json]:
    """Ask for each of an act's calls, and then for the story they have made, which is returned."""
    replies: Json = {}
    for each in act["calls"]:
        method = "POST" if "post" in each else "GET"
        status, reply = yield (
            method,
            filled(each.get("post") or each["get"], replies),
            filled(each.get("body"), replies),
        )
        expected = each.get("expect")
        assert status == expected if expected else status in (200, 201), (each["say"], status, reply)
        if "as" in each:
            replies[each["as"]] = reply
    status, story = yield "GET", f"/console/stories/{replies[act['story']]['id']}", None
    assert status == 200, story
    return story


def filled(value: Any, replies: Json) -> Any:
    """Put what earlier calls answered into a call."""
    if isinstance(value, str):
        return re.sub(r"\{([^}]+)\}", lambda found: str(pick(replies, found[1])), value)
    return {name: filled(each, replies) for name, each in value.items()} if isinstance(value, dict) else value


def pick(found: Any, path: str) -> Any:
    """Look up ``a.b.c``; ``key=value`` finds in a list, ``*`` adds up over all of it; None where there is nothing."""
    step, _, rest = path.partition(".")
    if not path or found is None:
        return found
    if step == "*":
        return sum(pick(each, rest) for each in found)
    if "=" in step:
        key, _, value = step.partition("=")
        return pick(next((each for each in found if str(each[key]) == value), None), rest)
    return pick(found[int(step)] if isinstance(found, list) else found.get(step), rest)


def fits(event: Json, where: Json) -> bool:
    """Tell whether an event is one that a matcher means."""
    if "message" in where and event["type"] != "message.sent":
        return False
    if "money" in where and not event["type"].startswith("money."):
        return False
    wanted = {name: value for name, value in where.items() if name in _OF_TRANSFERS}
    if wanted and not any(wanted.items() <= made.items() for made in transfers(event)):
        return False
    rest = {_SHORT.get(name, name): value for name, value in where.items() if name not in _OF_TRANSFERS}
    return all(pick(event, path) == value for path, value in rest.items())


def transfers(event: Json) -> list[Json]:
    """Return the transfers of a money event, by name."""
    return [dict(zip(_TRANSFER, each, strict=True)) for each in event["data"].get("transfers", ())]


def first(events: list[Json], where: Json) -> Json | None:
    """Return the first event that a matcher means."""
    return next((each for each in events if fits(each, where)), None)


def position(event: Json | None) -> int:
    """Return where an event stands; 0 if it never happened."""
    return event["position"] if event else 0


def value_of(fact: Json, story: Json) -> Any:
    """Return what a fact is worth in a story: an amount or a word."""
    if account := fact.get("opening"):
        opening = story["opening"][account]
        held = opening["held_debits"] if fact.get("less_held") else 0
        return Amount(opening["credits"] - opening["debits"] - held, account.split(".")[2])
    event = first(story["events"], fact["where"])
    assert event, fact
    if "take" in fact:
        found = pick(event, fact["take"])
        assert found is not None, fact
        return (
            Amount(found, pick(event, fact.get("currency", "data.currency")) or "USD")
            if isinstance(found, int)
            else found
        )
    made = [
        each
        for each in transfers(event)
        if fact["sum"] in ("*", each["purpose"]) and fact.get("kind") in (None, each["kind"])
    ]
    assert made, fact
    return Amount(sum(each["minor"] for each in made), made[0]["currency"])


def reckon(expression: str, facts: Json) -> Amount:
    """Work out ``sale - interchange``, in the currency of the first."""
    name, *rest = expression.split()
    minor = facts[name].minor
    for sign, each in zip(rest[::2], rest[1::2], strict=True):
        minor += facts[each].minor * {"+": 1, "-": -1}[sign]
    return Amount(minor, facts[name].currency)


def told(text: str, facts: Json) -> str:
    """Put facts into a text: ``{{sale - interchange}}`` as money, ``{code}`` as it is."""
    text = re.sub(r"\{\{([^}]+)\}\}", lambda found: str(reckon(found[1], facts)), text)
    return re.sub(r"\{([^}]+)\}", lambda found: str(pick(facts, found[1])), text)
