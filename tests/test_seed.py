"""The world one starts with: complete, right to the cent, made once however often it is made, and resumable."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from payments.acquirer.merchant import Merchant
from payments.acquirer.sender import Sender
from payments.issuer.account import Account
from payments.issuer.card import Card
from payments.issuer.deposit import Deposit
from payments.kit.clock import CLOCK, Clock
from payments.kit.database import Database
from payments.kit.events import Event
from payments.kit.steps import Steps
from payments.ledger.balance import Balance
from payments.ledger.entry import Transfer
from payments.seed import open_seeded, seed
from payments.seed.people import PEOPLE
from payments.seed.places import CAPITAL, MEMBERS, PAYERS, SHOPS
from payments.switch.numbers import luhn_digit
from tests.conftest import template_file
from tests.day import AFTERNOON, KEY, a_day, open_day, rows, sell, wrong


async def test_everyone_is_there_with_what_they_have(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        assert {each.id for each in rows(sandbox, Merchant)} == {each.id for each in SHOPS}
        assert {each.id for each in rows(sandbox, Sender)} == {each.id for each in PAYERS}
        assert {each.id for each in rows(sandbox, Account)} == {each.account for each in PEOPLE}
        assert {each.id for each in rows(sandbox, Card)} == {each.card for each in PEOPLE}
        has = {each.account: each.ledger for each in rows(sandbox, Balance) if each.posted_credits}
        assert has["first_prairie.cardholder.USD.acct_nora_patel"] == 412_18
        assert has["harbor.sender.USD.snd_city_of_alder"] == 10_000_00
        assert has["reserve_bank.reserve.JPY.harbor"] == CAPITAL["JPY"]
        (clock,) = rows(sandbox, Clock)
        assert (clock.id, clock.shown_at, clock.frozen) == (CLOCK, AFTERNOON, 1)
        assert wrong(sandbox) == []


def test_card_numbers_are_valid_and_in_their_issuers_ranges() -> None:
    for person in PEOPLE:
        assert person.published or luhn_digit(person.number[:-1]) == person.number[-1], person.holder
    assert len({each.number for each in PEOPLE}) == len(PEOPLE)
    assert len({each.code for each in MEMBERS}) == len(MEMBERS)


@pytest.mark.parametrize(
    ("key", "code"),
    [("nora_patel", "00"), ("liam_ortiz", "51"), ("mei_tanaka", "54"), ("theo_marsh", "62"), ("ada_quill", "61")],
)
async def test_each_card_does_what_it_says(database_url: str, key: str, code: str) -> None:
    (person,) = (each for each in PEOPLE if each.key == key)
    async with a_day(database_url) as sandbox:
        assert (await sell(sandbox, 58_41, person.number)).response_code in (code, "54")
        assert code in person.shows or code == "00"


async def test_a_seeded_world_is_left_as_it_is(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        before = len(rows(sandbox, Transfer)), len(rows(sandbox, Event))
        await seed(sandbox)
    again = await open_seeded(Database(database_url), KEY)  # another clock was asked for: the old one stays
    try:
        assert (len(rows(again, Transfer)), len(rows(again, Event))) == before
        assert rows(again, Clock)[0].shown_at == AFTERNOON
    finally:
        again.close()


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 110])
async def test_an_interrupted_seeding_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    shutil.copy(template_file(), tmp_path / "sandbox.db")
    run, left = Steps.run, steps

    async def die(self: Steps, *arguments: Any) -> Any:
        nonlocal left
        if left == 0:
            raise Died
        left -= 1
        return await run(self, *arguments)

    database = Database(f"sqlite:///{tmp_path}/sandbox.db")
    monkeypatch.setattr(Steps, "run", die)
    with pytest.raises(Died):
        await open_seeded(database, KEY, AFTERNOON, frozen=True)
    monkeypatch.undo()
    database.close()
    sandbox = await open_day(f"sqlite:///{tmp_path}/sandbox.db")
    try:
        assert len(rows(sandbox, Transfer)) == await transfers_of_a_whole_one(tmp_path)
        assert wrong(sandbox) == []
    finally:
        sandbox.close()


async def transfers_of_a_whole_one(folder: Path) -> int:
    """How many transfers there are in a world that was seeded in one go."""
    shutil.copy(template_file(), folder / "whole.db")
    async with a_day(f"sqlite:///{folder}/whole.db") as sandbox:
        return len(rows(sandbox, Transfer))


@pytest.mark.postgresql
async def test_workers_that_start_together_make_one_world(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # one process serves a file
    sandboxes = await asyncio.gather(*(open_day(database_url) for _ in range(3)))
    try:
        assert len(rows(sandboxes[0], Deposit, account="")) == 2 * len(CAPITAL)
        assert len(rows(sandboxes[0], Deposit, account="acct_nora_patel")) == 1
        assert wrong(sandboxes[0]) == []
    finally:
        for each in sandboxes:
            each.close()
