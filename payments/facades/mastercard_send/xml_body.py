"""Bodies in XML, for v1: elements are fields, elements that repeat are lists, everything else is text.

Read with defusedxml: no entities, no DTD, nothing from outside.
"""

from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from payments.facades.mastercard_send.errors import invalid

LISTS: Final = frozenset({"custom_field"})
"""Fields that are lists even when they are there once."""

_DEEPEST: Final = 12


def read(body: bytes) -> dict[str, Any]:
    """Read an XML document as the JSON it stands for. Raises ``Refused``."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise invalid("body", description="Send one XML document, without DTD") from None
    return {_name(root): _value(root, 1)}


def written(body: dict[str, Any]) -> bytes:
    """Return a reply of one root element as XML; a list is its element, repeated."""
    ((name, value),) = body.items()
    root = Element(name)
    _fill(root, value)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: Element, depth: int) -> Any:
    if depth > _DEEPEST:
        raise invalid("body", description="The document is nested too deep")
    if not len(element):
        return element.text or ""
    fields: dict[str, Any] = {}
    for child in element:
        name, value = _name(child), _value(child, depth + 1)
        if name in fields or name in LISTS:
            known = fields.get(name, [])
            fields[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            fields[name] = value
    return fields


def _fill(element: Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, each in value.items():
            for one in each if isinstance(each, list) else [each]:
                _fill(SubElement(element, name), one)
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
