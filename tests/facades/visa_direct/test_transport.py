"""What every request goes through: credentials, media types, the envelope of errors, the exact content type."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from payments.facades.visa_direct.admission import pay_token
from payments.facades.visa_direct.credential import (
    DEMO_API_KEY,
    DEMO_PASSWORD,
    DEMO_SHARED_SECRET,
    DEMO_USER,
    Credential,
    disable_credential,
)
from payments.kit.clock import SECOND, real_now
from tests.facades.visa_direct.client import HELLO, PUSH, PUSHES, QUERY, Visa, basic, push, read


async def test_hello(either: Visa) -> None:
    answer = await either.http.get(HELLO)
    assert read(answer, 200)["message"] == "helloworld"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", answer.json()["timestamp"])
    assert re.fullmatch(r"\d+_\d+_\d+_VDP_WS", answer.headers["x-correlation-id"])


async def test_every_answer_has_its_own_correlation_id(visa: Visa) -> None:
    ids = {(await visa.http.get(path)).headers["x-correlation-id"] for path in (HELLO, HELLO, "/vdp/nothing")}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "9123"),
        ("Bearer sk_demo_opennet", "9123"),
        ("Basic", "9123"),
        ("Basic ???", "9124"),
        ("Basic /////w==", "9124"),
        (basic(password="wrong"), "9124"),
        (basic(user="nobody"), "9124"),
        (basic(user="", password=""), "9124"),
        (basic(user="no\x00body"), "9124"),
        (basic(user="nöbody", password="€"), "9124"),
    ],
)
async def test_without_good_credentials_nobody_gets_in(visa: Visa, authorization: str, code: str) -> None:
    answer = await visa.http.post(PUSH, json=push(), headers={"Authorization": authorization})
    await visa.error(answer, 401, code)
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert visa.api.world()["acquirer_disbursements"] == 0


async def test_a_disabled_credential_opens_nothing(visa: Visa) -> None:
    other = await visa.credential(user="OTHER", password="pw", sender="snd_opal_payouts")
    await other.get(HELLO)
    await visa.api.app.state.sandbox.operator.step(disable_credential, "OTHER")
    visa.api.app.state.visa_direct.credentials.forget()
    await other.error(await other.http.get(HELLO), 401, "9124")


async def test_passwords_are_kept_hashed_only(visa: Visa) -> None:
    def stored(connection: object) -> str:
        return str([*connection.execute(Credential.table().select())])  # type: ignore[attr-defined]

    kept = visa.api.app.state.sandbox.world.database.read_now(stored)
    assert DEMO_USER in kept
    assert DEMO_PASSWORD not in kept
    assert DEMO_SHARED_SECRET not in kept


@pytest.mark.parametrize("path", [f"{PUSH}/%00", f"{PUSH}/{'x' * 500}", f"{PUSH}/%F0%9F%92%B8", f"{PUSHES}/%00"])
async def test_strange_identifiers_are_unknown(either: Visa, path: str) -> None:
    await either.error(await either.http.get(path), 404, "404")


async def test_another_acquiring_bin_is_not_permitted(visa: Visa) -> None:
    await visa.error(await visa.send(PUSH, push(acquiringBin=400171)), 403, "9611")
    query = {"acquiringBIN": "400171", "stan": "1", "rrn": "1"}
    await visa.error(await visa.http.get(QUERY, params=query), 403, "9611")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/visadirect/nothing", 404),
        ("GET", "/vdp/nothing", 404),
        ("POST", "/visadirect/fundstransfer/v1/nothing", 404),
        ("GET", PUSH, 405),
        ("DELETE", PUSH, 405),
        ("PUT", HELLO, 405),
        ("POST", QUERY, 405),
    ],
)
async def test_unknown_paths_and_methods(visa: Visa, method: str, path: str, status: int) -> None:
    await visa.error(await visa.http.request(method, path, json={}), status, str(status))


async def test_xml_is_refused_clearly(visa: Visa) -> None:
    sent = await visa.http.post(PUSH, content=b"<a/>", headers={"Content-Type": "application/xml"})
    assert "XML" in await visa.error(sent, 415, "415")
    wanted = await visa.http.get(HELLO, headers={"Accept": "application/xml"})
    assert "JSON" in await visa.error(wanted, 406, "406")
    both = await visa.http.get(HELLO, headers={"Accept": "application/xml, application/json"})
    assert both.status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_other_media_types_are_refused(visa: Visa, kind: str) -> None:
    await visa.error(await visa.http.post(PUSH, content=b"{}", headers={"Content-Type": kind}), 415, "415")


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json;charset=UTF-8", "Application/JSON; charset=utf-8"]
)
async def test_json_by_any_spelling_is_read(visa: Visa, kind: str) -> None:
    answer = await visa.http.post(PUSH, content=b"{}", headers={"Content-Type": kind})
    await visa.error(answer, 400, "3001")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"amount": NaN}', b"[" * 100_000])
async def test_what_is_no_json_object_is_refused(visa: Visa, body: bytes) -> None:
    answer = await visa.http.post(PUSH, content=body, headers={"Content-Type": "application/json"})
    await visa.error(answer, 400, "3001")


async def test_a_body_too_large_is_refused(visa: Visa) -> None:
    answer = await visa.http.post(PUSH, content=b" " * 1_000_001, headers={"Content-Type": "application/json"})
    await visa.error(answer, 413, "413")


async def test_a_bug_is_told_in_the_envelope(visa: Visa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visa.api.app.state.visa_direct.credentials, "by_user", None)
    await visa.error(await visa.http.get(HELLO), 500, "500")


# ── x-pay-token ──


def signed(path: str, query: str, body: bytes = b"", secret: str = DEMO_SHARED_SECRET, late: int = 0) -> str:
    return pay_token(secret, real_now() // SECOND - late, path, query, body)


async def test_a_request_signed_with_a_token_gets_in(visa: Visa) -> None:
    query = f"apikey={DEMO_API_KEY}"
    visa.http.headers.pop("Authorization")
    for path in (HELLO, HELLO.removeprefix("/"), "helloworld"):  # some clients sign without the product
        answer = await visa.http.get(f"{HELLO}?{query}", headers={"x-pay-token": signed(path, query)})
        assert read(answer, 200)["message"] == "helloworld"
    body = b'{"amount": 1}'
    headers = {"x-pay-token": signed(PUSH, query, body), "Content-Type": "application/json"}
    await visa.error(await visa.http.post(f"{PUSH}?{query}", content=body, headers=headers), 400, "3001")


@pytest.mark.parametrize(
    "token",
    [
        lambda: "xv2:1:abc",
        lambda: signed("/vdp/other", f"apikey={DEMO_API_KEY}"),
        lambda: signed(HELLO, f"apikey={DEMO_API_KEY}", secret="wrong"),
        lambda: signed(HELLO, f"apikey={DEMO_API_KEY}", late=3_600),
        lambda: signed(HELLO, f"apikey={DEMO_API_KEY}", b"another body"),
    ],
    ids=["no signature", "another path", "another secret", "an hour late", "another body"],
)
async def test_a_wrong_token_does_not(visa: Visa, token: Callable[[], str]) -> None:
    answer = await visa.http.get(f"{HELLO}?apikey={DEMO_API_KEY}", headers={"x-pay-token": token()})
    await visa.error(answer, 401, "9124")


async def test_a_token_needs_a_known_key(visa: Visa) -> None:
    for query in ("", "apikey=unknown"):
        answer = await visa.http.get(f"{HELLO}?{query}", headers={"x-pay-token": signed(HELLO, query)})
        await visa.error(answer, 401, "9123")
