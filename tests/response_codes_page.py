"""docs/response_codes.md, made from the recipes the tests follow: `python -m tests.response_codes_page` writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.facades.mastercard_send import recipes as mastercard_send
from tests.facades.recipes import Form, Table
from tests.facades.visa_direct import recipes as visa_direct

PAGE: Final = Path(__file__).parent.parent / "docs" / "response_codes.md"

INTRODUCTION: Final = """\
# Every response code, and how to get it

Every code that Visa Direct and Mastercard Send document, and what to send to get it. A test follows each of the rows
over HTTP. This page is made by `python -m tests.response_codes_page`.

A row names the requests below, by name, with what is to be changed in them: `"request.0.amount"` is the field
`amount` of the first member of `request`. `<new>` stands for six digits of your own, the same in all requests of a
row, `<other>` for six others, and `<1.id>` for the field `id` in the answer to the row's first request. What *see*
says is the HTTP status of the last answer, and the field that has the code. *Ours* is what brings a code about where
the scheme publishes no rule.
"""


def page() -> str:
    """The whole page."""
    doors: Sequence[tuple[str, Mapping[str, Form], Sequence[Table]]] = (
        ("Visa Direct", visa_direct.FORMS, visa_direct.TABLES),
        ("Mastercard Send", mastercard_send.FORMS, mastercard_send.TABLES),
    )
    lines = [INTRODUCTION]
    for name, forms, tables in doors:
        lines += [f"## {name}", "", f"### The requests to the {name} door", "", *_forms(forms)]
        for table in tables:
            lines += table.lines()
    return "\n".join(lines).rstrip() + "\n"


def _forms(forms: Mapping[str, Form]) -> Iterator[str]:
    for name, form in forms.items():
        yield f"**{name}**: `{form.method} {form.path}`"
        yield ""
        if form.body is not None:
            yield "```json"
            yield json.dumps(form.body, indent=1, ensure_ascii=False)
            yield "```"
            yield ""


if __name__ == "__main__":
    PAGE.write_text(page())
