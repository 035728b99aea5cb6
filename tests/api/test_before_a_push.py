"""Before a push, through the API: eligibility, validation, the sanctions list, and what somebody decides."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.calling import NO_SUCH_BIN, NORA, PUSH, Api, Json

GAMBLERS = "4001741111111118"
LISTED: Json = {"entries": [{"reference": "EX-1", "name": "Viktor Zloty", "aliases": ["Виктор Злотый"]}]}
VIKTORS = PUSH | {"recipient_name": "Viktor Zloty"}
JSON = "application/json; charset=utf-8"


async def put(api: Api, content: Any, kind: str = "application/json", status: int = 200, **query: Any) -> Json:
    body = {"json": content} if kind == "application/json" else {"content": content}
    headers = {"Content-Type": kind}
    sent = await api.http.put("/v1/sanctions_list", headers=headers, params=query or None, **body)
    assert sent.status_code == status, sent.text
    found: Json = sent.json()
    return found


# ── eligibility ─────────────────────────────────────────────────────────────────────────────────────


async def test_what_may_be_done_with_a_card(either: Api) -> None:
    found = await either.post("/eligibility_inquiries", {"card": {"number": NORA["number"]}}, 200)
    assert (found["status"], found["masked"], found["origin"]) == ("answered", "400012••••••4242", "US")
    assert (found["push_allowed"], found["pull_allowed"], found["refusal"]) == (True, True, None)
    assert found["funds_within"] == {"seconds": 1800, "business_days": None}
    card = found["card"]
    assert (card["network"], card["issuer_name"], card["fast_funds"]) == ("opennet", "First Prairie Bank", "B")
    assert card["reloadable"] is None


async def test_why_nothing_may_be_pushed(api: Api) -> None:
    asked = {"card": {"number": GAMBLERS}, "business_application": "GP", "acquirer": "summit"}
    found = await api.post("/eligibility_inquiries", asked, 200)
    assert (found["push_allowed"], found["refusal"]) == (False, "gambling_blocked")
    winnings = {"sender": "snd_blue_door_books", "card": {"number": GAMBLERS}, "business_application": "GP"}
    declined = await api.post("/disbursements", PUSH | winnings)
    assert declined["decline"] == {"reason": "card_not_eligible", "code": "58", "by": "opennet"}


async def test_a_silent_network_is_no_error(api: Api) -> None:
    await api.post("/sandbox/faults", {"kind": "lose_reply", "message": "eligibility_inquiry"})
    found = await api.post("/eligibility_inquiries", {"card": {"id": "card_nora_patel"}}, 200)
    assert (found["status"], found["card"], found["push_allowed"]) == ("unanswered", None, None)


# ── card validation ─────────────────────────────────────────────────────────────────────────────────


async def test_a_card_its_address_and_name_are_validated(either: Api) -> None:
    asked = {
        "card": NORA,
        "address": {"street": "12 Juniper Lane", "postal_code": "99999"},
        "name": {"first": "N", "last": "Patel"},
        "sender": "snd_brightwater",
    }
    made = await either.post("/card_validations", asked)
    assert made["response"] == {"result": "approved", "code": "00"}
    assert (made["cvv"]["result"], made["address"]) == ("match", {"result": "street_only", "code": "A"})
    assert made["name"] == {
        "whole": {"result": "partial_match", "code": "02"},
        "first": {"result": "partial_match", "code": "02"},
        "middle": None,
        "last": {"result": "match", "code": "01"},
    }
    assert await either.get(f"/card_validations/{made['id']}") == made
    assert (await either.get("/card_validations", sender="snd_brightwater"))["data"] == [made]
    assert "Juniper" not in str(await either.get("/events", limit=100, reference=made["reference"]))
    assert either.is_clean()


async def test_an_account_may_have_an_address(api: Api) -> None:
    holder = {
        "holder": "Ida Berg",
        "product": "debit",
        "currency": "USD",
        "street": "3 Elm Row",
        "postal_code": "53009",
    }
    account = await api.post("/accounts", holder)
    assert (account["street"], account["postal_code"]) == ("3 Elm Row", "53009")
    card = await api.post("/cards", {"account": account["id"], "expiry": "12/29"})
    asked = {"card": {"number": card["number"]}, "address": {"street": "3 Elm R.", "postal_code": "53009"}}
    assert (await api.post("/card_validations", asked))["address"]["code"] == "Y"


# ── the list ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", LISTED),
        ("text/csv", "name,reference,aliases\nViktor Zloty,EX-1,Виктор Злотый\n".encode()),
        (
            "text/csv; charset=utf-8",
            '\ufeffreference,name,aliases\r\n"EX-1","Viktor Zloty","Виктор Злотый"\r\n'.encode(),
        ),
    ],
)
async def test_a_list_in_each_form_is_the_same_list(api: Api, kind: str, content: Any) -> None:
    loaded = await put(api, content, kind)
    assert (loaded["entries"], loaded["names"], loaded["hold_at"]) == (1, 2, 88)
    assert loaded["id"] == (await put(api, LISTED))["id"]
    assert await api.get("/sanctions_list") == loaded


async def test_a_plain_list_has_an_entry_a_line(api: Api) -> None:
    loaded = await put(
        api, "# example\n\nViktor Zloty; Виктор Злотый\nGrand Meridian\n".encode(), "text/plain", hold_at=90
    )
    assert (loaded["entries"], loaded["names"], loaded["hold_at"]) == (2, 3, 90)
    scores = await api.post("/sanctions_list/scores", {"names": ["zloty viktor", "Meridian, GRAND", "Nora Patel"]}, 200)
    assert [(each["entry"], each["score"], each["hit"]) for each in scores["data"]] == [
        ("line_3", 100, True),
        ("line_4", 100, True),
        (None, 0, False),
    ]


async def test_an_empty_list_ends_screening(api: Api) -> None:
    await put(api, LISTED)
    cleared = await put(api, {"entries": []})
    assert (cleared["id"], cleared["entries"]) == (None, 0)
    assert (await api.post("/disbursements", VIKTORS))["status"] == "paid"


BAD_LISTS: list[tuple[str, str, Any, int, str, list[str]]] = [
    ("no JSON", JSON, b"{", 400, "not_json", []),
    ("an array", JSON, b"[]", 422, "invalid_sanctions_list", []),
    ("an unknown part", JSON, b'{"entries":[],"x":1}', 422, "invalid_sanctions_list", []),
    ("no names", JSON, b'{"entries":[{}, 5, {"name":""}]}', 422, "invalid_sanctions_list",
     ["entries.0", "entries.1", "entries.2"]),
    ("aliases of another kind", JSON, b'{"entries":[{"name":"A B","aliases":[1]}]}', 422,
     "invalid_sanctions_list", ["entries.0"]),
    ("a threshold beyond", JSON, b'{"entries":[],"hold_at":101}', 422, "invalid_request", []),
    ("a threshold as text", JSON, b'{"entries":[],"hold_at":"9"}', 422, "invalid_request", []),
    ("Latin-1", "text/plain", "Good Name\nJosé".encode("latin-1"), 422, "invalid_sanctions_list", ["line 2"]),
    ("only marks", "text/plain", b"Good Name\n...\n;", 422, "invalid_sanctions_list", ["line 2", "line 3"]),
    ("a name too long", "text/plain", b"x" * 201, 422, "invalid_sanctions_list", ["line 1"]),
    ("a card number", "text/plain", NORA["number"].encode(), 422, "invalid_sanctions_list", ["line 1"]),
    ("no columns", "text/csv", b"Viktor,Zloty\n", 422, "invalid_sanctions_list", ["line 1"]),
    ("a column too many", "text/csv", b"name\nViktor,Zloty\n", 422, "invalid_sanctions_list", ["line 2"]),
    ("an open quote", "text/csv", b'name\n"Viktor', 422, "invalid_sanctions_list", ["line 1"]),
    ("an image", "image/png", b"\x89PNG", 415, "unsupported_media_type", []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "status", "code", "at_fault"), [each[1:] for each in BAD_LISTS],
                         ids=[each[0] for each in BAD_LISTS])  # fmt: skip
async def test_a_bad_list_is_refused_line_by_line_and_the_one_in_force_stays(
    api: Api, kind: str, body: Any, status: int, code: str, at_fault: list[str]
) -> None:
    loaded = await put(api, LISTED)
    found = await put(api, body, kind, status)
    assert found["code"] == code
    assert [each["field"] for each in found.get("errors", [])] == at_fault
    assert NORA["number"] not in str(found)
    assert await api.get("/sanctions_list") == loaded


async def test_a_list_too_large_is_refused(api: Api) -> None:
    found = await put(api, b"x" * 16_000_001, "text/plain", 413)
    assert found["code"] == "body_too_large"
    many = await put(api, b"A B\n" * 200_001, "text/plain", 422)
    assert many["code"] == "sanctions_list_too_long"
    a_hundred = await put(api, b"...\n" * 500, "text/plain", 422)
    assert len(a_hundred["errors"]) == 100


# ── held, released, refused ─────────────────────────────────────────────────────────────────────────


async def test_a_hit_is_held_and_released(either: Api) -> None:
    await put(either, LISTED)
    held = await either.post("/disbursements", VIKTORS, key="order")
    assert (held["status"], held["decline"], len(held["entries"])) == ("held", None, 1)
    (why,) = (await either.get("/screenings", disbursement=held["id"]))["data"]
    assert (why["status"], why["recipient"]) == ("held", {"entry": "EX-1", "score": 100, "hit": True})
    assert (await either.get("/disbursements", status="held"))["data"][0]["id"] == held["id"]

    path = f"/disbursements/{held['id']}/release"
    paid = await either.post(path, {"note": "another birth date"}, 200, key="decision")
    assert (paid["status"], len(paid["entries"])) == ("paid", 3)  # what this request booked
    everything = await either.get(f"/disbursements/{held['id']}")
    assert everything == paid | {"entries": [*held["entries"], *paid["entries"]]}
    again = await either.send(path, {"note": "another birth date"}, "decision")
    assert (again.json(), again.headers["idempotent-replayed"]) == (paid, "true")
    repeated = await either.send("/disbursements", VIKTORS, "order")
    assert (repeated.json(), repeated.headers["idempotent-replayed"]) == (held, "true")

    decided = await either.get(f"/screenings/{why['id']}")
    assert (decided["status"], decided["note"]) == ("released", "another birth date")
    assert decided["decided_by"].startswith("key_")
    assert (await either.post(path, None, 409))["code"] == "move_not_allowed"
    assert either.is_clean()


async def test_a_hit_is_held_and_refused(either: Api) -> None:
    held = await either.post("/disbursements", PUSH | {"recipient_name": "Sanctions Test Hit"})
    balance = await either.get("/senders/snd_city_of_alder/balance")
    refused = await either.post(f"/disbursements/{held['id']}/refuse", None, 200)
    assert (refused["status"], refused["network_id"]) == ("refused", None)
    assert refused["decline"] == {"reason": "violation_of_law", "code": "93", "by": "harbor"}
    after = await either.get("/senders/snd_city_of_alder/balance")
    assert after["available"] - balance["available"] == held["amount"] + held["fee_amount"]
    assert either.is_clean()


async def test_only_the_operator_asks_loads_and_decides(api: Api) -> None:
    made = await api.post("/api_keys", {"role": "merchant", "subject": "mch_blue_door_books", "name": "shop"})
    shop = api.holding(made["key"])
    assert (await put(shop, LISTED, status=403))["code"] == "not_allowed"
    for path, body in (
        ("/eligibility_inquiries", {"card": {"id": "card_nora_patel"}}),
        ("/card_validations", {"card": {"id": "card_nora_patel"}}),
        ("/disbursements/dsb_x/release", None),
        ("/sanctions_list/scores", {"names": ["a"]}),
    ):
        assert (await shop.post(path, body, 403))["code"] == "not_allowed"
    await shop.http.aclose()


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/eligibility_inquiries", {"card": {"number": NO_SUCH_BIN}}, 422, "unknown_bin"),
        ("/eligibility_inquiries", {"card": NORA, "origin": "usa"}, 422, "invalid_request"),
        ("/eligibility_inquiries", {"card": NORA, "acquirer": "nobody"}, 404, "not_found"),
        ("/card_validations", {"card": {"number": NO_SUCH_BIN}}, 422, "unknown_bin"),
        ("/card_validations", {"card": {"number": "4000121111104243"}}, 422, "invalid_card_number"),
        ("/card_validations", {"card": NORA, "sender": "snd_nobody"}, 404, "not_found"),
        ("/card_validations", {"card": NORA, "name": {"last": NORA["number"]}}, 422, "invalid_request"),
        ("/disbursements/dsb_nothing/release", None, 404, "not_found"),
        ("/disbursements/dsb_nothing/refuse", {"note": 5}, 422, "invalid_request"),
        ("/sanctions_list/scores", {"names": []}, 422, "invalid_request"),
    ],
)
async def test_bad_input_is_a_clear_problem_and_changes_nothing(
    shared_api: Api, path: str, body: Json | None, status: int, code: str
) -> None:
    before = shared_api.world()
    response: httpx.Response = await shared_api.send(path, body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert NO_SUCH_BIN not in response.text
    assert shared_api.world() == before
