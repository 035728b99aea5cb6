"""Schemas of bodies that FastAPI does not read itself, such as files: named in the OpenAPI document all the same."""

from typing import Any, Final

from pydantic import BaseModel

_TEMPLATE: Final = "#/components/schemas/{model}"
_NAMED: Final[dict[str, type[BaseModel]]] = {}


def schema_of(shape: type[BaseModel]) -> dict[str, str]:
    """Return the reference to the schema of ``shape``, which from now on is in the document."""
    _NAMED[shape.__name__] = shape
    return {"$ref": _TEMPLATE.format(model=shape.__name__)}


def named_schemas() -> dict[str, Any]:
    """Return all of these schemas and what they refer to, by name."""
    found: dict[str, Any] = {}
    for name, shape in _NAMED.items():
        schema = shape.model_json_schema(ref_template=_TEMPLATE)
        found |= schema.pop("$defs", {}) | {name: schema}
    return found
