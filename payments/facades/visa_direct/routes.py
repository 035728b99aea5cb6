"""The routes of this door. An operation without a flow has none: its path is unknown until it can be carried out."""

from collections.abc import Iterator
from typing import Final

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from payments.facades.visa_direct import hello, push, query
from payments.facades.visa_direct.call import Endpoint, behind_the_door, refused_by_framework
from payments.facades.visa_direct.flows import FLOWS
from payments.facades.visa_direct.multi import Form
from payments.facades.visa_direct.order import pushing

_STATUS: Final = "/{status_identifier}"
_PREFIXES: Final = ("/vdp", "/visadirect")


_SINGLE: Final = {"push": (push.PATH, push.post, push.get)}

_MULTI: Final = (Form("push", "/visadirect/fundstransfer/v1/multipushfundstransactions", pushing, "octResponseDetail"),)


def _routes() -> Iterator[tuple[str, str, Endpoint]]:
    """Every route that can be carried out: its method, its path, what answers it."""
    yield "GET", "/vdp/helloworld", hello.get
    yield "GET", query.QUERY, query.query
    yield "GET", query.REPORT, query.report
    for operation, (path, post, get) in _SINGLE.items():
        if operation in FLOWS:
            yield "POST", path, post
            yield "GET", f"{path}{_STATUS}", get
    for form in _MULTI:
        if form.operation in FLOWS:
            yield "POST", form.path, form.post()
            yield "GET", f"{form.path}{_STATUS}", form.get()


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
