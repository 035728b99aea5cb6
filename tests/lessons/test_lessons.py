"""Every lesson over the real engine: each question finds its step, and each right answer agrees with the events."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from payments.console.lessons import read_lessons
from tests.lessons.pages import BLOCK, DOCS, block, in_place
from tests.lessons.playing import Call, Played, first, fits, play, position, reckon, run_calls, told

LESSONS = dict(read_lessons())
every_lesson = pytest.mark.parametrize("name", LESSONS)


@pytest.mark.every_row
@every_lesson
async def test_a_lesson_plays_and_its_answers_are_true(name: str, call: Call) -> None:
    played = await play(call, LESSONS[name])

    for act in played:
        assert act.places == sorted(set(act.places)), (
            f"{act.act['title']}: the questions are asked in the order of the story"
        )
        assert 0 not in act.places, f"{act.act['title']}: what a question is asked before has not happened"
        for question, before in zip(act.act["questions"], act.places, strict=True):
            is_proven(act, question, before)
            can_be_told(act, question)
    assert (await call("GET", "/v1/sandbox/verify", None))[1]["clean"]

    page = DOCS / f"{name}.md"
    assert page.exists(), f"docs/lessons/{name}.md is missing"
    assert page.read_text() == in_place(page.read_text(), block(played)), "out of date: python -m tests.lessons"


def is_proven(act: Played, question: dict[str, Any], before: int) -> None:
    """What proves the right answer has happened: not all of it before the question, and as it must be."""
    proof = question["proof"]
    assert proof.keys() <= {"seen", "none", "order", "equal"}
    assert proof.keys() & {"seen", "order"}, "nothing is shown"
    shown = [position(first(act.events, each)) for each in proof.get("seen", [])]
    order = [position(first(act.events, each)) for each in proof.get("order", [])]
    assert 0 not in shown + order, (question["ask"], proof)
    assert order == sorted(order), (question["ask"], order)
    assert max(shown + order) >= before or "equal" in proof or "none" in proof, (
        f"{question['ask']}: the answer has been shown already"
    )
    assert not [event for each in proof.get("none", []) for event in act.events if fits(event, each)], question["ask"]
    for equation in proof.get("equal", []):
        left, right = equation.split(" = ")
        assert reckon(left, act.facts).minor == (0 if right == "0" else reckon(right, act.facts).minor), equation


def can_be_told(act: Played, question: dict[str, Any]) -> None:
    """One option is right, the others say why not, and no two of them are the same."""
    options = question["options"]
    assert 3 <= len(options) <= 4
    assert [bool(each.get("right")) for each in options].count(True) == 1
    assert all(bool(each.get("right")) != bool(each.get("but")) for each in options)
    said = [told(each["say"], act.facts) for each in options]
    assert len(set(said)) == len(said), said
    for text in (question["ask"], question["why"], *(each.get("but", "") for each in options)):
        assert "{" not in told(text, act.facts)
    assert "{" not in told(act.act["end"], act.facts)


@every_lesson
async def test_a_lesson_can_be_taken_again_in_a_world_that_has_gone_on(name: str, call: Call) -> None:
    for _ in range(2):
        for act in await play(call, LESSONS[name]):
            assert 0 not in act.places
            for question, before in zip(act.act["questions"], act.places, strict=True):
                is_proven(act, question, before)


@every_lesson
async def test_what_is_tried_off_the_rails_happens(name: str, call: Call) -> None:
    for variation in LESSONS[name]["leave"]:
        if "calls" in variation:
            assert (await run_calls(call, variation))["events"]
        else:
            assert variation["to"].startswith("/")
    assert (await call("GET", "/v1/sandbox/verify", None))[1]["clean"]


def test_there_are_at_least_nine_and_they_have_an_order() -> None:
    assert len(LESSONS) >= 9
    assert [each["place"] for each in LESSONS.values()] == list(range(1, len(LESSONS) + 1))


def test_the_right_answer_is_not_always_at_the_same_place() -> None:
    places: Counter[int] = Counter()
    for lesson in LESSONS.values():
        for act in lesson["acts"]:
            places.update(
                n for each in act["questions"] for n, option in enumerate(each["options"]) if option.get("right")
            )

    assert all(places[n] for n in range(4))
    assert max(places.values()) < sum(places.values()) / 2


def test_every_lesson_has_a_page_and_every_page_a_lesson() -> None:
    pages = {each.stem for each in DOCS.glob("*.md")} - {"README"}

    assert pages == set(LESSONS)
    assert all(BLOCK.search((DOCS / f"{each}.md").read_text()) for each in pages)
    index = (DOCS / "README.md").read_text()
    assert [each for each in LESSONS if f"({each}.md)" not in index] == []


async def test_the_list_of_lessons_is_what_the_files_say(call: Call) -> None:
    status, found = await call("GET", "/console/lessons", None)

    assert status == 200
    assert [each["name"] for each in found] == list(LESSONS)  # type: ignore[index]
    assert all(each["asks"] for each in found)  # type: ignore[index]


def test_a_lesson_is_a_small_file() -> None:
    for each in (Path(__file__).parents[2] / "payments/console/static/lessons").iterdir():
        assert each.stat().st_size < 12_000, each.name
        json.loads(each.read_text())
