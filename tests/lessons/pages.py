"""The pages in docs/lessons: what is asked in each lesson and what the answer is, from a lesson that was really played.

A page holds its place as a line `<!-- lesson -->` up to `<!-- end of the lesson -->`; `python -m tests.lessons` writes
what stands between them, and `test_lessons.py` checks it on both databases.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

from payments.console.lessons import read_lessons
from tests.api.calling import calling
from tests.api.conftest import prepare
from tests.lessons.playing import Played, caller, play, told

DOCS = Path(__file__).parents[2] / "docs" / "lessons"
BLOCK = re.compile(r"<!-- lesson -->\n.*<!-- end of the lesson -->", re.DOTALL)


def block(played: list[Played]) -> str:
    """Everything that is asked in a lesson, its right answer, and why."""
    return "\n\n".join(_act(n, each, len(played)) for n, each in enumerate(played, 1))


def _act(number: int, played: Played, of: int) -> str:
    act, facts = played.act, played.facts
    title = f"### {number}. {act['title']}" if of > 1 else f"### {act['title']}"
    asked = [_question(each, played) for each in act["questions"]]
    return "\n\n".join([title, told(act["tell"], facts), *asked, told(act["end"], facts)])


def _question(question: dict, played: Played) -> str:  # type: ignore[type-arg]
    right = next(each for each in question["options"] if each.get("right"))
    asked, said, why = (told(each, played.facts) for each in (question["ask"], right["say"], question["why"]))
    return f"> **{asked}**\n>\n> {said}. {why}"


def in_place(page: str, text: str) -> str:
    """Return the page with the text in its place."""
    return BLOCK.sub(lambda _: f"<!-- lesson -->\n\n{text}\n\n<!-- end of the lesson -->", page)


async def write() -> None:
    """Play every lesson, and write what came of it into its page."""
    os.environ["PAYMENTS_VAULT_KEY"] = "07" * 32
    for name, lesson in read_lessons():
        with tempfile.TemporaryDirectory() as place:
            url = f"sqlite:///{place}/sandbox.db"
            await asyncio.to_thread(prepare, url)
            async with calling(url) as api:
                text = block(await play(await caller(api), lesson))
        page = DOCS / f"{name}.md"
        page.write_text(in_place(page.read_text(), text))
