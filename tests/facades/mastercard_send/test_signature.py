"""Signatures: whatever Mastercard's own client library signs is accepted, anything else is not."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from oauth1.oauth import OAuth
from oauthlib.oauth1.rfc5849.signature import (
    base_string_uri,
    collect_parameters,
    normalize_parameters,
    signature_base_string,
)
from oauthlib.oauth1.rfc5849.utils import escape

from payments.kit.clock import SECOND, real_now
from tests.api.serving import Served
from tests.facades.mastercard_send.sending import DISBURSEMENT, PARTNER, Json, Send, answered, detail

CONSUMER_KEY = "a6ZGEJVX1SqYzEQbBFvTbNRAX4bZq4QqEZDrTg5a!f8d1c3e5a7b94f6d8e0a2c4b6d8f0e2a4c6e8a0c2e4f6a8b"


@pytest.fixture(scope="module")
def private_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Client:
    """A client as Mastercard's documentation has it: its signer, an HTTP library, a base URL."""

    def __init__(self, served: Served, key: RSAPrivateKey, consumer_key: str = CONSUMER_KEY) -> None:
        self.base = f"http://127.0.0.1:{served.port}"
        self.key, self.consumer_key = key, consumer_key

    def header(self, method: str, url: str, body: bytes) -> str:
        return str(OAuth.get_authorization_header(url, method, body.decode(), self.consumer_key, self.key))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        url, content = f"{self.base}{path}", orjson.dumps(body) if body is not None else b""
        signed = {"Authorization": self.header(method, url, content), "Content-Type": "application/json"}
        return self.ask(method, url, content, **signed | headers)

    def ask(self, method: str, url: str, content: bytes = b"", **headers: str) -> httpx.Response:
        return httpx.request(method, url, content=content, headers=headers, trust_env=False, timeout=30)


@pytest.fixture
def client(served: Served, private_key: RSAPrivateKey) -> Client:
    key = {"consumer_key": CONSUMER_KEY, "partner": PARTNER, "public_key": pem(private_key)}
    made = served.http.post("/v1/sandbox/mastercard_send/consumer_keys", json=key)
    assert made.status_code == 201, made.text
    assert made.json()["encrypts"] is False
    return Client(served, private_key)


PATH = f"/send/v1/partners/{PARTNER}/disbursements"
BODY: Json = {"payment_disbursement": DISBURSEMENT}


def test_mastercards_own_signer_is_believed(client: Client, served: Served) -> None:
    made = answered(client.send("POST", f"{PATH}/payment?decline_details=true&Format=JSON", BODY), 201)
    found = answered(client.send("GET", f"{PATH}?ref=pay_000001328&Format=JSON"), 200)
    assert found["disbursements"]["data"]["disbursement"] == [made["disbursement"]]
    by_id = answered(client.send("GET", f"{PATH}/{made['disbursement']['id']}"), 200)
    assert by_id == made
    calls = [each["data"] for each in events(served, "mastercard_send.called")]
    assert [(each["method"], each["verified"]) for each in calls] == [("POST", True), ("GET", True), ("GET", True)]


def test_a_changed_request_is_not_believed(client: Client) -> None:
    url = f"{client.base}{PATH}/payment"
    body = orjson.dumps(BODY)
    header = client.header("POST", url, body)
    changed = body.replace(b"62890", b"62891")
    for method, where, content in (
        ("POST", url, changed),
        ("POST", f"{url}?decline_details=true", body),
        ("POST", url.replace("disbursements", "transfers"), body),
        ("POST", url.replace("/send/", "/send/static/"), body),
    ):
        answer = client.ask(method, where, content, Authorization=header)
        assert detail(answered(answer, 401)) == ("oauth.signature", "UNAUTHORIZED_ACCESS", "050007")
    assert client.ask("POST", url, body, Authorization=header).status_code == 201


def test_another_key_is_not_believed(client: Client, served: Served) -> None:
    for other in (Client(served, generate_private_key(65537, 2048)), Client(served, client.key, "somebody!else")):
        assert detail(answered(other.send("POST", f"{PATH}/payment", BODY), 401))[2] == "050007"
    unsigned = client.ask("POST", f"{client.base}{PATH}/payment", orjson.dumps(BODY))
    assert "sign with it" in str(answered(unsigned, 401))


def test_a_request_is_believed_once(client: Client) -> None:
    url = f"{client.base}{PATH}?ref=pay_000001328"
    header = client.header("GET", url, b"")
    assert client.ask("GET", url, Authorization=header).status_code == 404
    answer = client.ask("GET", url, Authorization=header)
    assert "nonce" in str(answered(answer, 401))


def test_an_old_request_is_not_believed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauth1.coreutils.get_timestamp", lambda: 1_600_000_000)
    assert "oauth_timestamp" in str(answered(client.send("GET", f"{PATH}?ref=pay_000001328"), 401))


def test_references_with_any_allowed_sign_are_signed_as_they_are(client: Client) -> None:
    for reference in ("a*b,c-d._~e", "a%2Ab%2Cc-d._~e", "plain_reference"):
        assert client.send("GET", f"{PATH}?ref={reference}").status_code == 404


def test_a_signature_by_the_letter_of_the_rfc_is_believed(client: Client, private_key: RSAPrivateKey) -> None:
    url, body = f"{client.base}{PATH}?ref=a*b,c-d._~e", b""
    hashed = b64encode(sha256(body).digest()).decode()
    base = {"oauth_consumer_key": CONSUMER_KEY, "oauth_nonce": "n1", "oauth_signature_method": "RSA-SHA256"}
    given = base | {"oauth_timestamp": str(real_now() // SECOND), "oauth_version": "1.0", "oauth_body_hash": hashed}
    pairs = [*collect_parameters(uri_query="ref=a*b,c-d._~e"), *given.items()]
    text = signature_base_string("GET", base_string_uri(url), normalize_parameters(pairs))  # type: ignore[arg-type]
    signature = private_key.sign(text.encode(), PKCS1v15(), SHA256())
    signed = given | {"oauth_signature": b64encode(signature).decode()}
    header = "OAuth " + ", ".join(f'{name}="{escape(value)}"' for name, value in signed.items())
    assert client.ask("GET", url, Authorization=header).status_code == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RSA-SHA256", "HMAC-SHA256"),
        ("oauth_body_hash", "oauth_other_hash"),
        ("oauth_nonce", "oauth_other"),
        ("oauth_timestamp", "oauth_other"),
        ("oauth_signature=", "oauth_other="),
        ('oauth_version="1.0"', 'oauth_version="9.9"'),
        ("OAuth ", "OAuth ,,,="),
    ],
)
def test_a_mutilated_signature_is_not_believed(client: Client, old: str, new: str) -> None:
    url = f"{client.base}{PATH}/payment"
    body = orjson.dumps(BODY)
    header = client.header("POST", url, body)
    assert old in header
    answer = client.ask("POST", url, body, Authorization=header.replace(old, new))
    assert answer.status_code == 401, answer.text


def test_a_disabled_key_counts_no_more(client: Client, served: Served) -> None:
    path = f"/v1/sandbox/mastercard_send/consumer_keys/{CONSUMER_KEY}"
    assert served.http.delete(path).json()["disabled_at"]
    made = client.send("POST", f"{PATH}/payment", BODY)  # nobody's key is registered any more: it is only noted
    assert made.status_code == 201
    assert events(served, "mastercard_send.called")[-1]["data"]["verified"] is False


def test_without_a_registered_key_a_signature_is_noted_and_not_checked(
    served: Served, private_key: RSAPrivateKey
) -> None:
    client = Client(served, private_key)
    assert client.send("POST", f"{PATH}/payment", BODY).status_code == 201
    assert client.ask("GET", f"{client.base}{PATH}?ref=pay_000001328").status_code == 200
    (call,) = events(served, "mastercard_send.called")
    assert call["data"] | {"path": ""} == {
        "consumer_key": CONSUMER_KEY,
        "verified": False,
        "method": "POST",
        "path": "",
    }


def events(served: Served, kind: str) -> list[Json]:
    found = served.http.get("/v1/events", params={"type": kind, "limit": 100}).json()
    return list(found["data"])


async def test_an_unknown_partner_is_unauthorized(send: Send) -> None:
    answer = await send.of("ptnr_nobody_00000000000000000000").disburse(401)
    assert detail(answer)[2] == "050007"


async def test_partners_and_keys_are_the_operators(send: Send, private_key: RSAPrivateKey) -> None:
    api, base = send.api, "/sandbox/mastercard_send"
    made = await api.post(f"{base}/partners", {"id": "ptnr_" + "x" * 30, "sender": "snd_city_of_alder"})
    assert (made["acquirer"], made["currency"]) == ("harbor", "USD")
    assert made in (await api.get(f"{base}/partners"))["data"]
    assert (await api.post(f"{base}/partners", {"id": made["id"], "sender": "snd_brightwater"}, 422))["code"]
    assert (await api.post(f"{base}/partners", {"id": "short", "sender": "snd_brightwater"}, 422))["code"]
    assert (await api.post(f"{base}/partners", {"id": "ptnr_" + "y" * 30, "sender": "snd_nobody"}, 404))["code"]
    key = {"consumer_key": "key!1", "partner": made["id"], "public_key": "no key"}
    assert (await api.post(f"{base}/consumer_keys", key, 422))["code"] == "not_a_public_key"
    answer = await api.post(f"{base}/consumer_keys", key | {"public_key": pem(private_key)})
    assert answer in (await api.get(f"{base}/consumer_keys"))["data"]
    merchant = await api.post("/api_keys", {"role": "merchant", "subject": "mch_blue_door_books", "name": "till"})
    await api.holding(merchant["key"]).get(f"{base}/partners", 403)
    await api.holding("sk_nobody").get(f"{base}/partners", 401)
