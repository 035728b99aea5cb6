"""Alias resolution: which card an alias stands for. Only the published one is known.

The directory has errors of its own, with codes from version 2 on.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from payments.facades.visa_direct import request
from payments.facades.visa_direct.call import Answer, Broken, Call

RESOLVE: Final = {version: f"/visaaliasdirectory/{version}/resolve" for version in ("v1", "v2")}

_TABLE: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("aliases.json").read_text(encoding="utf-8"))
_ALIAS: Final = re.compile(r"[^\s]{1,128}")
_BUSINESS_APPLICATION: Final = re.compile(r"[A-Z]{2}")

MISSING: Final = "VAD-1000"
INVALID: Final = "VAD-1010"
NOT_FOUND: Final = "VAD-1040"
_BROKEN: Final = {"500": "VAD-1120", "503": "VAD-1130"}
"""By HTTP status, the directory's own codes for what is not the request's fault."""


async def resolve_v1(call: Call) -> Answer:
    """Resolve an alias: 404 for one that is not known."""
    return _resolved(call, told_as=_uncoded)


async def resolve_v2(call: Call) -> Answer:
    """Resolve an alias: 204 for one that is not known, and errors with a code."""
    return _resolved(call, told_as=_error, unknown=Answer(204, None))


def broken(told_as: Callable[[str], dict[str, Any]]) -> Broken:
    """Return what answers a staged HTTP status as the directory does."""
    return lambda status: Answer(int(status), told_as(_BROKEN[status])) if status in _BROKEN else None


def _resolved(call: Call, told_as: Callable[[str], dict[str, Any]], unknown: Answer | None = None) -> Answer:
    alias, application = request.text(call.fields, "alias"), request.text(call.fields, "businessApplicationId")
    if not alias or not application:
        return Answer(400, told_as(MISSING))
    if not _ALIAS.fullmatch(alias) or not _BUSINESS_APPLICATION.fullmatch(application):
        return Answer(400, told_as(INVALID))
    found = _TABLE["aliases"].get(alias)
    if found is None:
        return unknown or Answer(404, told_as(NOT_FOUND))
    return Answer(200, found)


def _error(code: str) -> dict[str, Any]:
    return {"code": code, **_TABLE["codes"][code]}


def _uncoded(code: str) -> dict[str, Any]:
    return dict(_TABLE["codes"][code])


BROKEN: Final = {RESOLVE["v1"]: broken(_uncoded), RESOLVE["v2"]: broken(_error)}
"""By path, what answers a staged HTTP status there."""
