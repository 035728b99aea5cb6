"""The routes of this door. An operation without a flow has none: its path is unknown until it can be carried out."""

from collections.abc import Iterator
from typing import Final

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from payments.facades.visa_direct import alias, hello, inquiry, multi, query, single
from payments.facades.visa_direct.call import Endpoint, behind_the_door, in_the_envelope, refused_by_framework
from payments.facades.visa_direct.control import control_routes
from payments.facades.visa_direct.flows import FLOWS, INQUIRIES

_STATUS: Final = "/{status_identifier}"
_PREFIXES: Final = ("/vdp", "/visadirect", "/paai", "/pav", "/visaaliasdirectory")


def routes() -> Iterator[tuple[str, str, Endpoint]]:
    """Every route that can be carried out: its method, its path, what answers it."""
    yield "GET", "/vdp/helloworld", hello.get
    yield "GET", query.QUERY, query.query
    yield "GET", query.REPORT, query.report
    for form in (*single.FORMS, *multi.FORMS):
        if form.operation in FLOWS:
            yield "POST", form.path, form.post()
            if form.lasting:
                yield "GET", f"{form.path}{_STATUS}", form.get()
    yield "POST", alias.RESOLVE["v1"], alias.resolve_v1
    yield "POST", alias.RESOLVE["v2"], alias.resolve_v2
    if INQUIRIES.cancel:
        yield "POST", inquiry.CANCEL, inquiry.cancel
    if INQUIRIES.attributes:
        for path in inquiry.ATTRIBUTES:
            yield "POST", path, inquiry.attributes
    if INQUIRIES.validate:
        yield "POST", inquiry.VALIDATE, inquiry.validate


def add_routes(app: FastAPI) -> None:
    """Serve Visa's paths from ``app``, whose state has the world that is served just now."""
    app.router.routes.extend(control_routes())
    known = list(routes())
    for prefix in _PREFIXES:
        theirs = [
            Route(
                path.removeprefix(prefix),
                behind_the_door(endpoint, alias.BROKEN.get(path, in_the_envelope)),
                methods=[method],
            )
            for method, path, endpoint in known
            if path.startswith(f"{prefix}/")
        ]
        inner = Starlette(routes=theirs, exception_handlers={HTTPException: refused_by_framework})
        inner.state.house = app.state
        app.mount(prefix, inner)
