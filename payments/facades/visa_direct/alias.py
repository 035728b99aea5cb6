"""Alias resolution: which card an alias stands for. Only the published one is known."""

import json
import re
from pathlib import Path
from typing import Any, Final

from payments.facades.visa_direct import request
from payments.facades.visa_direct.call import Answer, Call

RESOLVE: Final = {version: f"/visaaliasdirectory/{version}/resolve" for version in ("v1", "v2")}

_TABLE: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("aliases.json").read_text(encoding="utf-8"))
_ALIAS: Final = re.compile(r"[^\s]{1,128}")
_BUSINESS_APPLICATION: Final = re.compile(r"[A-Z]{2}")

MISSING: Final = "VAD-1000"
INVALID: Final = "VAD-1010"
NOT_FOUND: Final = "VAD-1040"


async def resolve_v1(call: Call) -> Answer:
    """Resolve an alias: 404 for one that is not known."""
    return _resolved(call, told_as=lambda code: {name: each for name, each in _error(code).items() if name != "code"})


async def resolve_v2(call: Call) -> Answer:
    """Resolve an alias: 204 for one that is not known, and errors with a code."""
    return _resolved(call, told_as=_error, unknown=Answer(204, None))


def _resolved(call: Call, told_as: Any, unknown: Answer | None = None) -> Answer:
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
