"""Batches through the API: every format in, every line checked before a cent moves, every result out."""

from __future__ import annotations

import asyncio
import csv
import io
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree

import httpx
import orjson
import pytest

from payments.api import batch_upload
from payments.api.batch_examples import BATCH, BATCH_CSV, BATCH_NDJSON, BATCH_PAIN001
from payments.kit.database import fetch
from payments.kit.events import Event
from tests.api.calling import NO_SUCH_BIN, Api, Json

PATH = "/v1/disbursement_batches"
QUERY = {"sender": "snd_city_of_alder", "currency": "USD", "business_application": "GD"}
NORA, MISTYPED = "4000121111104242", "4000121111104243"
RELIEF: Json = BATCH["relief for two"]["value"]
GOOD: Json = {"reference": "r-1", "amount": 100, "card": {"number": NORA}, "recipient_name": "Nora Patel"}
EXAMPLES = {
    "application/json": (orjson.dumps(RELIEF), {}, 2),
    "application/x-ndjson": (BATCH_NDJSON.encode(), QUERY, 2),
    "text/csv": (BATCH_CSV.encode(), QUERY, 2),
    "application/xml": (BATCH_PAIN001.encode(), QUERY, 1),
}


async def send(
    api: Api, body: bytes | AsyncIterator[bytes], media_type: str = "application/x-ndjson", key: str = "", **query: Any
) -> httpx.Response:
    """Post a file."""
    headers = {"Content-Type": media_type} | ({"Idempotency-Key": key} if key else {})
    return await api.http.post(PATH, content=body, headers=headers, params=query)


async def loaded(api: Api, lines: list[Any], status: int = 201, **query: Any) -> Json:
    """Post lines, as NDJSON."""
    reply = await send(api, b"\n".join(map(orjson.dumps, lines)), **(QUERY | query))
    assert reply.status_code == status, reply.text
    return reply.json()  # type: ignore[no-any-return]


async def report(api: Api, batch: Json) -> dict[int, dict[str, str]]:
    """What is wrong with which line: by line, the codes by field."""
    lines = (await api.get(f"/disbursement_batches/{batch['id']}/lines", status="invalid", limit=100))["data"]
    return {each["line"]: {problem["field"]: problem["code"] for problem in each["problems"]} for each in lines}


async def reached(api: Api, batch: Json, status: str = "completed") -> Json:
    """A batch, when it has come so far."""
    for _ in range(20_000):
        batch = await api.get(f"/disbursement_batches/{batch['id']}")
        if batch["status"] == status:
            return batch
        await asyncio.sleep(0)
    raise AssertionError(batch)


# ── paid ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("media_type", EXAMPLES)
async def test_the_example_of_each_format_is_paid(either: Api, media_type: str) -> None:
    body, query, count = EXAMPLES[media_type]
    before = await either.available()
    reply = await send(either, body, media_type, **query, **({"start": "true"} if query else {}))
    assert reply.status_code == 201, reply.text
    batch = await reached(either, reply.json())
    assert (batch["line_count"], batch["paid_count"], batch["processed_count"]) == (count, count, count)
    assert (batch["total_amount"], batch["paid_amount"], batch["problems"]) == (count * 2500, count * 2500, [])
    assert await either.available() == before + 2500
    assert either.is_clean()


async def test_a_batch_is_started_when_it_is_told_to(api: Api) -> None:
    batch = await loaded(api, [GOOD])
    assert batch["status"] == "ready"
    assert (await api.post(f"/disbursement_batches/{batch['id']}/start", status=200))["status"] == "processing"
    await reached(api, batch)
    for move in ("start", "pause", "resume", "cancel"):
        problem = await api.post(f"/disbursement_batches/{batch['id']}/{move}", status=409)
        assert problem["code"] == "move_not_allowed"


async def test_a_batch_is_paused_resumed_and_cancelled(api: Api) -> None:
    batch = await loaded(api, [GOOD | {"reference": f"r-{number}"} for number in range(1_000)], start="true")
    path = f"/disbursement_batches/{batch['id']}"
    assert (await api.post(f"{path}/pause", status=200))["status"] == "paused"
    assert (await api.post(f"{path}/resume", status=200))["status"] == "processing"
    assert (await api.post(f"{path}/cancel", status=200))["status"] in ("cancelling", "cancelled")
    batch = await reached(api, batch, "cancelled")
    assert batch["processed_count"] < 1_000
    unsent = await api.get(f"{path}/lines", status="unsent", limit=100)
    assert len(unsent["data"]) == 100
    assert api.is_clean()


async def test_names_in_any_script_are_paid(api: Api) -> None:
    names = ["नोरा पटेल", "李梅", "Ђорђе", "عمر ديالو", "O'Brien-Ünlü", "ノラ"]
    lines = [GOOD | {"reference": f"r-{n}", "recipient_name": name} for n, name in enumerate(names)]
    batch = await reached(api, await loaded(api, lines, start="true"))
    assert batch["paid_count"] == len(names)
    shown = (await api.get(f"/disbursement_batches/{batch['id']}/lines"))["data"]
    assert [each["recipient_name"] for each in shown] == names


# ── told before anything moves ──────────────────────────────────────────────────────────────────────

WRONG: list[tuple[Any, dict[str, str]]] = [
    (GOOD | {"amount": 12.34}, {"amount": "int_type"}),
    (GOOD | {"amount": "100"}, {"amount": "int_type"}),
    (GOOD | {"amount": 0}, {"amount": "greater_than"}),
    (GOOD | {"amount": -5}, {"amount": "greater_than"}),
    (GOOD | {"amount": 10**15}, {"amount": "less_than_equal"}),
    (GOOD | {"currency": "EUR"}, {"currency": "currency_differs"}),
    (GOOD | {"card": {"number": MISTYPED}}, {"card.number": "invalid_card_number"}),
    (GOOD | {"card": {"number": int(NORA)}}, {"card.number": "invalid_card_number"}),
    (GOOD | {"card": {"number": NO_SUCH_BIN}}, {"card": "unknown_bin"}),
    (GOOD | {"card": {"number": NORA, "expiry": "13/29"}}, {"card.expiry": "string_pattern_mismatch"}),
    (GOOD | {"card": NORA}, {"card": "model_type"}),
    (GOOD | {"recipient_name": ""}, {"recipient_name": "string_too_short"}),
    (GOOD | {"recipient_name": "x" * 101}, {"recipient_name": "string_too_long"}),
    (GOOD | {"recipient_name": "a\u0000b"}, {"recipient_name": "string_pattern_mismatch"}),
    (GOOD | {"recipient_name": f"Nora {NORA}"}, {"recipient_name": "card_number"}),
    (GOOD | {"reference": NORA}, {"reference": "card_number"}),
    (GOOD | {"reference": "=cmd()"}, {"reference": "invalid_reference"}),
    (GOOD | {"reference": ""}, {"reference": "invalid_reference"}),
    (
        GOOD | {"reference": "r-9", "business_application": "ZZ"},
        {"business_application": "unknown_business_application"},
    ),
    (GOOD | {"iban": "DE00"}, {"iban": "extra_forbidden"}),
    ({"amount": 1}, {"reference": "missing", "card": "missing", "recipient_name": "missing"}),
    ([GOOD], {"line": "malformed_line"}),
    (GOOD | {"amount": 1}, {"reference": "duplicate_reference"}),
]


def named(line: Any, reference: str, wrong: dict[str, str]) -> Any:
    """A line with a reference of its own, unless that is what is wrong with it."""
    keeps = "reference" in wrong or not isinstance(line, dict)
    return line if keeps else line | {"reference": reference}


async def test_every_wrong_line_is_told_by_field_and_nothing_moves(api: Api) -> None:
    before = api.world()
    given = [GOOD, *(named(line, f"w-{number}", wrong) for number, (line, wrong) in enumerate(WRONG))]
    batch = await loaded(api, given, start="true")
    assert (batch["status"], batch["line_count"]) == ("rejected", len(given))
    assert batch["invalid_count"] == len(WRONG)
    told = await report(api, batch)
    assert told == {number: wrong for number, (_, wrong) in enumerate(WRONG, 2)}
    assert api.world() == before
    text = (await api.http.get(f"{PATH}/{batch['id']}/lines", params={"limit": 100})).text
    for secret in (NORA, MISTYPED, NO_SUCH_BIN):
        assert secret not in text


CSV_HEADER = "reference;card_number;card_expiry;amount;currency;recipient_name;statement_text;business_application\n"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (f"r;{NORA};12/29;12.345;USD;Nora;;", {"amount": "too_many_decimals"}),
        (f"r;{NORA};12/29;12,34;USD;Nora;;", {"amount": "not_an_amount"}),
        (f"r;{NORA};12/29;-1;USD;Nora;;", {"amount": "greater_than"}),
        (f"r;{NORA};12/29;;USD;Nora;;", {"amount": "missing"}),
        (f"r;{NORA};12/29;1;EUR;Nora;;", {"currency": "currency_differs"}),
        (f"r;{NORA};12/29;1;usd;Nora;;", {"amount": "unknown_currency", "currency": "string_pattern_mismatch"}),
        (f"r;{NORA};1229;1;USD;Nora;;", {"card_expiry": "string_pattern_mismatch"}),
        (f"r;{MISTYPED};12/29;1;USD;Nora;;", {"card_number": "invalid_card_number"}),
        (";;;;;;;x", {"reference": "missing", "card": "missing", "amount": "missing", "recipient_name": "missing"}),
        ("r;x", {"line": "malformed_line"}),
    ],
)
async def test_a_wrong_row_is_told_by_column(shared_api: Api, row: str, wrong: dict[str, str]) -> None:
    reply = await send(shared_api, (CSV_HEADER + row).encode(), "text/csv", **QUERY)
    assert reply.status_code == 201, reply.text
    assert reply.json()["status"] == "rejected"
    told = await report(shared_api, reply.json())
    assert told[2].items() >= wrong.items()


async def test_a_file_that_contradicts_itself_is_rejected(api: Api) -> None:
    wrong = BATCH_PAIN001.replace("<NbOfTxs>1<", "<NbOfTxs>2<").replace("<CtrlSum>25.00<", "<CtrlSum>26<")
    batch = (await send(api, wrong.encode(), "application/xml", **QUERY, start="true")).json()
    assert batch["status"] == "rejected"
    codes = [each["code"] for each in batch["problems"]]
    assert codes == ["number_of_transactions_differs", "control_sum_differs"]
    right = await send(api, BATCH_PAIN001.encode(), "application/xml", **QUERY)
    assert (right.json()["status"], right.json()["label"]) == ("ready", "OCTOBER-RELIEF")


async def test_a_file_of_nothing_is_rejected(api: Api) -> None:
    batch = await loaded(api, [])
    assert (batch["status"], batch["problems"][0]["code"]) == ("rejected", "no_lines")


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b'{"lines": [', "application/json", 422, "malformed_file"),
        (b"", "application/json", 422, "malformed_file"),
        (b"<a>", "application/xml", 422, "malformed_file"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "application/xml", 422, "malformed_file"),
        (b"\xff\xfea\x00", "text/csv", 422, "not_utf8"),
        (b'{"reference": "Zo\xeb"}', "application/x-ndjson", 422, "not_utf8"),
        (b"x", "application/zip", 415, "unsupported_media_type"),
        (b"x", "text/csv; charset=windows-1252", 415, "unsupported_media_type"),
    ],
)
async def test_what_cannot_be_read_is_refused(
    shared_api: Api, body: bytes, media_type: str, status: int, code: str
) -> None:
    before = shared_api.world()
    reply = await send(shared_api, body, media_type, **QUERY, start="true")
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert shared_api.world() == before


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"sender": "snd_nobody"}, 404, "not_found"),
        ({"currency": "EUR"}, 422, "sender_currency_differs"),
        ({"currency": "XXX"}, 422, "unknown_currency"),
        ({"business_application": "ZZ"}, 422, "unknown_business_application"),
        ({"channel": "pigeon"}, 422, "invalid_request"),
        ({"start": "perhaps"}, 422, "invalid_request"),
    ],
)
async def test_what_is_said_of_the_whole_must_be_right(shared_api: Api, query: Json, status: int, code: str) -> None:
    assert (await loaded(shared_api, [GOOD], status, **query))["code"] == code


async def test_a_gigabyte_is_refused_before_it_is_read(api: Api) -> None:
    async def gigabyte() -> AsyncIterator[bytes]:
        yield b"{"
        raise AssertionError("it was read")

    headers = {"Content-Length": "1000000000", "Content-Type": "application/x-ndjson"}
    reply = await api.http.post(PATH, content=gigabyte(), params=QUERY, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


async def test_a_gigabyte_that_does_not_say_so_is_refused_in_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_upload, "FILE_LIMIT", 5_000_000)
    sent = 0

    async def gigabyte() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b"\n" * 1_000_000

    reply = await send(api, gigabyte(), **QUERY)
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")
    assert sent < 8
    (batch,) = (await api.get("/disbursement_batches"))["data"]
    assert batch["status"] == "abandoned"


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("piece", "media_type", "status", "code", "most"),
    [
        ((b" " * 9_999 + b"\n") * 100, "application/x-ndjson", 413, "body_too_large", 201),
        (b"x" * MEGABYTE, "application/x-ndjson", 422, "malformed_file", 1),
        (b"x" * MEGABYTE, "text/csv", 422, "malformed_file", 2),
        (b" " * MEGABYTE, "application/xml", 422, "malformed_file", 2),
    ],
    ids=["nothing but blanks", "one endless line", "one endless column", "no element at all"],
)
async def test_a_real_gigabyte_takes_no_memory(
    api: Api, piece: bytes, media_type: str, status: int, code: str, most: int
) -> None:
    sent = 0

    async def gigabyte() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield piece

    tracemalloc.start()
    try:
        reply = await send(api, gigabyte(), media_type, **QUERY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert sent <= most, "it was read on"
    assert peak < 40 * MEGABYTE
    assert api.world()["acquirer_disbursements"] == 0


async def test_too_many_lines_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_upload, "LINE_LIMIT", 300)
    lines = [GOOD | {"reference": f"r-{number}"} for number in range(301)]
    assert (await loaded(api, lines, 413))["code"] == "too_many_lines"
    assert (await loaded(api, lines[:300]))["status"] == "ready", "what was abandoned does not count"


async def test_an_upload_that_breaks_off_leaves_nothing_to_pay(api: Api) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield orjson.dumps(GOOD) + b"\n"
        raise ConnectionResetError

    assert (await send(api, broken(), key="k", **QUERY, start="true")).status_code == 500
    (batch,) = (await api.get("/disbursement_batches"))["data"]
    assert batch["status"] == "abandoned"
    reply = await send(api, orjson.dumps(GOOD), key="k", **QUERY)
    assert (reply.status_code, reply.json()["status"]) == (201, "ready")


# ── once ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_request_that_is_repeated_gets_the_first_answer(either: Api) -> None:
    body = orjson.dumps(GOOD)
    first = await send(either, body, key="k", **QUERY)
    again = await send(either, body, key="k", **QUERY)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    for other in (send(either, body + b"\n", key="k", **QUERY), send(either, body, key="k", **QUERY, start="true")):
        reply = await other
        assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await either.get("/disbursement_batches"))["data"]) == 1


async def test_the_same_request_at_the_same_time_is_carried_out_once(either: Api) -> None:
    body = b"\n".join(orjson.dumps(GOOD | {"reference": f"r-{number}"}) for number in range(600))
    replies = await asyncio.gather(*(send(either, body, key="k", **QUERY, start="true") for _ in range(4)))
    assert sorted({each.status_code for each in replies}) in ([201], [201, 409])
    (batch,) = (await either.get("/disbursement_batches"))["data"]
    assert (await reached(either, batch))["paid_count"] == 600
    assert either.is_clean()


async def test_the_same_file_under_another_key_is_told_line_by_line(api: Api) -> None:
    body = orjson.dumps(GOOD)
    first = (await send(api, body, key="k-1", **QUERY)).json()
    second = (await send(api, body, key="k-2", **QUERY)).json()
    assert (first["status"], second["status"]) == ("ready", "rejected")
    assert await report(api, second) == {1: {"reference": "duplicate_reference"}}


# ── results ─────────────────────────────────────────────────────────────────────────────────────────


async def result(api: Api, batch: Json, format: str) -> httpx.Response:
    reply = await api.http.get(f"{PATH}/{batch['id']}/result", params={"format": format})
    assert reply.status_code == 200
    return reply


async def test_the_result_comes_in_every_format(api: Api) -> None:
    theo = {"number": "4000121111150062"}
    lines = [GOOD, GOOD | {"reference": "r-2", "card": theo}, GOOD | {"reference": "r-3", "amount": 99_999_00}]
    lines.append(GOOD | {"reference": "r-4", "recipient_name": "=1+1"})
    lines.append(GOOD | {"reference": "r-5", "card": {"number": "4000901111110392"}})  # in yen
    batch = await reached(api, await loaded(api, lines, start="true"))
    wanted = ["paid", "declined", "refused", "paid", "paid"]
    table = list(csv.DictReader(io.StringIO((await result(api, batch, "csv")).text)))
    assert [each["status"] for each in table] == wanted
    assert [each["amount"] for each in table] == ["1.00", "1.00", "99999.00", "1.00", "1.00"]
    assert [each["code"] for each in table] == ["", "62", "insufficient_funds", "", ""]
    brought = [(each["recipient_amount"], each["recipient_currency"], each["rate"]) for each in table]
    assert brought == [("", "", "")] * 4 + [("149", "JPY", "149.8068")]
    assert table[3]["recipient_name"] == "'=1+1"
    as_json = (await result(api, batch, "json")).json()
    assert [each["status"] for each in as_json] == wanted
    assert as_json[1]["decline"] == {"reason": "card_blocked", "code": "62", "by": "first_prairie"}
    ndjson = (await result(api, batch, "ndjson")).text.splitlines()
    assert [orjson.loads(each) for each in ndjson] == as_json
    document = ElementTree.fromstring((await result(api, batch, "pain.002")).text)
    name = "{urn:iso:std:iso:20022:tech:xsd:pain.002.001.10}"
    assert [each.text for each in document.iter(f"{name}TxSts")] == ["ACSC", "RJCT", "RJCT", "ACSC", "ACSC"]
    assert [each.text for each in document.iter(f"{name}GrpSts")] == ["PART"]
    assert (await api.http.get(f"{PATH}/{batch['id']}/result", params={"format": "xls"})).status_code == 422
    pushed = await api.get(f"/disbursements/{as_json[0]['disbursement']}")
    assert (pushed["status"], pushed["channel"], pushed["amount"]) == ("paid", "file", 100)


async def test_lines_come_in_pages_and_by_status(api: Api) -> None:
    lines = [GOOD | {"reference": f"r-{number}"} for number in range(45)]
    lines[20] |= {"card": {"number": "4000121111150062"}}
    batch = await reached(api, await loaded(api, lines, start="true"))
    path, seen, after = f"/disbursement_batches/{batch['id']}/lines", [], 0
    while True:
        found = await api.get(path, limit=20, after=after)
        seen += [each["line"] for each in found["data"]]
        if not found["has_more"]:
            break
        after = found["next"]
    assert seen == list(range(1, 46))
    (declined,) = (await api.get(path, status="declined"))["data"]
    assert (declined["line"], declined["card"]["masked"]) == (21, "400012••••••0062")
    assert len((await api.get(path, status="paid", limit=100))["data"]) == 44
    await api.get("/disbursement_batches/bat_none/lines", 404)
    await api.get("/disbursement_batches/bat_none", 404)
    await api.get("/disbursement_batches/bat_none/result", 404)
    listed = await api.get("/disbursement_batches", sender="snd_city_of_alder", status="completed")
    assert [each["id"] for each in listed["data"]] == [batch["id"]]


async def test_a_merchant_has_no_batches(api: Api) -> None:
    key = await api.post("/api_keys", {"role": "merchant", "subject": "mch_blue_door_books", "name": "Till"})
    till = api.holding(key["key"])
    reply = await send(till, orjson.dumps(GOOD), **QUERY)
    assert reply.status_code == 403
    await till.get("/disbursement_batches", 403)


async def test_no_card_number_is_in_any_event(api: Api) -> None:
    batch = await loaded(api, [GOOD, GOOD | {"reference": "r-2", "card": {"number": MISTYPED}}])
    await reached(api, await loaded(api, [GOOD | {"reference": "r-3"}], start="true"))
    events = api.app.state.sandbox.world.database.read_now(fetch, Event, Event.table().select())
    told = "".join(each.data for each in events)
    assert NORA not in told
    assert MISTYPED not in told
    assert batch["id"] in "".join(each.subject for each in events)
