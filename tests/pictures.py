"""The pictures in docs/flows: real stories, drawn by the page itself, written by `python -m tests.pictures`.

Each scene of the transcripts is played on a real server, and its story is exported as the theatre's Export does, in
Chromium. `tests/page/test_pictures.py` checks that what stands in docs/flows/pictures is what the page draws today.
"""

import io
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from payments.api.keys import DEMO_KEY
from payments.shop.client import Client
from payments.shop.story import Story
from payments.shop.telling import Teller
from tests.crash.server import Server
from tests.page.browsing import launch
from tests.transcripts import FLOWS, SCENES

PICTURES: Final = FLOWS / "pictures"
OF_THE_SALE: Final = ("authorization", "refund", "clearing", "settlement", "payout")
"""The scenes that go on with the sale of the first; the refund is drawn as it was cleared, not only as it was asked."""

_DRAW: Final = """async stories => {
  const [{ tell }, { svg }, { titleOf }] = await Promise.all(
    ["story.js", "export.js", "telling/titles.js"].map(each => import(`/console/assets/${each}`)));
  return Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, svg(tell(story), titleOf(story))]));
}"""


def stories(base_url: str) -> dict[str, Any]:
    """Play every scene, and return the story of each as it stood then."""
    found: dict[str, Any] = {}
    with Client(base_url, DEMO_KEY, name="pictures") as client:
        story = Story(client, io.StringIO())
        for name, scene in SCENES.items():
            story.tell = Teller(client, io.StringIO())
            scene(story)
            newest = client.get("/console/stories?limit=1")["data"][0]["id"]
            found[name] = client.get(f"/console/stories/{story.sale if name in OF_THE_SALE else newest}")
    found["refund"] = found["clearing"]
    return found


def draw(page: Page, base_url: str) -> dict[str, str]:
    """Return the picture of every scene, drawn in ``page``."""
    page.goto(f"{base_url}/log")
    drawn: dict[str, str] = page.evaluate(_DRAW, stories(base_url))
    return drawn


def main() -> None:
    """Play the scenes and write their pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(f"sqlite:///{folder}/sandbox.db") as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        drawn = draw(browser.new_page(), server.base_url)
        browser.close()
    PICTURES.mkdir(exist_ok=True)
    for path in PICTURES.glob("*.svg"):
        path.unlink()
    for name, picture in drawn.items():
        Path(PICTURES / f"{name}.svg").write_text(picture)


if __name__ == "__main__":
    os.environ.setdefault("PAYMENTS_VAULT_KEY", "7c" * 32)
    main()
