"""Bad input: each a clear problem with a stable code, and not a cent moved, nothing created, no number repeated."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.calling import NO_SUCH_BIN, NORA, PUSH, SALE, Api, Json

WRONG_LUHN = "4000121111104243"
UNKNOWN_CARD: Json = {"number": NO_SUCH_BIN}
OMARS = "4000341111140091"
SHOP: Json = {"name": "Tea", "city": "Alder", "country": "US", "mcc": "5812", "currency": "USD"}
HOLDER: Json = {"holder": "Ida", "product": "debit", "currency": "USD"}
DEPOSITS = "/accounts/acct_nora_patel/deposits"
WIND = "/sandbox/clock/wind"
INVALID = "invalid_request"
LIMIT: Json = {"per": "card", "currency": "USD"}


def sale(**changes: Any) -> Json:
    return SALE | changes


def push(**changes: Any) -> Json:
    return PUSH | changes


def without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


CASES: list[tuple[str, str, Any, int, str]] = [
    ("unknown merchant", "/payments", sale(merchant="mch_nobody"), 404, "not_found"),
    ("unknown card id", "/payments", sale(card={"id": "card_nobody"}), 404, "not_found"),
    ("unknown sender", "/disbursements", push(sender="snd_nobody"), 404, "not_found"),
    ("unknown payment, capture", "/payments/pay_nothing/capture", {}, 404, "not_found"),
    ("unknown payment, void", "/payments/pay_nothing/void", None, 404, "not_found"),
    ("unknown payment, refund", "/refunds", {"payment": "pay_nothing"}, 404, "not_found"),
    ("unknown disbursement", "/disbursements/dsb_nothing/enquire", None, 404, "not_found"),
    ("unknown account", "/accounts/acct_nobody/deposits", {"amount": 1}, 404, "not_found"),
    ("unknown acquirer", "/merchants", SHOP | {"acquirer": "nobody"}, 404, "not_found"),
    ("unknown issuer", "/accounts", HOLDER | {"issuer": "nobody"}, 404, "not_found"),
    ("a currency nobody keeps", "/merchants", SHOP | {"currency": "CHF"}, 422, "currency_not_kept"),
    ("a credit account without limit", "/accounts", HOLDER | {"product": "credit"}, 422, "invalid_request"),
    ("a card of another bank", "/cards", {"account": "acct_nora_patel", "number": OMARS}, 422, "not_its_card_number"),
    ("a card there is", "/cards", {"account": "acct_nora_patel", "number": NORA["number"]}, 422, "card_number_taken"),
    ("amount zero", "/payments", sale(amount=0), 422, "invalid_request"),
    ("amount below zero", "/payments", sale(amount=-5841), 422, "invalid_request"),
    ("amount with decimals", "/payments", sale(amount=58.41), 422, "invalid_request"),
    ("amount as text", "/payments", sale(amount="12.345"), 422, "invalid_request"),
    ("amount as a round float", "/payments", sale(amount=5841.0), 422, "invalid_request"),
    ("amount true", "/payments", sale(amount=True), 422, "invalid_request"),
    ("amount null", "/payments", sale(amount=None), 422, "invalid_request"),
    ("amount beyond twelve digits", "/payments", sale(amount=10**12), 422, "invalid_request"),
    ("amount beyond 64 bits", "/payments", sale(amount=10**30), 422, "invalid_request"),
    ("amount missing", "/payments", without(SALE, "amount"), 422, "invalid_request"),
    ("push of nothing", "/disbursements", push(amount=0), 422, "invalid_request"),
    ("push with decimals", "/disbursements", push(amount=25.001), 422, "invalid_request"),
    ("a card number as description", "/payments", sale(description=f"for {OMARS}"), 422, "invalid_request"),
    ("a card number as recipient", "/disbursements", push(recipient_name=OMARS), 422, "invalid_request"),
    ("deposit of nothing", DEPOSITS, {"amount": 0}, 422, "invalid_request"),
    ("unknown currency", "/payments", sale(currency="XQQ"), 422, "unknown_currency"),
    ("a metal", "/payments", sale(currency="XAU"), 422, "unknown_currency"),
    ("lower case currency", "/payments", sale(currency="usd"), 422, "unknown_currency"),
    ("the merchant's is another", "/payments", sale(currency="EUR"), 422, "currency_not_supported"),
    ("the sender's is another", "/disbursements", push(currency="EUR"), 422, "sender_currency_differs"),
    ("a bin of nobody", "/payments", sale(card=UNKNOWN_CARD), 422, "unknown_bin"),
    ("a bin of nobody, push", "/disbursements", push(card=UNKNOWN_CARD), 422, "unknown_bin"),
    ("a wrong check digit", "/payments", sale(card={"number": WRONG_LUHN}), 422, "invalid_card_number"),
    (
        "a card number with spaces",
        "/payments",
        sale(card={"number": "4000 1211 1110 4242"}),
        422,
        "invalid_card_number",
    ),
    ("a card number as integer", "/payments", sale(card={"number": 4000121111104242}), 422, "invalid_card_number"),
    ("no card", "/payments", sale(card={}), 422, "invalid_request"),
    ("number and id", "/payments", sale(card={"id": "card_nora_patel"} | NORA), 422, "invalid_request"),
    ("a month of 13", "/payments", sale(card=NORA | {"expiry": "13/29"}), 422, "invalid_request"),
    ("a cvv of five digits", "/payments", sale(card=NORA | {"cvv": "12345"}), 422, "invalid_request"),
    ("a field there is not", "/payments", sale(tip=100), 422, "invalid_request"),
    ("a card number as field", "/payments", sale(**{NORA["number"]: 1}), 422, "invalid_request"),
    ("a card number as merchant", "/payments", sale(merchant=NORA["number"]), 404, "not_found"),
    ("a control character", "/payments", sale(description="a\u0000b"), 422, "invalid_request"),
    ("another channel", "/disbursements", push(channel="pigeon"), 422, "invalid_request"),
    ("another application", "/disbursements", push(business_application="ZZ"), 422, "unknown_business_application"),
    ("another programme", "/disbursements", push(programme="charity"), 422, "unknown_programme"),
    ("an application of another programme", "/disbursements", push(programme="payroll"), 422, "unknown_programme"),
    ("neither application nor programme", "/disbursements", without(PUSH, "business_application"), 422, INVALID),
    ("a source of funds there is not", "/disbursements", push(source_of_funds="luck"), 422, "unknown_source_of_funds"),
    (
        "a push that is not its to send",
        "/disbursements",
        push(business_application="PP"),
        422,
        "sender_not_in_programme",
    ),
    ("recipient twice", "/disbursements", push(recipient={"name": "Nora Patel"}), 422, INVALID),
    ("recipient never", "/disbursements", without(PUSH, "recipient_name"), 422, INVALID),
    ("a limit of nobody", "/push_limits", LIMIT | {"per": "sender"}, 422, INVALID),
    ("a limit of a stranger", "/push_limits", LIMIT | {"per": "sender", "sender": "snd_nobody"}, 404, "not_found"),
    ("a limit below nothing", "/push_limits", LIMIT | {"transaction_amount": -1}, 422, INVALID),
    ("a window of five days", "/push_limits", LIMIT | {"windows": [{"days": 5, "amount": 1}]}, 422, INVALID),
    ("a low balance below nothing", "/senders/snd_city_of_alder/low_balance", {"amount": -1}, 422, INVALID),
    ("more than the sender has", "/disbursements", push(amount=10**9), 422, "insufficient_funds"),
    ("a payout of nothing", "/merchants/mch_blue_door_books/payouts", {}, 422, "nothing_to_pay_out"),
    ("a payout of too much", "/merchants/mch_blue_door_books/payouts", {"amount": 1}, 422, "insufficient_funds"),
    ("back in time", WIND, {"to": "2001-01-01T00:00:00Z"}, 409, "clock_goes_forward"),
    ("back by seconds", WIND, {"seconds": -1}, 422, "invalid_request"),
    ("a time without zone", WIND, {"to": "2031-01-01T00:00:00"}, 422, "invalid_request"),
    ("two ways at once", WIND, {"seconds": 1, "next": True}, 422, "invalid_request"),
    ("nowhere", WIND, {}, 422, "invalid_request"),
    ("too far", WIND, {"to": "9999-01-01T00:00:00Z"}, 422, "invalid_request"),
    ("a fault there is not", "/sandbox/faults", {"kind": "explode"}, 422, "invalid_request"),
    ("a member there is not", "/sandbox/faults", {"kind": "delay", "sender": "x"}, 422, "invalid_request"),
    ("a list", "/payments", [], 422, "invalid_request"),
    ("a text", "/payments", "pay", 422, "invalid_request"),
    ("nothing", "/payments", {}, 422, "invalid_request"),
]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.parametrize("keyed", [False, True], ids=["", "keyed"])
async def test_it_is_refused_and_nothing_happens(
    shared_api: Api, path: str, body: Any, status: int, code: str, keyed: bool, request: pytest.FixtureRequest
) -> None:
    before = shared_api.world()
    response = await shared_api.send(path, body, key=request.node.name.replace(" ", "-") if keyed else None)
    check_problem(response, status, code)
    assert shared_api.world() == before


def check_problem(response: httpx.Response, status: int, code: str) -> Json:
    """It is problem details with this code, and repeats nothing secret."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: Json = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"].endswith(code)
    assert problem["title"]
    assert problem["detail"]
    for secret in (NORA["number"], NO_SUCH_BIN, WRONG_LUHN, "12345"):
        assert secret not in response.text
    return problem


async def test_an_amount_with_decimals_says_how_to_write_it(api: Api) -> None:
    problem = await api.post("/payments", sale(amount=12.345), 422)
    (error,) = problem["errors"]
    assert error["field"] == "amount"
    assert "minor units" in error["problem"]


async def test_every_wrong_field_is_named(api: Api) -> None:
    problem = await api.post("/payments", sale(amount=0, merchant=7, card=NORA | {"expiry": "1229"}, tip=1), 422)
    assert {each["field"] for each in problem["errors"]} == {"amount", "merchant", "card.expiry", "tip"}


async def test_more_is_not_captured_than_was_authorized(api: Api) -> None:
    payment = await api.pay(card={"id": "card_nora_patel"})
    before = api.world()
    problem = await api.post(f"/payments/{payment['id']}/capture", {"amount": 5842}, 422)
    assert problem["code"] == "capture_exceeds_authorization"
    assert api.world() == before


async def test_more_is_not_refunded_than_was_captured(api: Api) -> None:
    payment = await api.pay(capture=True)
    await api.post("/refunds", {"payment": payment["id"], "amount": 5000})
    before = api.world()
    problem = await api.post("/refunds", {"payment": payment["id"], "amount": 842}, 422)
    assert problem["code"] == "refund_exceeds_capture"
    assert api.world() == before


async def test_what_is_captured_is_not_voided(api: Api) -> None:
    payment = await api.pay(capture=True)
    assert (await api.post(f"/payments/{payment['id']}/void", status=409))["code"] == "move_not_allowed"


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"amount": 01}', b"card=4000121111104242"])
async def test_a_body_that_is_not_json(api: Api, body: bytes) -> None:
    before = api.world()
    headers = {"Content-Type": "application/json"}
    response = await api.http.post("/v1/payments", content=body, headers=headers)
    check_problem(response, 400, "not_json")
    assert api.world() == before


async def test_a_form_is_told_to_be_json(api: Api) -> None:
    response = await api.http.post("/v1/payments", data={"card": NORA["number"]})
    check_problem(response, 415, "unsupported_media_type")


async def test_a_number_of_no_bin_is_stored_and_logged_nowhere(
    api: Api, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    await api.send("/payments", sale(card=UNKNOWN_CARD), key="till-1")
    await api.send("/disbursements", push(card=UNKNOWN_CARD), key="till-2")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert NO_SUCH_BIN.encode() not in kept
    out, err = capfd.readouterr()
    assert NO_SUCH_BIN not in out + err + caplog.text


async def test_a_path_there_is_not(api: Api) -> None:
    check_problem(await api.http.get("/v1/nothing"), 404, "not_found")


async def test_a_method_there_is_not(api: Api) -> None:
    response = await api.http.put("/v1/payments", json=SALE)
    check_problem(response, 405, "method_not_allowed")


@pytest.mark.parametrize("id", ["4000121111104242", "%00", "a b", "x" * 300, "%F0%9F%92%B3"])
async def test_an_id_that_is_none(api: Api, id: str) -> None:
    check_problem(await api.http.get(f"/v1/payments/{id}"), 404, "not_found")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "after=%00", "status=happy"])
async def test_a_page_there_cannot_be(api: Api, query: str) -> None:
    check_problem(await api.http.get(f"/v1/payments?{query}"), 422, "invalid_request")


@pytest.mark.parametrize("path", ["/accounts/acct_nora_patel/statement", "/ledger/accounts/x/statement"])
async def test_a_cursor_of_another_make(api: Api, path: str) -> None:
    response = await api.http.get(f"/v1{path}?after=pay_1")
    assert response.status_code in (404, 422)


async def test_a_bug_is_told_without_what_it_was(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError(NORA["number"])

    monkeypatch.setattr("payments.api.payments.authorize", broken)
    check_problem(await api.send("/payments", SALE), 500, "internal_error")
