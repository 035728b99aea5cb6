"""The guide is right: its blocks give what they say, and its table names every card there is."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import httpx
import pytest

from payments.switch.published_cards import MASTERCARD_SEND, cards_of
from tests.api.serving import Served
from tests.house import ROOT

GUIDE = Path(ROOT / "docs/guides/mastercard_send.md")


def test_every_block_gives_what_it_says(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    text = GUIDE.read_text().replace("localhost:8080", f"127.0.0.1:{served.port}")
    blocks = "\n".join(re.findall(r"```pycon\n(.*?)```", text, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(blocks, {}, GUIDE.name, str(GUIDE), 0)
    said: list[str] = []
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append, clear_globs=False)
    for each in test.globs.values():
        if isinstance(each, httpx.Client):
            each.close()
    assert results.attempted > 25
    assert not results.failed, "".join(said)


def test_every_card_is_in_it() -> None:
    text = GUIDE.read_text()
    for number in cards_of(MASTERCARD_SEND):
        assert number in text or f"…{number[-4:]}" in text, number[-4:]
