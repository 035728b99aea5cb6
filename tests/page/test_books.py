"""Books: the browser's sums are the server's, at every event; and what one sees and does on the screen of the books."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.varied_day import live
from tests.day import a_day
from tests.page.browsing import DESKTOP_LIGHT, Witness, assert_accessible, assert_fits, in_every_form, looking
from tests.page.conftest import OpenPage
from tests.page.sandbox import Json, Sandbox

BOOKS: Final = ("coastline", "first_prairie", "harbor", "opennet", "reserve_bank", "summit")
NORAS: Final = "first_prairie.cardholder.USD.acct_nora_patel"

# ── the same sums ───────────────────────────────────────────────────────────────────────────────────

EVERY_EVENT: Final = """async (books) => {
    const { call, read } = await import("/console/assets/api.js");
    const { apply, state, trialBalance } = await import("/console/assets/ledger.js");
    const counters = ({ debits, credits, held_debits, held_credits }) =>
        ({ debits, credits, held_debits, held_credits });
    const balancesOf = (found) => Object.fromEntries(found.accounts.map((each) => [each.id, counters(each)]));
    const events = [];
    for (let next = 0; next !== null;) {
        const { body } = await call("GET", `/v1/events?after=${next}&limit=500`);
        events.push(...body.data);
        next = body.next;
    }
    const balances = balancesOf(await read("/console/snapshot?event=0"));
    const nets = (book) => {
        const rows = trialBalance(balances, book).rows;
        return Object.fromEntries(rows.map(({ account, debit, credit }) => [account, debit - credit]));
    };
    const found = [];
    for (const event of events) {
        apply(balances, event);
        const all = event.position % 100 === 0 || event === events.at(-1);
        const shown = all ? books : books.filter((each) => each === event.institution);
        found.push([event.position, Object.fromEntries(shown.map((each) => [each, nets(each)]))]);
    }
    const touched = ([, each]) => Object.values(each).some(Boolean);
    const text = (all) => JSON.stringify(Object.entries(all).filter(touched).sort());
    const late = [];
    for (let base = 0; base < events.length; base += 97) {
        const begun = balancesOf(await read(`/console/snapshot?event=${base}`));
        late.push(text(state(begun, events.slice(base))) === text(balances));
    }
    return { found, late, now: text(balancesOf(await read("/console/snapshot"))) === text(balances) };
}"""


@pytest.fixture
def varied(database_url: str) -> Iterator[Sandbox]:
    """A sandbox, on either database, in which a varied day has been lived through."""
    with ThreadPoolExecutor(1) as aside:  # Playwright's loop runs in this thread
        aside.submit(asyncio.run, live_through(database_url)).result()
    with Sandbox(database_url) as sandbox:
        yield sandbox


async def live_through(database_url: str) -> None:
    async with a_day(database_url) as sandbox:
        await live(sandbox)


def test_the_browsers_trial_balance_is_the_servers_at_every_event(browser: Browser, varied: Sandbox) -> None:
    witness = Witness(varied.url)
    with looking(browser, varied.url, DESKTOP_LIGHT, witness) as page:
        page.goto("/books")
        computed = page.evaluate(EVERY_EVENT, list(BOOKS))
    seeded = next(each["position"] for each in varied.events() if each["type"] == "payment.pending")
    compared = 0
    for position, books in computed["found"]:
        for book, nets in books.items() if position >= seeded else ():
            rows = varied.trial_balance(book, position)["rows"]
            theirs = {row["account"]: row["debit"] - row["credit"] for row in rows}
            assert nonzero(nets) == nonzero(theirs), f"{book} at event {position}"
            compared += 1
    assert compared > 400
    assert all(computed["late"]), "from wherever one begins"
    assert computed["now"], "held amounts, too"
    assert not witness.complaints()


def nonzero(nets: dict[str, int]) -> dict[str, int]:
    return {account: net for account, net in nets.items() if net}


# ── the screen ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def _money_enough(sandbox: Sandbox) -> None:
    sandbox.post("/accounts/acct_nora_patel/deposits", {"amount": 200_00})


def open_books(page: Page, address: str = "/books") -> None:
    page.goto(address)
    expect(page.locator(".thebooks")).to_be_visible()


def caught_up(page: Page, sandbox: Sandbox) -> None:
    """Wait until the screen shows the newest event."""
    expect(page.locator(f'.thebooks[data-n="{sandbox.last_position()}"]')).to_be_visible()


def region(page: Page, name: str) -> Any:
    return page.get_by_role("region", name=name, exact=True)


@in_every_form
def test_it_is_for_everybody(page: Page, sandbox: Sandbox) -> None:
    sandbox.push()
    sandbox.sell()
    open_books(page)
    caught_up(page, sandbox)
    assert_fits(page)
    assert_accessible(page)
    page.get_by_text("The calls behind these buttons").click()
    region(page, "First Prairie Bank balance sheet").get_by_text("Deposits").click()
    assert_fits(page)
    assert_accessible(page)


def test_every_book_balances_and_says_so(page: Page, sandbox: Sandbox) -> None:
    open_books(page)
    sandbox.push()
    caught_up(page, sandbox)
    expect(page.get_by_text("Every book balances, 0.00 out")).to_be_visible()
    for name in ("First Prairie Bank", "Harbor Acquiring", "OpenNet", "Alder Reserve Bank"):
        sheet = region(page, f"{name} balance sheet")
        totals = [sheet.get_by_role("heading", name=side).locator("b").inner_text() for side in ("Owns", "Owes")]
        assert totals[0] == totals[1] != "0.00"
    page.get_by_role("button", name="Does the server agree?").click()
    expect(page.get_by_text(re.compile(r"The same \d+ accounts at event"))).to_be_visible()


@pytest.mark.usefixtures("_money_enough")
def test_a_push_moves_positions_at_once_and_a_hold_does_not(page: Page, sandbox: Sandbox) -> None:
    open_books(page)
    caught_up(page, sandbox)
    position = page.locator("table.np tr", has_text="First Prairie Bank").locator("td.n")
    before = cents(position.inner_text())
    sandbox.sell(capture=False, amount=1234)
    caught_up(page, sandbox)
    assert cents(position.inner_text()) == before
    expect(region(page, "First Prairie Bank balance sheet").locator("summary .promised")).to_be_visible()
    sandbox.push(amount=2500)
    caught_up(page, sandbox)
    after = cents(position.inner_text())
    assert after > before + 2500, "with interchange, which the originator's side pays"
    expect(page.locator("tfoot td.n")).to_have_text("0.00")
    funnel = page.get_by_role("region", name="Gross to net")
    expect(funnel).to_contain_text("left between each two of them")


def cents(text: str) -> int:
    return int(text.replace("−", "-").replace("+", "").replace(",", "").replace(".", ""))


def test_the_window_is_closed_and_settled_by_the_call_that_is_shown(page: Page, sandbox: Sandbox) -> None:
    sandbox.push()
    open_books(page)
    caught_up(page, sandbox)
    window = sandbox.get("/settlement_windows", limit=1)["data"][0]
    assert window["status"] == "open"
    page.get_by_role("button", name=re.compile("Advance to .*23:45")).click()
    told = page.locator(".told")
    expect(told).to_contain_text("POST /v1/sandbox/clock/wind")
    expect(told).to_contain_text(window["closes_at"][:16])
    expect(told).to_contain_text("The settlement window closes")
    expect(page.get_by_text("This window is closed")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Settle")).click()
    expect(told).to_contain_text("The window is settled")
    expect(page.get_by_text("This window is settled")).to_be_visible()
    assert sandbox.get(f"/settlement_windows/{window['id']}")["status"] == "settled"
    expect(page.get_by_role("region", name="Gross to net")).to_contain_text("moved on")
    due = region(page, "First Prairie Bank balance sheet").get_by_role("listitem").filter(has_text="Due from OpenNet")
    expect(due).to_contain_text("0.00")
    page.get_by_role("button", name="Go to the open window").click()
    expect(page.get_by_text("This window is open")).to_be_visible()
    expect(page.get_by_text("Every book balances, 0.00 out")).to_be_visible()


def test_each_currency_has_books_of_its_own(page: Page, sandbox: Sandbox) -> None:
    sandbox.sell(merchant="mch_kitsune_paper", currency="JPY", amount=2500, card={"id": "card_kenji_mori"})
    sandbox.wind(86_400)
    open_books(page)
    page.get_by_role("button", name="JPY").click()
    expect(page.get_by_text("Every book balances, 0 out")).to_be_visible()
    expect(region(page, "Harbor Acquiring balance sheet").get_by_text("Settlement cash")).to_be_visible()


def test_one_looks_back_and_may_not_act_there(page: Page, sandbox: Sandbox) -> None:
    sandbox.push()
    n = sandbox.last_position()
    noras = sandbox.get(f"/ledger/accounts/{NORAS}/balance")["ledger"]
    sandbox.push()
    open_books(page, f"/books?n={n}")
    expect(page.locator(f'.thebooks[data-n="{n}"][data-past="true"]')).to_be_visible()
    expect(page.get_by_role("button", name="Close window and settle")).to_have_count(0)
    deposits = region(page, "First Prairie Bank balance sheet")
    deposits.get_by_text("Deposits").click()
    expect(deposits.get_by_role("link", name="Nora Patel")).to_contain_text(f"{noras / 100:,.2f}")
    page.get_by_role("slider", name="Look back").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f'.thebooks[data-n="{n + 1}"]')).to_be_visible()
    page.wait_for_url(f"**/books?n={n + 1}")
    page.get_by_role("button", name="Back to now").click()
    caught_up(page, sandbox)
    expect(page.get_by_role("button", name="Close window and settle")).to_be_visible()


# ── one account ─────────────────────────────────────────────────────────────────────────────────────


@in_every_form
def test_an_account_is_for_everybody(page: Page, sandbox: Sandbox) -> None:
    sandbox.sell()
    page.goto(f"/books/{NORAS}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nora Patel")
    expect(page.locator(".account.ready table")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)


def test_a_statement_goes_on_by_itself_and_back_to_the_beginning(page: Page, sandbox: Sandbox) -> None:
    for _ in range(60):
        sandbox.post("/accounts/acct_nora_patel/deposits", {"amount": 100})
    page.goto(f"/books/{NORAS}")
    rows = page.locator("table.st tbody tr")
    expect(rows).to_have_count(50)
    expect(page.get_by_text("First Prairie owes this to Nora Patel.")).to_be_visible()
    page.get_by_role("button", name="Earlier lines").click()
    expect(page.get_by_text("That is everything")).to_be_visible()
    statement = everything(sandbox, f"/ledger/accounts/{NORAS}/statement")
    expect(rows).to_have_count(len(statement))
    shown = [cents(each) for each in page.locator("table.st tbody td.b").all_inner_texts()]
    assert shown == [line["balance"] for line in statement]
    sandbox.post("/accounts/acct_nora_patel/deposits", {"amount": 4200})
    expect(rows).to_have_count(len(statement) + 1)
    expect(rows.first).to_contain_text("42.00")
    expect(page.locator(".figures")).to_contain_text(f"{(statement[0]['balance'] + 4200) / 100:,.2f}")


def everything(sandbox: Sandbox, path: str) -> list[Json]:
    """All pages of a list."""
    found, after = [], None
    while True:
        page = sandbox.get(path, limit=100, **({"after": after} if after else {}))
        found += page["data"]
        after = page["next"]
        if after is None:
            return found


def test_there_is_no_such_account(page: Page, witness: Witness) -> None:
    witness.allow("404")
    page.goto("/books/nowhere.cash.USD")
    expect(page.get_by_text("There is no such account")).to_be_visible()


# ── late, and long ──────────────────────────────────────────────────────────────────────────────────

STREAM: Final = """() => {
    const pair = ["opennet.due_from_member.USD.first_prairie", "opennet.due_to_member.USD.harbor"];
    const entry = { entry: "", event: "clear_sale", transfers: [["transfer", ...pair, 1, "USD", "sale"]] };
    const message = { mti: "0100", type: "presentment", sender: "harbor", receiver: "opennet" };
    const event = (first, clock, n) => ({
        position: first + n, type: n % 3 ? "message.sent" : "money.posted", data: n % 3 ? message : entry,
        institution: "opennet", subject: `ent_${n}`, reference: `r${n >> 4}`, at: new Date(clock + n).toISOString(),
    });
    window.EventSource = class {
        constructor() {
            this.heard = {};
            setTimeout(() => void this.tell());
        }
        addEventListener(type, listener) { this.heard[type] = listener }
        close() {}
        async tell() {
            const now = await (await fetch("/console/snapshot")).json();
            const members = now.books.map(({ id, name, role }, n) => ({ id, name, role, code: String(n) }));
            this.heard.run({ data: JSON.stringify({ run: "made up", last: now.event, members }) });
            while (!document.querySelector("[data-n], .log")) await new Promise((resume) => setTimeout(resume, 10));
            for (let n = 1; n <= 300_000; n += 1) {
                this.heard.happened({ data: JSON.stringify(event(now.event, Date.parse(now.at), n)) });
                if (n % 3000 === 0) await new Promise((resume) => setTimeout(resume));
            }
            window.told = now.event + 300_000;
        }
    };
}"""

KEPT: Final = """async () => {
    const { feed } = await import("/console/assets/feed.js");
    const { day } = await import("/console/assets/day.js");
    const due = day.now.balances["opennet.due_from_member.USD.first_prairie"];
    const cleared = Object.values(day.now.windows).flatMap((each) => Object.values(each.cleared));
    return {
        feed: feed.events.length, day: day.events.length, nodes: document.querySelectorAll("*").length,
        ready: day.ready, last: day.now.event, told: window.told, owes: due && due.debits - due.credits,
        points: cleared.map((each) => each.points.length),
    };
}"""


@pytest.mark.parametrize("address", ["/books", "/log"])
def test_memory_stays_bounded_however_much_happens(open_page: OpenPage, address: str) -> None:
    """300,000 events come by: what is kept of them, and shown, is no more than of a few thousand."""
    page = open_page(DESKTOP_LIGHT)
    page.add_init_script(f"({STREAM})()")
    page.goto(address)
    page.wait_for_function("() => window.told", timeout=120_000)
    page.wait_for_function(
        "async () => (await import('/console/assets/feed.js')).feed.last === window.told", timeout=60_000
    )
    kept = page.evaluate(KEPT)
    assert kept["feed"] <= 5_500
    assert kept["day"] <= 4_500
    assert kept["nodes"] < 5_000
    if address == "/books":
        assert kept["ready"]
        assert kept["last"] == kept["told"]
        assert kept["owes"] >= 100_000
        assert max(kept["points"]) <= 480


def test_positions_stand_on_an_axis_of_time_once_the_clock_has_moved(page: Page, sandbox: Sandbox) -> None:
    sandbox.wind(86_400)  # into a window that nothing was cleared in
    sandbox.push()
    open_books(page)
    page.get_by_label("Window of").select_option(index=0)
    plot = region(page, "Position through the day")
    expect(plot).to_contain_text("In the order of clearing: the clock has hardly moved meanwhile.")
    for _ in range(3):
        sandbox.wind(1800)
        sandbox.push()
    caught_up(page, sandbox)
    expect(plot).to_contain_text("By the sandbox’s clock, to the end of the window.")
    expect(plot).to_contain_text("cut-off 23:30")
    expect(plot.locator("path")).to_have_count(4)
