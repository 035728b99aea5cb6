"""Pictures of the page for README and docs: `python -m tests.screenshots` writes docs/pictures/*.png anew.

They are of a real sandbox whose clock stands, so that only what was changed looks different. They are kept small: few
colours, and no more of them than are shown somewhere.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.page.browsing import DESKTOP_DARK, DESKTOP_LIGHT, Form, Witness, launch, looking
from tests.page.sandbox import Sandbox

PICTURES: Final = Path(__file__).parent.parent / "docs" / "pictures"
COLOURS: Final = 128

Ids = dict[str, str]
"""What was made for the pictures, by its name here."""


@dataclass(frozen=True)
class Picture:
    """A picture: what one looks at with, and what one does until it is there."""

    form: Form
    open: Callable[[Page, Ids], None]
    scale: float = 1


def theatre(story: str, n: int) -> Callable[[Page, Ids], None]:
    """A story of the theatre, at a step."""

    def open_it(page: Page, ids: Ids) -> None:
        page.goto(f"/p/{ids[story]}?n={n}")
        expect(page.locator(f'.theatre[data-n="{n}"]')).to_be_visible()

    return open_it


def shop(page: Page, _: Ids) -> None:
    """The shop, after a sale, a decline and a push made there."""
    page.goto("/shop")
    checkout = page.get_by_role("region", name="checkout")
    checkout.get_by_role("button", name="Tap Nora’s card").click()
    expect(page.get_by_role("group", name="Card terminal")).to_contain_text("Approved")
    desk = page.get_by_role("region", name="Disbursement desk")
    desk.get_by_role("button", name="Push $250.00 to Nora").click()
    expect(desk.get_by_role("link", name="Watch it in the theatre")).to_be_visible()
    expect(page.get_by_role("list", name="On Nora’s phone")).to_contain_text("$58.41 on hold")
    page.evaluate("() => scrollTo(0, 0)")


def books(page: Page, _: Ids) -> None:
    """The books of a day."""
    page.goto("/books")
    expect(page.get_by_text("Every book balances, 0.00 out")).to_be_visible()


def lesson(page: Page, _: Ids) -> None:
    """The first question of a lesson."""
    page.goto("/lessons/a-hold-is-not-a-debit")
    page.get_by_role("button", name="Make these calls").click()
    expect(page.locator(".theatre")).to_be_visible()
    while not page.locator(".quiz .opt").count():
        n = page.locator(".theatre").get_attribute("data-n") or "0"
        page.keyboard.press("ArrowRight")
        expect(page.locator(f'.theatre[data-n="{n}"]')).to_have_count(0)


SHOWN: Final = {
    "theatre-pull": Picture(DESKTOP_LIGHT, theatre("sale", 5)),
    "theatre-push": Picture(DESKTOP_DARK, theatre("push", 6)),
    "shop": Picture(DESKTOP_LIGHT, shop),
    "lesson": Picture(DESKTOP_LIGHT, lesson),
    "books": Picture(DESKTOP_LIGHT, books),
}


def play(sandbox: Sandbox) -> Ids:
    """Make what the pictures show: a sale with its whole life, a push, and a day's business for the books."""
    sale = sandbox.sell(card={"id": "card_nora_patel", "entry_mode": "contactless"})
    sandbox.settle_the_day()
    for amount in (1890, 4200, 1350, 6420):
        sandbox.push(amount=amount, statement_text="relief")
        sandbox.sell(amount=amount // 2, card={"id": "card_omar_diallo"})
        sandbox.sell(amount=amount // 3, merchant="mch_larkspur_cafe")
    push = sandbox.push(amount=25000, statement_text="relief")
    return {"sale": sale["id"], "push": push["id"]}


def optimised(shot: bytes) -> bytes:
    """The same picture with fewer colours: a third of its size, and nobody sees it."""
    with Image.open(io.BytesIO(shot)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        out = io.BytesIO()
        few.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(f"sqlite:///{folder}/sandbox.db") as sandbox,
        sync_playwright() as playwright,
    ):
        ids, browser = play(sandbox), launch(playwright)
        for name, picture in SHOWN.items():
            witness = Witness(sandbox.url)
            with looking(browser, sandbox.url, picture.form, witness, picture.scale) as page:
                picture.open(page, ids)
                shot = optimised(page.screenshot(animations="disabled", caret="hide"))
            assert not witness.complaints(), witness.complaints()
            (PICTURES / f"{name}.png").write_bytes(shot)
            print(f"docs/pictures/{name}.png  {len(shot) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
