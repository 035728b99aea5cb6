"""Send 2.0's encrypted bodies, made and opened as a client of Mastercard's makes and opens them."""

from __future__ import annotations

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from joserfc import jwe
from joserfc.jwk import RSAKey

from payments.facades.mastercard_send.encryption import ALGORITHMS
from tests.api.serving import Served
from tests.facades.mastercard_send.sending import DISBURSEMENT, PARTNER, PAYMENT, Json, answered, problem
from tests.facades.mastercard_send.test_signature import CONSUMER_KEY, Client, pem

ALG, ENC = ALGORITHMS


@pytest.fixture(scope="module")
def keys() -> tuple[RSAPrivateKey, RSAPrivateKey]:
    """The key that signs, and the one that answers are encrypted to."""
    return generate_private_key(65537, 2048), generate_private_key(65537, 2048)


@pytest.fixture
def client(served: Served, keys: tuple[RSAPrivateKey, RSAPrivateKey]) -> Client:
    signing, own = keys
    key = {
        "consumer_key": CONSUMER_KEY,
        "partner": PARTNER,
        "public_key": pem(signing),
        "encryption_key": pem(own),
    }
    made = served.http.post("/v1/sandbox/mastercard_send/consumer_keys", json=key)
    assert made.json()["encrypts"] is True
    return Client(served, signing)


@pytest.fixture
def theirs(served: Served) -> RSAKey:
    answer = served.http.get("/v1/sandbox/mastercard_send/encryption_key").json()
    assert served.http.get("/v1/sandbox/mastercard_send/encryption_key").json() == answer
    return RSAKey.import_key(answer["public_key"])


def sealed(body: Json, key: RSAKey) -> Json:
    text = jwe.encrypt_compact({"alg": ALG, "enc": ENC, "kid": "x"}, orjson.dumps(body), key, algorithms=[ALG, ENC])
    return {"encrypted_payload": {"data": text}}


def opened(answer: Json, key: RSAPrivateKey) -> Json:
    private = RSAKey.import_key(key)
    text = jwe.decrypt_compact(answer["encrypted_payload"]["data"], private, algorithms=[ALG, ENC]).plaintext
    body: Json = orjson.loads(text or b"")
    return body


PATH = f"/send/partners/{PARTNER}/payments"


def test_bodies_are_encrypted_both_ways(
    client: Client, theirs: RSAKey, keys: tuple[RSAPrivateKey, RSAPrivateKey]
) -> None:
    made = opened(answered(client.send("POST", PATH, sealed(PAYMENT, theirs)), 201), keys[1])
    assert made["transactionStatus"] == "APPROVED"
    search = sealed({"paymentId": made["paymentId"]}, theirs)
    found = opened(answered(client.send("POST", f"{PATH}/searches", search), 200), keys[1])
    assert found["payments"]["data"]["payments"][0]["paymentReference"] == "pay_000001328"
    again = opened(answered(client.send("POST", PATH, sealed(PAYMENT, theirs)), 409), keys[1])
    assert problem(again)["ErrorDetailCode"] == "110501"


def test_what_is_not_encrypted_or_not_for_us_is_refused(
    client: Client, theirs: RSAKey, keys: tuple[RSAPrivateKey, RSAPrivateKey]
) -> None:
    not_for_us = sealed(PAYMENT, RSAKey.import_key(pem(keys[1])))
    wrong: list[Json] = [PAYMENT, not_for_us, *({"encrypted_payload": each} for each in ({"data": "a.b.c.d.e"}, {}))]
    for body in wrong:
        refused = opened(answered(client.send("POST", PATH, body), 400), keys[1])
        assert problem(refused)["Source"] == "encrypted_payload.data"


def test_v1_is_never_encrypted(client: Client, theirs: RSAKey) -> None:
    path = f"/send/v1/partners/{PARTNER}/disbursements/payment"
    made = answered(client.send("POST", path, {"payment_disbursement": DISBURSEMENT}), 201)
    assert made["disbursement"]["status"] == "APPROVED"
