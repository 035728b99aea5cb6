"""Recipes: how to get each documented code, as requests that can be shown on a page and sent to a sandbox.

A recipe is a list of requests, each a named form with changes to it. The same data makes the page
(`python -m tests.response_codes_page`) and is sent to a server by the tests, so the page cannot say what is not so.
In a change ``<1.id>`` stands for the field ``id`` of the first answer, and ``<new>`` for six digits that no
other recipe has; ``<other>`` for six others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

Json = dict[str, Any]

MISSING: Final = "(left out)"
"""The change that leaves a field out."""

EXPECTED: Final = (402,)
"""The errors that may come before the last answer: a decline of v1's."""

_TOLD: Final = re.compile(r"<(\d+)\.([A-Za-z0-9_.]+)>")


@dataclass(frozen=True)
class Form:
    """A request that recipes begin with: ``headers`` are sent with it; ``shown`` says that the page has its body."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    shown: bool = True


@dataclass(frozen=True)
class Ask:
    """A form as it is to be sent: with these fields changed (a dot goes into an object), and these headers besides."""

    form: str
    change: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    raw: str | None = None
    method: str = ""
    until: int = 0
    """The status for which it is sent again: a request that is still being carried out is asked for until it is not."""

    def words(self) -> str:
        """What to send, for the page."""
        said = [f"**{self.form}**"]
        said += [f"`{self.method or 'at'} {self.path}`"] if self.path or self.method else []
        shown = {name: each for name, each in self.change.items() if each != MISSING}
        said += [f"with `{json.dumps(shown, ensure_ascii=False)}`"] if shown else []
        said += [f"without `{name}`" for name, each in self.change.items() if each == MISSING]
        said += [f"as the text `{self.raw}`"] if self.raw is not None and len(self.raw) < 60 else []
        said += ["as a text of more than a million bytes"] if self.raw is not None and len(self.raw) >= 60 else []
        said += [f"header `{name}: {each}`" for name, each in self.headers.items()]
        said += [f"until it is no longer {self.until}"] if self.until else []
        return " ".join(said)


@dataclass(frozen=True)
class Recipe:
    """How to get ``code``, which ``means`` something: the last answer has this ``status``, and the code ``at`` a field.

    ``at`` is '' when the status is the code. ``ours`` says that what brings it about is our choice.
    """

    code: str
    means: str
    asks: Sequence[Ask]
    at: str = ""
    status: int = 200
    ours: bool = False

    def row(self) -> str:
        """The recipe as a row of the page's table."""
        how = ", then ".join(each.words() for each in self.asks)
        where = f"{self.status} `{self.at}`" if self.at else str(self.status)
        return f"| {self.code} | {self.means}{' (ours)' if self.ours else ''} | {how} | {where} |"


@dataclass(frozen=True)
class Table:
    """Recipes of one kind."""

    title: str
    about: str
    recipes: Sequence[Recipe]

    def lines(self) -> list[str]:
        """The table for the page."""
        rows = [each.row() for each in self.recipes]
        return [
            f"### {self.title}",
            "",
            self.about,
            "",
            "| code | meaning | do | see |",
            "|---|---|---|---|",
            *rows,
            "",
        ]


class Kitchen:
    """Follows recipes: a client of a server, with the forms of one door, and of our own API."""

    def __init__(self, http: httpx.Client, forms: Mapping[str, Form]) -> None:
        self.http = http
        self.forms = forms
        self._new = 0

    def follow(self, recipe: Recipe) -> None:
        """Send what a recipe says, and see that the code is there."""
        answers: list[httpx.Response] = []
        self._new += 1
        for each in recipe.asks:
            assert all(told.status_code < 400 or told.status_code in EXPECTED for told in answers), answers[-1].text
            answers.append(self._sent(each, answers))
        last = answers[-1]
        assert last.status_code == recipe.status, f"{last.status_code}: {last.text}"
        found = str(recipe.status) if not recipe.at else found_at(last.json(), recipe.at)
        assert str(found) == recipe.code, f"{found}: {last.text}"

    def _sent(self, ask: Ask, answers: list[httpx.Response]) -> httpx.Response:
        form = self.forms[ask.form]
        told = [each.json() if each.content[:1] in (b"{", b"[") else {} for each in answers]
        body: Any = None
        if form.body is not None:
            body = filled(changed(form.body, ask.change), told, self._new)
        headers = {**form.headers, **ask.headers}
        content = ask.raw.encode() if ask.raw is not None else None
        if content is not None:
            headers |= {"Content-Type": headers.get("Content-Type", "application/json")}
        path = str(filled(ask.path or form.path, told, self._new))
        while True:
            answer = self.http.request(
                ask.method or form.method,
                path,
                headers=headers,
                content=content,
                json=None if content is not None else body,
            )
            if answer.status_code != ask.until:
                return answer


def changed(body: Any, change: Mapping[str, Any]) -> Any:
    """The body with the changes made."""
    copy = json.loads(json.dumps(body))
    for name, value in change.items():
        *way, last = name.split(".")
        place = copy
        for each in way:
            place = place[int(each)] if isinstance(place, list) else place.setdefault(each, {})
        if value == MISSING:
            place.pop(last)
        else:
            place[last] = value
    return copy


def filled(value: Any, told: Sequence[Any], number: int) -> Any:
    """The value with what stands for something put in its place."""
    if isinstance(value, dict):
        return {name: filled(each, told, number) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, told, number) for each in value]
    if not isinstance(value, str):
        return value
    value = value.replace("<new>", f"{number:06d}").replace("<other>", f"{500_000 + number:06d}")
    if whole := _TOLD.fullmatch(value):
        return found_at(told[int(whole[1]) - 1], whole[2])
    return _TOLD.sub(lambda found: str(found_at(told[int(found[1]) - 1], found[2])), value)


def found_at(told: Any, at: str) -> Any:
    """What is at a place of an answer."""
    for each in at.split("."):
        told = told[int(each)] if isinstance(told, list) else told[each]
    return told
