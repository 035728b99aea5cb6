"""A message as the API shows it: what was said between two members, with nothing secret in it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from payments.api import payments as payments_routes
from payments.app import create_app
from payments.settings import Settings
from payments.switch import iso8583, wire
from payments.switch.message import Message, Reply
from tests.api.calling import NORA, PUSH, SALE, Api, Json


async def messages(api: Api, reference: str, type: str = "message.sent") -> list[Json]:
    """Each message of one payment, in order."""
    events = (await api.get("/events", reference=reference, type=type))["data"]
    return [await api.get(f"/events/{each['position']}/message") for each in events]


async def test_the_four_messages_of_an_authorization(either: Api) -> None:
    payment = await either.pay()
    sent = await messages(either, payment["reference"])
    assert [(each["mti"], each["sender"], each["receiver"]) for each in sent] == [
        ("0100", "harbor", "opennet"),
        ("0100", "opennet", "first_prairie"),
        ("0110", "first_prairie", "opennet"),
        ("0110", "opennet", "harbor"),
    ]
    received = await messages(either, payment["reference"], "message.received")
    assert [each["wire"] for each in received] == [each["wire"] for each in sent]
    assert {each["event"] for each in received}.isdisjoint(each["event"] for each in sent)


async def test_it_has_names_and_meanings_and_no_secrets(api: Api) -> None:
    payment = await api.pay()
    request = (await messages(api, payment["reference"]))[0]
    assert (request["object"], request["type"], request["format"]) == ("message", "authorization_request", "iso8583")
    shown = {(each["number"], each["tag"]): each for each in request["fields"]}
    assert shown[0, ""]["meaning"] == "authorization request"
    assert shown[2, ""]["value"] == "400012••••••4242"
    assert shown[4, ""] == {
        "number": 4,
        "tag": "",
        "name": "transaction amount",
        "value": "000000005841",
        "meaning": "58.41 USD",
    }
    assert request["wire"].startswith("0100")
    assert "400012******4242" in request["wire"]
    assert NORA["number"] not in json.dumps(request)
    assert (126, "CV") not in shown


async def test_every_message_of_a_day_can_be_looked_at(api: Api) -> None:
    payment = await api.pay(capture=True)
    pushed = await api.post("/disbursements", PUSH)
    await api.post("/sandbox/faults", {"kind": "lose_reply", "receiver": "opennet", "message": "reversal"})
    voided = await api.pay()
    await api.post(f"/payments/{voided['id']}/void", status=200)
    await api.post("/refunds", {"payment": payment["id"], "amount": 41})
    await api.post("/sandbox/clock/wind", {"seconds": 3 * 86_400}, 200)
    seen: set[tuple[str, str]] = set()
    after = 0
    while events := (await api.get("/events", after=after, limit=500))["data"]:
        for event in [each for each in events if each["type"].startswith("message.")]:
            message = await api.get(f"/events/{event['position']}/message")
            hop = event["data"]
            assert (message["sender"], message["receiver"]) == (hop["sender"], hop["receiver"])
            seen.add((message["format"], message["mti"]))
        after = events[-1]["position"]
    assert seen >= {
        *(("iso8583", mti) for mti in ("0100", "0110", "0200", "0210", "0220", "0230", "0420", "0421", "0430")),
        *(("iso8583", mti) for mti in ("0520", "0530")),
        *(("json", mti) for mti in ("funds_received", "pay_merchant", "settlement_instruction", "bank_reply")),
    }
    assert pushed["status"] == "paid"


async def test_a_sandbox_whose_members_send_bytes_is_the_same(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def encode(message: Message | Reply, **how: Any) -> bytes:
        written.append(message.mti)
        return iso8583.encode(message, **how)

    monkeypatch.setattr(wire, "iso8583", SimpleNamespace(encode=encode, decode=iso8583.decode))
    app = create_app(Settings(database=sqlite_url, wire=True))
    async with app.router.lifespan_context(app):
        api = Api(app)
        assert (await api.pay(capture=True))["status"] == "captured"
        assert (await api.post("/disbursements", PUSH))["status"] == "paid"
        assert written == ["0100", "0100", "0110", "0110", "0200", "0200", "0210", "0210"]
        await api.post("/sandbox/clock/wind", {"seconds": 5 * 86_400}, 200)
        assert api.is_clean()
        await api.http.aclose()


async def test_what_is_no_message_has_none(api: Api) -> None:
    payment = await api.pay()
    (other,) = (await api.get("/events", reference=payment["reference"], type="payment.pending"))["data"]
    assert "payment.pending" in (await api.get(f"/events/{other['position']}/message", 404))["detail"]
    await api.get("/events/999999999/message", 404)
    await api.get("/events/0/message", 422)
    await api.get("/events/one/message", 422)


async def test_messages_are_the_operators_to_see(api: Api) -> None:
    key = await api.post("/api_keys", {"role": "merchant", "subject": SALE["merchant"], "name": "till"})
    await api.holding(key["key"]).get("/events/1/message", 403)


async def test_a_bug_is_in_the_log_with_its_request(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def mistaken(*_: Any) -> None:
        raise AssertionError(f"a number that is nowhere to be seen: {NORA['number']}")

    monkeypatch.setattr(payments_routes, "authorize", mistaken)
    answer = await api.send("/payments", SALE)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    written = capsys.readouterr().err
    assert NORA["number"] not in written + answer.text
    (event,) = [json.loads(each) for each in written.splitlines()]
    assert (event["event"], event["method"], event["path"]) == ("request failed", "POST", "/v1/payments")
    assert "AssertionError" in event["exception"]
