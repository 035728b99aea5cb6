"""The page's pure modules, in the browser they run in: what they make of events, whatever comes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.page.sandbox import Sandbox

Json = dict[str, Any]


@pytest.fixture
def asked(page: Page, sandbox: Sandbox) -> Any:
    """Evaluates an expression of the modules: `story`, `taccounts`, `rail`, `words`, `money`, `template`, `morph` …"""
    page.goto("/log")

    def ask(expression: str, **given: Any) -> Any:
        names = ("story", "taccounts", "rail", "words", "money", "template", "morph", "ledger")
        load = "".join(f"const {name} = await import('/console/assets/{name}.js');" for name in names)
        load += "const exported = await import('/console/assets/export.js');"
        return page.evaluate(f"async ({{{', '.join(given)}}}) => {{ {load} return {expression} }}", given)

    return ask


def story_of(sandbox: Sandbox, id: str) -> Json:
    told: Json = sandbox.get(f"/console/stories/{id}")
    return told


def test_the_books_after_the_last_step_are_the_servers(asked: Any, sandbox: Sandbox) -> None:
    sale = sandbox.sell()
    sandbox.refund(sale, amount=841)
    sandbox.sell(amount=700)
    sandbox.settle_the_day()
    told = story_of(sandbox, sale["id"])
    books = asked("taccounts.books(story.tell(told), 99)", told=told)
    (deposit,) = (each for each in books if each["code"] == "cardholder")
    balance = sandbox.get("/accounts/acct_nora_patel/balance")
    assert (deposit["balance"], deposit["heldBefore"] + deposit["held"]) == (balance["ledger"], balance["held"])
    cleared = {each["code"]: each["balance"] for each in books if each["book"] == "harbor"}
    assert cleared["due_from_network"] == cleared["due_to_network"] == cleared["merchant_pending"] == 0
    assert cleared["merchant_available"] == 0


def test_debits_are_credits_after_every_step(asked: Any, sandbox: Sandbox) -> None:
    for id in (sandbox.sell()["id"], sandbox.push()["id"], sandbox.transfer()["id"], sandbox.push_unknown()["id"]):
        for balances in asked("story.tell(told).balances", told=story_of(sandbox, id)):
            assert sum(each["debits"] - each["credits"] for each in balances.values()) == 0
            assert sum(each["held_debits"] - each["held_credits"] for each in balances.values()) == 0


def test_what_is_only_this_storys_is_counted_as_the_log_counts_it(asked: Any, sandbox: Sandbox) -> None:
    told = story_of(sandbox, sandbox.sell()["id"])
    both = "[story.tell(told).balances.at(-1), ledger.state({}, told.events)]"
    of_the_steps, of_the_events = asked(both, told=told)
    assert of_the_steps == of_the_events


def test_the_first_steps_need_nothing_that_comes_after(asked: Any, sandbox: Sandbox) -> None:
    sale = sandbox.sell()
    sandbox.settle_the_day()
    told = story_of(sandbox, sale["id"])
    early = told | {"events": told["events"][:14]}
    labels = "story.tell(told).steps.map(each => [each.code, each.label, each.key])"
    assert asked(labels, told=told)[:7] == asked(labels, told=early)[:7]


def test_what_is_not_known_breaks_nothing(asked: Any, sandbox: Sandbox) -> None:
    told = story_of(sandbox, sandbox.sell()["id"])
    steps = asked("story.tell(told).steps.length", told=told)
    at, reference = told["events"][-1]["at"], told["references"][0]
    base = {"reference": reference, "at": at, "own": True, "subject": "x"}
    stand_in = {"type": "stand_in_request", "mti": "0100", "sender": "opennet", "receiver": "stand_in"}
    told["events"] += [
        base | {"position": 9001, "type": "dispute.opened", "institution": "first_prairie", "data": {"amount": 5}},
        base | {"position": 9002, "type": "message.sent", "institution": "opennet", "data": stand_in},
        base
        | {
            "position": 9003,
            "type": "money.frozen",
            "institution": "harbor",
            "data": {
                "entry": "e",
                "event": "chargeback",
                "transfers": [["freeze", "harbor.a.USD", "harbor.b.USD", 5, "USD", "p"]],
            },
        },
    ]
    more = asked("story.tell(told)", told=told)
    assert len(more["steps"]) > steps
    assert more["lanes"][-1]["id"] == "stand_in"
    assert asked("[0, 5, 99].map(n => rail.rail(story.tell(told), n).coin)", told=told) == ["first_prairie"] * 3
    assert asked("exported.svg(story.tell(told), 'x').length > 1000", told=told)


def test_shares_of_a_settlement_are_this_storys_part(asked: Any, sandbox: Sandbox) -> None:
    first, second = sandbox.sell(), sandbox.sell(amount=1000)
    sandbox.settle_the_day()
    told = story_of(sandbox, second["id"])
    steps = asked("story.tell(told).steps.map(each => [each.type, each.label])", told=told)
    labels = [label for type, label in steps if type == "money.settle"]
    assert labels == ["$9.78 of the net", "$9.75 of the net"]
    (payout,) = (label for type, label in steps if type == "money.payout")
    assert payout.startswith("$9.")
    assert " of $" in payout
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (5841, "USD", "$58.41"),
        (-5, "USD", "−$0.05"),
        (1234567, "EUR", "€12,345.67"),
        (500, "JPY", "¥500"),
        (1234, "BHD", "1.234 BHD"),
        (0, "USD", "$0.00"),
    ],
)
def test_money_is_shown_without_ever_being_a_fraction(asked: Any, minor: int, currency: str, shown: str) -> None:
    assert asked("money.money(minor, currency)", minor=minor, currency=currency) == shown


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("58.41", "USD", 5841),
        ("$1,000", "USD", 100000),
        ("7.5", "USD", 750),
        ("7.555", "USD", None),
        ("abc", "USD", None),
        ("12", "JPY", 12),
        ("1.2", "JPY", None),
    ],
)
def test_what_is_typed_becomes_minor_units(asked: Any, typed: str, currency: str, minor: int | None) -> None:
    assert asked("money.minorUnits(typed, currency)", typed=typed, currency=currency) == minor


def test_templates_escape_and_keep_what_stays(asked: Any) -> None:
    assert asked("template.html`<a title=\"${'\"<'}\">${'<b>'}${[1, null, false]}${template.html`<i>`}</a>`.text") == (
        '<a title="&quot;&lt;">&lt;b&gt;1<i></a>'
    )
    assert asked(
        """(() => {
          const root = document.createElement("div");
          document.body.append(root);
          const draw = (...keys) => morph.render(root, template.html`<ul>${keys.map((key) =>
            template.html`<li data-key="${key}" css="--k:${key.length}"><input aria-label="x"></li>`)}</ul>`);
          draw("a", "b");
          const [first, second] = root.querySelectorAll("li");
          second.firstChild.focus();
          draw("new", "b", "a");
          const now = [...root.querySelectorAll("li")];
          const kept = now[1] === second && now[2] === first && document.activeElement === second.firstChild;
          return [kept, now.map((each) => each.style.getPropertyValue("--k"))];
        })()"""
    ) == [True, ["3", "1", "1"]]


def test_a_part_is_left_alone_while_it_is_the_same(asked: Any) -> None:
    assert asked(
        """(() => {
          const root = document.createElement("div");
          const { html, part } = template;
          const item = (key, text) => part(html`<li data-key="${key}" css="--k:1"><b>${text}</b></li>`);
          const draw = (list) => morph.render(root, html`<ul>${list.map(([key, text]) => item(key, text))}</ul>`);
          draw([["a", "x"], ["b", "y"]]);
          const [a, b] = root.querySelectorAll("li");
          b.append("left alone");
          draw([["c", "new"], ["b", "y"], ["a", "<i>"]]);
          const now = [...root.querySelectorAll("li")];
          const kept = [now[1] === b, now[2] === a, b.textContent, a.textContent, now[0].style.getPropertyValue("--k")];
          draw([["c", "<u>"], ["b", "z"]]);
          draw([["c", "new"], ["b", "y"], ["a", "<i>"]]);
          return [...kept, [...root.querySelectorAll("li")].map((each) => each.textContent)];
        })()"""
    ) == [True, True, "yleft alone", "<i>", "1", ["new", "y", "<i>"]]


def test_markup_that_is_put_in_as_text_stays_text(asked: Any) -> None:
    evil = "<img src=x onerror=alert(1)>\" data-part data-key='x'"
    assert asked(
        """(() => {
              const root = document.createElement("div");
              const { html, part } = template;
              morph.render(root, html`<p title="${evil}">${evil}</p>${part(html`<b data-key="${evil}">${evil}</b>`)}`);
              return [root.querySelectorAll("img").length, root.textContent, root.firstChild.title,
                root.lastChild.dataset.key];
            })()""",
        evil=evil,
    ) == [0, evil + evil, evil, evil]
