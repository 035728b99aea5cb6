"""The page and its files: what is sent, what is not, and what a browser is told about it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from tests.api.calling import Api

PAGES = (
    "/",
    "/p/pay_1",
    "/shop",
    "/books",
    "/books/harbor.scheme_fees.USD",
    "/lessons",
    "/lessons/pull-and-push",
    "/log",
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_address_is_the_same_page(api: Api, path: str) -> None:
    response = await api.http.get(path, headers={"Authorization": ""})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert '<meta name="demo-key" content="sk_demo_opennet">' in response.text
    assert "{{" not in response.text


async def test_the_policy_lets_in_nothing_but_its_own(api: Api) -> None:
    for path in ("/", "/console/assets/app.js", "/console/assets/style.css"):
        headers = (await api.http.get(path)).headers
        policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "connect-src": "'self'",
            "img-src": "'self' data:",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        }
        assert headers["x-content-type-options"] == "nosniff"


async def test_a_file_is_sent_once_and_then_asked_about(api: Api) -> None:
    first = await api.http.get("/console/assets/app.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cache-control"] == "no-cache"
    again = await api.http.get("/console/assets/app.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["nothing.js", "../routes.py", "screens", "", "screens/../../story.py", "%2e%2e/routes.py", "a/b/c"]
)
async def test_nothing_else_is_sent(api: Api, path: str) -> None:
    response = await api.http.get(f"/console/assets/{path}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_it_is_no_part_of_the_api(api: Api) -> None:
    described = (await api.http.get("/openapi.json")).json()["paths"]
    assert not [path for path in described if not path.startswith("/v1")]
    assert (await api.http.get("/docs")).status_code == 200


async def test_all_of_it_weighs_less_than_150_kilobytes(api: Api) -> None:
    weight = 0
    screens = [each for each in assets(files("payments.console") / "static", "") if not each.startswith("lessons/")]
    for path in screens:  # what a lesson tells is read when it is taken
        async with api.http.stream("GET", f"/console/assets/{path}", headers={"Accept-Encoding": "gzip"}) as response:
            assert response.headers["content-encoding"] == "gzip"
            weight += len(b"".join([each async for each in response.aiter_raw()]))
    assert 30_000 < weight < 150_000


def assets(folder: Traversable, path: str) -> Iterator[str]:
    """The paths of the page's files."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from assets(each, f"{path}{each.name}/")
        elif each.name != "index.html":
            yield f"{path}{each.name}"


async def test_a_module_is_sent_without_comments_and_line_for_line(api: Api) -> None:
    kept = (files("payments.console") / "static" / "story.js").read_text("utf-8")
    sent = (await api.http.get("/console/assets/story.js")).text
    assert "/**" in kept
    assert "/**" not in sent
    assert len(sent.splitlines()) == len(kept.splitlines())
    assert [line for line in sent.splitlines() if line.startswith(("import ", "export "))] == [
        line for line in kept.splitlines() if line.startswith(("import ", "export "))
    ]
