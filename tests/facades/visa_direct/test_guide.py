"""The guide is true: its examples run, its tables are those of the data."""

from __future__ import annotations

import re
from typing import Any

from tests.api.serving import Served
from tests.facades.visa_direct.guide import GUIDE, in_place

EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_examples_run(served: Served) -> None:
    page = GUIDE.read_text()
    code = "\n".join(EXAMPLE.findall(page)).replace("http://127.0.0.1:8080", f"http://127.0.0.1:{served.port}")
    named: dict[str, Any] = {}
    exec(compile(code, str(GUIDE), "exec"), named)
    named["visa"].close()
    named["ours"].close()
    named["mine"].close()


def test_the_tables_are_those_of_the_data() -> None:
    page = GUIDE.read_text()
    assert page == in_place(page), "out of date: python -m tests.facades.visa_direct.guide"
