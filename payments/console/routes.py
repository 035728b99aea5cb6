"""The page and its files: one HTML file for every address of the page, and what it loads."""

import gzip
import hashlib
import re
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from payments.console import lessons, snapshot, story, stream
from payments.console.lent import House, Lent
from payments.kit.errors import NotFound

_STATIC: Final = files("payments.console") / "static"
_PAGES: Final = (
    *("/", "/p/{id}", "/shop", "/books", "/books/{account}"),
    *("/lessons", "/lessons/{name}", "/log"),
)
_TYPES: Final = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_GUARDS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

_COMMENT: Final = re.compile(rb"/\*\*.*?\*/ ?", re.DOTALL)
"""A comment that says what something is and which types it has: there are no others that span lines."""

router: Final = APIRouter(include_in_schema=False)


async def page(house: House) -> HTMLResponse:
    """Send the page: which screen it shows is told by the address, and decided in the browser."""
    text = (_STATIC / "index.html").read_text("utf-8")
    return HTMLResponse(text.replace("{{key}}", house.key), headers=_GUARDS)


for address in _PAGES:
    router.add_api_route(address, page, methods=["GET"])


@router.get("/console/assets/{path:path}")
async def asset(path: str, request: Request) -> Response:
    """Send one of the page's files without comments, compressed for whoever reads that; 304 for whoever has it."""
    content = _file(path).read_bytes()
    if path.endswith(".js"):
        content = _without_comments(content)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_GUARDS, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = _compressed(content)
    kind = _TYPES.get(path.rsplit(".", 1)[-1])
    return Response(content, media_type=kind, headers=headers)


@lru_cache(maxsize=200)
def _without_comments(module: bytes) -> bytes:
    """Leave out what only people read: a seventh of what is sent. Every line stays where it is."""
    return _COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), module)


@lru_cache(maxsize=200)
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _file(path: str) -> Traversable:
    place = _STATIC
    for part in path.split("/"):
        names = {each.name: each for each in place.iterdir()} if place.is_dir() else {}
        if part not in names:
            raise NotFound("There is nothing at this address.")
        place = names[part]
    if not place.is_file():
        raise NotFound("There is nothing at this address.")
    return place


def add_routes(app: FastAPI, given: Lent) -> None:
    """Serve the page from ``app``, with what the house lends."""
    app.state.console = given
    app.router.routes.extend(_included())


@cache
def _included() -> list[BaseRoute]:
    """Return all routes, included once a process and not once an app: FastAPI takes its time over it."""
    together = APIRouter()
    for part in (router, stream.router, story.router, snapshot.router, lessons.router):
        together.include_router(part)
    return together.routes
