"""The list of lessons: one JSON file each, among the page's files. To add a lesson is to add a file."""

import json
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import JSONResponse

_LESSONS: Final = files("payments.console") / "static" / "lessons"
_TOLD: Final = ("place", "title", "learn", "minutes", "direction")

router: Final = APIRouter(include_in_schema=False)


@router.get("/console/lessons")
async def list_lessons() -> JSONResponse:
    """List what lessons there are, in the order in which one takes them; ``asks`` is how many questions each has."""
    return JSONResponse([_shape(name, lesson) for name, lesson in read_lessons()])


def read_lessons() -> list[tuple[str, dict[str, Any]]]:
    """Read every lesson with its name, in order."""
    found = [(each.name, each.read_text("utf-8")) for each in _LESSONS.iterdir() if each.name.endswith(".json")]
    lessons = [(name.removesuffix(".json"), json.loads(text)) for name, text in found]
    return sorted(lessons, key=lambda each: (each[1]["place"], each[0]))


def _shape(name: str, lesson: dict[str, Any]) -> dict[str, Any]:
    asks = sum(len(act["questions"]) for act in lesson["acts"])
    return {"name": name, **{each: lesson[each] for each in _TOLD}, "asks": asks}
