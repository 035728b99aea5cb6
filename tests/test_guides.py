"""The guides in docs/guides: every request in them is sent, in order, and answered as they say."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from payments.kit import migrate
from tests.api.calling import Api, calling

GUIDES = Path(__file__).parent.parent / "docs" / "guides"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
async def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    """A sandbox as `payments serve` starts it."""
    monkeypatch.setenv("PAYMENTS_VAULT_KEY", "07" * 32)
    url = f"sqlite:///{tmp_path}/sandbox.db"
    await asyncio.to_thread(migrate.upgrade, url)
    async with calling(url) as opened:
        yield opened


class Reader:
    """Somebody who reads a guide and does what it says."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.file = ""
        self.batch = ""

    async def do(self, kind: str, text: str, answer: httpx.Response | None) -> httpx.Response | None:
        """Take a block: a file to keep, a command to run, or what its answer is said to be."""
        if kind in ("csv", "ndjson"):
            self.file = text
        elif kind == "sh":
            return await self.run(text)
        elif kind == "json":
            assert answer is not None
            agrees(json.loads(text), await self.settled(answer))
        elif kind == "text":
            assert answer is not None
            lines = answer.text.splitlines()
            for said, told in zip(text.splitlines(), lines, strict=True):
                assert re.fullmatch(re.escape(said).replace("…", ".+"), told), told
        return answer

    async def run(self, command: str) -> httpx.Response:
        """Send what a curl command sends."""
        words = iter(shlex.split(command))
        assert next(words) == "curl"
        method, headers, body, url = "GET", {}, None, ""
        for word in words:
            if word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-X":
                method = next(words)
            elif word in ("-d", "--data-binary"):
                given = next(words)
                method, body = "POST", self.file if given.startswith("@") else given
            else:
                url = word
        parts = urlsplit(url.replace("$BATCH", self.batch))
        answer = await self.api.http.request(method, f"{parts.path}?{parts.query}", headers=headers, content=body)
        assert answer.is_success, answer.text
        if method == "POST" and "bat_" in answer.text:
            self.batch = answer.json()["id"]
        return answer

    async def settled(self, answer: httpx.Response) -> Any:
        """The answer; one about a batch under way is asked for again until it has come to rest."""
        found = answer.json()
        while answer.request.method == "GET" and found.get("status") == "processing":
            answer = await self.api.http.get(answer.request.url)
            found = answer.json()
        return found


def agrees(said: Any, told: Any) -> None:
    """What a guide shows is there; `…` stands for whatever comes."""
    if isinstance(said, dict):
        for name, value in said.items():
            agrees(value, told[name])
    elif isinstance(said, list):
        for one, other in zip(said, told, strict=True):
            agrees(one, other)
    elif isinstance(said, str) and "…" in said:
        assert told.startswith(said.partition("…")[0])
    else:
        assert said == told


def blocks(guide: Path) -> Iterator[tuple[str, str]]:
    """The blocks of a page, in order."""
    yield from BLOCK.findall(guide.read_text(encoding="utf-8"))


@pytest.mark.parametrize("guide", ["pay_ten_thousand_people"])
async def test_what_a_guide_says_is_what_happens(api: Api, guide: str) -> None:
    reader, answer, sent = Reader(api), None, 0
    for kind, text in blocks(GUIDES / f"{guide}.md"):
        sent += kind == "sh"
        answer = await reader.do(kind, text, answer)
    assert sent > 5
    assert api.is_clean()
