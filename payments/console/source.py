"""Where in the code a message is sent: the function, as text. The page shows it beside the message."""

import ast
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from payments.switch.directory import Member

_PACKAGE: Final = files("payments")
PLACES: Final[dict[str, dict[str, str]]] = json.loads((_PACKAGE / "console" / "sources.json").read_text("utf-8"))
"""By role, then by type of message: ``file:function`` within the role's folder. What a member sends of its own accord
where it usually passes on what another said has a place ``by itself``."""


def source_of(member: Member | None, message: dict[str, Any]) -> dict[str, Any] | None:
    """Return the ``file``, ``line``, ``function`` and ``text`` of what sent a message; none for an unknown one."""
    if member is None:
        return None
    places, type = PLACES.get(member.role, {}), message["type"]
    place = places.get(f"{type} by itself") if message.get("decided_by") == member.id else None
    return read_source(member.role, place or places.get(type, ""))


@cache
def read_source(role: str, place: str) -> dict[str, Any] | None:
    """Return the function at a place such as ``authorization.py:decide``, if there is one."""
    file, _, function = place.partition(":")
    path = _PACKAGE / role / file
    if not file or not path.is_file():
        return None
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            lines = text.splitlines()[start - 1 : node.end_lineno]
            return {"file": f"payments/{role}/{file}", "line": start, "function": function, "text": "\n".join(lines)}
    return None
