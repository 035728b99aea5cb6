"""Message-level encryption: by switch, both ways, errors included."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import pytest
from joserfc import jwe
from joserfc.jwk import RSAKey

from payments.facades.visa_direct import encryption
from payments.facades.visa_direct.credential import encrypt_messages
from payments.facades.visa_direct.encryption import seal
from payments.kit.secrets import Secret
from tests.facades.visa_direct.client import HELLO, PUSH, Json, Visa, push

KEY_ID = "11ed78a5-7cb5-4bd9-8f0b-41f6b2a4a50a"
SERVER = RSAKey.generate_key(2048)
CLIENT = RSAKey.generate_key(2048)
REGISTRY = jwe.JWERegistry(algorithms=["RSA-OAEP-256", "A128GCM"], strict_check_header=False)


def pem(key: RSAKey, private: bool) -> str:
    return key.as_pem(private=private).decode()


def encrypted(body: Any, key: RSAKey = SERVER) -> Json:
    return {"encData": seal(pem(key, private=False), KEY_ID, json.dumps(body).encode())}


def decrypted(answer: httpx.Response) -> Json:
    found = jwe.decrypt_compact(answer.json()["encData"], CLIENT, registry=REGISTRY)
    header = found.headers()
    assert (header["alg"], header["enc"], header["kid"]) == ("RSA-OAEP-256", "A128GCM", KEY_ID)
    assert header["iat"] > 1_500_000_000_000  # milliseconds
    body: Json = json.loads(found.plaintext or b"")
    return body


async def switched(visa: Visa, how: str) -> Visa:
    client = await visa.credential(user="ENCRYPTING", password="pw", sender="snd_opal_payouts")
    keys = Secret(pem(SERVER, private=True)), pem(CLIENT, private=False)
    step = partial(encrypt_messages, user="ENCRYPTING", encryption=how, key_id=KEY_ID)
    await visa.api.app.state.sandbox.operator.step(lambda *given: step(*given, server_key=keys[0], client_key=keys[1]))
    client.http.headers["keyId"] = KEY_ID
    return client


@pytest.fixture
async def client(visa: Visa) -> AsyncIterator[Visa]:
    """A client that encrypts everything."""
    client = await switched(visa, "required")
    yield client
    await client.http.aclose()


async def test_a_push_both_ways_encrypted(client: Visa) -> None:
    answer = await client.send(PUSH, encrypted(push()))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert [*answer.json()] == ["encData"]
    assert decrypted(answer)["actionCode"] == "00"
    assert await client.api.available("acct_visa_0127") == 1_000_00 + 124_05


async def test_errors_are_encrypted_too(client: Visa) -> None:
    answer = await client.send(PUSH, encrypted(push(amount=0)))
    assert answer.status_code == 400
    assert decrypted(answer)["responseStatus"]["code"] == "3001"
    assert decrypted(await client.http.get(HELLO))["message"] == "helloworld"


async def test_plain_text_is_refused_where_encryption_is_required(client: Visa) -> None:
    await client.error(await client.send(PUSH, push()), 400, "9125")


@pytest.mark.parametrize(
    "body",
    [
        {"encData": "x.y.z"},
        {"encData": ""},
        encrypted(push(), CLIENT),
        {"encData": encrypted(push())["encData"][:-4] + "AAAA"},
    ],
    ids=["no token", "nothing", "another key", "tampered with"],
)
async def test_what_cannot_be_opened_is_refused(client: Visa, body: Json) -> None:
    answer = await client.send(PUSH, body)
    assert answer.status_code == 400
    assert client.api.world()["acquirer_disbursements"] == 0


async def test_another_key_id_is_refused(client: Visa) -> None:
    client.http.headers["keyId"] = "another"
    assert (await client.send(PUSH, encrypted(push()))).status_code == 400


async def test_an_old_message_is_refused(client: Visa, monkeypatch: pytest.MonkeyPatch) -> None:
    old = encrypted(push())
    monkeypatch.setattr(encryption, "VALID_FOR", -1)
    answer = await client.send(PUSH, old)
    assert answer.status_code == 400


async def test_optional_takes_both(visa: Visa) -> None:
    client = await switched(visa, "optional")
    assert decrypted(await client.send(PUSH, encrypted(push())))["actionCode"] == "00"
    assert (await client.post(PUSH, push()))["actionCode"] == "94"


async def test_off_takes_none(visa: Visa) -> None:
    await visa.error(await visa.send(PUSH, encrypted(push())), 400, "9125")
