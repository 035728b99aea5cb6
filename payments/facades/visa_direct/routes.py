"""The routes of this door. An operation without a flow has none: its path is unknown until it can be carried out."""

from collections.abc import Iterator
from typing import Final

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from payments.facades.visa_direct import hello, push
from payments.facades.visa_direct.call import Endpoint, behind_the_door, refused_by_framework
from payments.facades.visa_direct.flows import FLOWS

_STATUS: Final = "/{status_identifier}"
_PREFIXES: Final = ("/vdp", "/visadirect")


def _routes() -> Iterator[tuple[str, str, Endpoint]]:
    """Every route that can be carried out: its method, its path, what answers it."""
    yield "GET", "/vdp/helloworld", hello.get
    for operation, module in {"push": push}.items():
        if operation in FLOWS:
            yield "POST", module.PATH, module.post
            yield "GET", f"{module.PATH}{_STATUS}", module.get


def add_routes(app: FastAPI) -> None:
    """Serve Visa's paths from ``app``, whose state has the world that is served just now."""
    routes = list(_routes())
    for prefix in _PREFIXES:
        theirs = [
            Route(path.removeprefix(prefix), behind_the_door(endpoint), methods=[method])
            for method, path, endpoint in routes
            if path.startswith(f"{prefix}/")
        ]
        inner = Starlette(routes=theirs, exception_handlers={HTTPException: refused_by_framework})
        inner.state.house = app.state
        app.mount(prefix, inner)


def paths() -> list[tuple[str, str]]:
    """Return the method and path of every route there is, for whoever documents them."""
    return [(method, path) for method, path, _ in _routes()]
