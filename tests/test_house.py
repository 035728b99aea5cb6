"""The house keeps its rules, and each rule can tell when it does not. The rules are in `house.py`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from tests import house
from tests.house import Source

Rule = Callable[[Source], Iterator[str]]

RULES: list[Rule] = [
    house.file_is_named_for_what_it_is,
    house.public_things_have_docstrings,
    house.institutions_do_not_import_one_another,
    house.time_comes_from_the_clock,
    house.states_change_only_in_lifecycle,
    house.money_is_never_a_float,
    house.only_the_command_line_prints,
]


def test_there_is_a_house() -> None:
    assert house.sources("payments"), "no source files found: the rules below would say nothing"


# ── the house keeps its rules ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule(rule: Rule) -> None:
    agree([complaint for source in house.sources("payments") for complaint in rule(source)])


def test_functions_are_short() -> None:
    agree(house.functions_are_short(house.sources("payments")))


def test_files_are_short() -> None:
    agree(house.files_are_short(house.sources("payments")))


def test_tests_do_not_sleep() -> None:
    agree([complaint for source in house.sources("tests") for complaint in house.tests_do_not_sleep(source)])


def test_foreign_keys_stay_inside_walls() -> None:
    payments = importlib.import_module("payments")
    for module in pkgutil.walk_packages(payments.__path__, "payments."):
        if not module.name.startswith(("payments.migrations", "payments.__main__")):
            importlib.import_module(module.name)
    metadata: MetaData = importlib.import_module("payments.kit.records").metadata
    assert metadata.tables
    agree(house.foreign_keys_stay_inside_walls(metadata))


def agree(complaints: list[str] | Iterator[str]) -> None:
    """Fail with all complaints, one a line."""
    found = list(complaints)
    assert not found, "\n" + "\n".join(found)


# ── each rule can fail, and lets pass what is right ─────────────────────────────────────────────────

WRONG: list[tuple[Rule, str, str]] = [
    (house.file_is_named_for_what_it_is, "payments/issuer/utils.py", ""),
    (house.file_is_named_for_what_it_is, "payments/api/models.py", ""),
    (house.file_is_named_for_what_it_is, "payments/helpers/dates.py", ""),
    (house.public_things_have_docstrings, "payments/issuer/card.py", "import os"),
    (house.public_things_have_docstrings, "payments/issuer/card.py", '"""Cards."""\ndef issue(): pass'),
    (house.public_things_have_docstrings, "payments/issuer/card.py", '"""Cards."""\nclass Card: pass'),
    (
        house.public_things_have_docstrings,
        "payments/issuer/card.py",
        '"""Cards."""\nclass Card:\n    """A card."""\n    async def block(self): pass',
    ),
    (house.institutions_do_not_import_one_another, "payments/issuer/card.py", "import payments.acquirer"),
    (house.institutions_do_not_import_one_another, "payments/issuer/card.py", "from payments import bank"),
    (
        house.institutions_do_not_import_one_another,
        "payments/bank/reserve.py",
        "def late():\n    from payments.issuer.account import Account",
    ),
    (house.institutions_do_not_import_one_another, "payments/issuer/card.py", "from ..network import fees"),
    (house.institutions_do_not_import_one_another, "payments/issuer/card.py", "from .. import network"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "datetime.now(UTC)"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "datetime.datetime.utcnow()"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "date.today()"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "field(default_factory=datetime.now)"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "time.time_ns()"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "from time import time"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "Column(default=func.now())"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "time.monotonic()"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "from time import perf_counter_ns"),
    (house.tests_do_not_sleep, "tests/test_card.py", "await asyncio.sleep(0.1)"),
    (house.tests_do_not_sleep, "tests/test_card.py", "time.sleep(delay)"),
    (house.states_change_only_in_lifecycle, "payments/issuer/card.py", "work.change(card, status=BLOCKED)"),
    (house.states_change_only_in_lifecycle, "payments/issuer/card.py", "replace(card, status=BLOCKED)"),
    (house.states_change_only_in_lifecycle, "payments/issuer/card.py", "card._replace(status=BLOCKED)"),
    (
        house.states_change_only_in_lifecycle,
        "payments/issuer/card.py",
        "update(cards).values(status=BLOCKED)",
    ),
    (
        house.states_change_only_in_lifecycle,
        "payments/issuer/card.py",
        "cards.update().where(cards.c.id == id).values(status=BLOCKED)",
    ),
    (house.states_change_only_in_lifecycle, "payments/issuer/card.py", "card.status = BLOCKED"),
    (house.money_is_never_a_float, "payments/ledger/balance.py", "float(amount)"),
    (house.money_is_never_a_float, "payments/network/fees.py", "fee: float"),
    (house.money_is_never_a_float, "payments/acquirer/payout.py", "amount * 0.02"),
    (house.money_is_never_a_float, "payments/issuer/interest.py", "amount / 12"),
    (house.money_is_never_a_float, "payments/bank/reserve.py", "amount /= 2"),
    (house.only_the_command_line_prints, "payments/issuer/card.py", "print(card)"),
]

RIGHT: list[tuple[Rule, str, str]] = [
    (house.file_is_named_for_what_it_is, "payments/acquirer/payment.py", ""),
    (
        house.public_things_have_docstrings,
        "payments/issuer/card.py",
        '"""Cards."""\ndef _digits(): pass\nclass Card:\n    """A card."""\n    def __str__(self): return ""',
    ),
    (house.institutions_do_not_import_one_another, "payments/issuer/card.py", "from .account import Account"),
    (
        house.institutions_do_not_import_one_another,
        "payments/issuer/inbox.py",
        "from payments.switch import message",
    ),
    (house.institutions_do_not_import_one_another, "payments/verify.py", "from payments import issuer, bank"),
    (house.time_comes_from_the_clock, "payments/kit/clock.py", "datetime.now(UTC)"),
    (house.time_comes_from_the_clock, "payments/issuer/card.py", "clock.now(); datetime.fromtimestamp(at)"),
    (house.time_comes_from_the_clock, "payments/api/limits.py", "time.monotonic()"),
    (house.tests_do_not_sleep, "tests/test_card.py", "await asyncio.sleep(0)"),
    (
        house.states_change_only_in_lifecycle,
        "payments/kit/lifecycle.py",
        "work.change(row, status=move.target)",
    ),
    (house.states_change_only_in_lifecycle, "payments/issuer/card.py", "Card(id=id, status=ACTIVE)"),
    (house.states_change_only_in_lifecycle, "payments/issuer/card.py", "insert(cards).values(status=ACTIVE)"),
    (house.states_change_only_in_lifecycle, "payments/issuer/card.py", "work.change(card, limit=5)"),
    (house.money_is_never_a_float, "payments/network/fees.py", 'FEES = FOLDER / "fees.json"; amount // 2'),
    (house.money_is_never_a_float, "payments/api/limits.py", "seconds / 2"),
    (house.only_the_command_line_prints, "payments/cli.py", "print(url)"),
    (house.only_the_command_line_prints, "payments/shop/story.py", "print(line)"),
]


@pytest.mark.parametrize(("rule", "path", "text"), WRONG)
def test_rule_sees_what_is_wrong(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), RIGHT)
def test_rule_lets_pass_what_is_right(rule: Rule, path: str, text: str) -> None:
    agree(rule(Source(path, text)))


def test_every_rule_is_shown_to_fail() -> None:
    assert {rule for rule, _, _ in WRONG} >= set(RULES)


def function_of(lines: int, name: str = "pay") -> str:
    """A function whose body has so many lines, after a decorator, a long signature and a docstring."""
    head = f'@decorated\ndef {name}(\n    a,\n    b,\n):\n    """Pay.\n\n    In two lines.\n    """\n\n'
    return head + "    a += b\n" * lines


def test_functions_over_the_limit_are_seen() -> None:
    short = "".join(function_of(1, f"short_{n}") for n in range(3))
    agree(house.functions_are_short([Source("payments/a.py", short + function_of(50))]))
    found = list(house.functions_are_short([Source("payments/a.py", short + function_of(51))]))
    assert found == ["payments/a.py:35: pay has 51 lines (50 at most)"]


def test_a_high_median_is_seen() -> None:
    agree(house.functions_are_short([Source("payments/a.py", function_of(7))]))
    found = list(house.functions_are_short([Source("payments/a.py", function_of(8))]))
    assert found == ["the median function has 8 lines (below 8)"]


def test_blank_lines_and_nested_functions_are_counted_once_each() -> None:
    nested = dedent(
        '''
        def outer():
            """Say so."""
            first()

            def inner():
                second()

            return inner
        '''
    )
    source = Source("payments/a.py", nested)
    lengths = [
        house.body_length(node, nested.splitlines()) for node in source.nodes if isinstance(node, house.Function)
    ]
    assert lengths == [4, 1]


def test_files_over_the_limit_are_seen() -> None:
    small = [Source(f"payments/small_{n}.py", "a\n" * 149) for n in range(17)]
    large = [Source(f"payments/large_{n}.py", "a\n" * 400) for n in range(3)]
    agree(house.files_are_short([*small, *large]))
    assert "only 16 of 19" in next(house.files_are_short([*small[1:], *large]))
    long = Source("payments/long.py", "a\n" * 401)
    assert "401 lines" in next(house.files_are_short([*small, long]))
    agree(house.files_are_short([*small, Source("payments/facades/visa_direct/shapes.py", long.text)]))


def test_a_foreign_key_across_a_wall_is_seen() -> None:
    metadata = MetaData()
    Table("issuer_accounts", metadata, Column("id", Integer, primary_key=True))
    Table("issuer_cards", metadata, Column("account_id", ForeignKey("issuer_accounts.id")))
    agree(house.foreign_keys_stay_inside_walls(metadata))
    Table("network_items", metadata, Column("account_id", ForeignKey("issuer_accounts.id")))
    found = list(house.foreign_keys_stay_inside_walls(metadata))
    assert found == ["table network_items refers to issuer_accounts.id, across a wall"]
