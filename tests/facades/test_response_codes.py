"""The page of response codes: it is current, it is whole, and each of its rows does what it says, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from payments.api.keys import DEMO_KEY
from payments.facades.mastercard_send import errors
from payments.facades.mastercard_send.codes import ELIGIBILITY_REASONS, NETWORK_RESPONSE_CODES
from payments.facades.visa_direct import envelope
from tests.api.conftest import shared_url, vault_key
from tests.api.serving import serving
from tests.facades.mastercard_send import recipes as mastercard_send
from tests.facades.recipes import Form, Kitchen, Recipe, Table
from tests.facades.visa_direct import recipes as visa_direct
from tests.response_codes_page import PAGE, page

__all__ = ["shared_url", "vault_key"]


def rows(tables: tuple[Table, ...]) -> list[object]:
    """Every recipe, named after its table and its code."""
    return [
        pytest.param(each, id=f"{table.title}: {each.code} {each.means}".replace(" ", "_"))
        for table in tables
        for each in table.recipes
    ]


def codes(tables: tuple[Table, ...], title: str) -> set[str]:
    """The codes of one table."""
    (found,) = [each for each in tables if each.title == title]
    return {each.code for each in found.recipes}


@pytest.fixture(scope="module")
def kitchens(shared_url: str) -> Iterator[dict[str, Kitchen]]:
    """One server for all rows: each uses numbers of its own."""
    with serving(shared_url) as served:
        served.http.headers.pop("Authorization")
        doors: dict[str, dict[str, Form]] = {"visa": visa_direct.FORMS, "mastercard": mastercard_send.FORMS}
        yield {name: Kitchen(served.http, forms) for name, forms in doors.items()}
        told = served.http.get("/v1/sandbox/verify", headers={"Authorization": f"Bearer {DEMO_KEY}"}).json()
        assert told["clean"], told["findings"]


@pytest.mark.parametrize("recipe", rows(visa_direct.TABLES))
def test_every_row_of_visa_direct(kitchens: dict[str, Kitchen], recipe: Recipe) -> None:
    kitchens["visa"].follow(recipe)


@pytest.mark.parametrize("recipe", rows(mastercard_send.TABLES))
def test_every_row_of_mastercard_send(kitchens: dict[str, Kitchen], recipe: Recipe) -> None:
    kitchens["mastercard"].follow(recipe)


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "out of date: python -m tests.response_codes_page"


def test_every_code_of_visa_direct_is_there() -> None:
    tables = visa_direct.TABLES
    known = {each["code"] for each in visa_direct._read("action_codes.json")["codes"]}
    assert codes(tables, "Action codes of a push") == known
    ours = {getattr(envelope, name) for name in ("VALIDATION", "NO_CREDENTIALS", "WRONG_CREDENTIALS", "NO_PERMISSION")}
    assert ours | {code for code, _ in envelope.STAGED.values()} <= codes(tables, "Error codes")
    assert {"200", "202", "303", "503", "504"} | set(envelope.STAGED) <= codes(tables, "HTTP statuses")


def test_every_code_of_mastercard_send_is_there() -> None:
    tables = mastercard_send.TABLES
    assert codes(tables, "Network codes in v1") == set(NETWORK_RESPONSE_CODES)
    assert codes(tables, "Eligibility reason codes") == set(ELIGIBILITY_REASONS)
    details = {errors.MISSING, errors.TOO_SHORT, errors.TOO_LONG, errors.INVALID, errors.DUPLICATE}
    for title in ("Error codes in v1", "Error codes in Send 2.0"):
        assert codes(tables, title) == details | {errors.UNKNOWN_RESOURCE, errors.UNAUTHORIZED}
    visas = {each["code"] for each in json.loads((visa_direct.DATA / "action_codes.json").read_text())["codes"]}
    assert visas <= set(NETWORK_RESPONSE_CODES)
