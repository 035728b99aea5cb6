"""The control plane: credentials of one's own, by the operator's key only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from payments.facades.visa_direct.encryption import seal
from tests.facades.visa_direct.client import HELLO, PUSH, Json, Visa, push
from tests.facades.visa_direct.test_later import CLIENT_ID

WHERE = "/sandbox/visa_direct/credentials"
MINE: Json = {"user": "MYOWNUSERID", "password": "my own password", "sender": "snd_opal_payouts"}


async def test_ones_own_credentials(either: Visa) -> None:
    made = await either.api.post(WHERE, MINE | {"acquiring_bin": "400171"})
    assert (made["acquirer"], made["sender"], made["strict"]) == ("harbor", "snd_opal_payouts", False)
    assert "my own password" not in json.dumps(made)
    mine = Visa(either.api, "MYOWNUSERID", "my own password")
    assert (await mine.get(HELLO))["message"] == "helloworld"
    assert (await mine.post(PUSH, push(acquiringBin="400171")))["actionCode"] == "00"
    listed = (await either.api.get(WHERE))["data"]
    assert [each["user"] for each in listed] == ["MYOWNUSERID", "VISADIRECTDEMO0001"]
    assert (await either.api.delete(f"{WHERE}/MYOWNUSERID"))["disabled_at"]
    await mine.error(await mine.http.get(HELLO), 401, "9124")


async def test_switches_count_at_once(visa: Visa) -> None:
    await visa.api.post(WHERE, MINE)
    mine = Visa(visa.api, "MYOWNUSERID", "my own password")
    headers: Json = {CLIENT_ID: "one"}
    first = await mine.post(PUSH, push(), **headers)
    await visa.api.post(f"{WHERE}/MYOWNUSERID/switches", {"strict": False, "repeats": "replay"}, 200)
    assert await mine.post(PUSH, push(), **headers) == first
    await visa.api.post(f"{WHERE}/MYOWNUSERID/switches", {"strict": True, "repeats": "replay"}, 200)
    await mine.error(await mine.send(PUSH, push()), 400, "3001")


async def test_encryption_is_switched_on_with_a_key(visa: Visa) -> None:
    await visa.api.post(WHERE, MINE)
    client_key = RSAKey.generate_key(2048).as_pem(private=False).decode()
    keys = {"encryption": "required", "key_id": "key-1", "client_key": client_key}
    told = await visa.api.post(f"{WHERE}/MYOWNUSERID/keys", keys, 200)
    assert "PRIVATE" not in json.dumps(told)
    mine = Visa(visa.api, "MYOWNUSERID", "my own password")
    mine.http.headers["keyId"] = "key-1"
    body = {"encData": seal(told["server_key"], "key-1", json.dumps(push()).encode())}
    answer = await mine.send(PUSH, body)
    assert (answer.status_code, [*answer.json()]) == (200, ["encData"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", MINE | {"user": "VISADIRECTDEMO0001"}, 422),
        ("", MINE | {"api_key": "VISADIRECTDEMOKEY"}, 422),
        ("", MINE | {"sender": "snd_nobody"}, 404),
        ("", MINE | {"user": "with:colon"}, 422),
        ("", MINE | {"acquiring_bin": "1"}, 422),
        ("", MINE | {"repeats": "never"}, 422),
        ("", MINE | {"more": 1}, 422),
        ("", {}, 422),
        ("/nobody/switches", {"strict": True, "repeats": "replay"}, 404),
        ("/VISADIRECTDEMO0001/keys", {"encryption": "required", "key_id": "1", "client_key": "none"}, 422),
    ],
)
async def test_what_is_wrong_is_a_problem(visa: Visa, path: str, body: Any, status: int) -> None:
    assert (await visa.api.post(f"{WHERE}{path}", body, status))["status"] == status


async def test_only_the_operator_may(visa: Visa) -> None:
    for key, status in (("sk_wrong", 401), ("", 401)):
        stranger = visa.api.holding(key)
        assert (await stranger.post(WHERE, MINE, status))["status"] == status
        await stranger.http.aclose()
