"""The door behind a real socket: a plain HTTP client, and mutual TLS."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from payments.app import create_app
from payments.cli.serving import tls
from payments.kit.clock import moment, real_now
from payments.settings import Settings
from tests.api.serving import Served, Server
from tests.facades.visa_direct.client import HELLO, PUSH, QUERY, basic, push

NAME = "127.0.0.1"


def test_a_client_written_from_the_documentation(served: Served) -> None:
    visa = httpx.Client(base_url=str(served.http.base_url), headers={"Authorization": basic()}, trust_env=False)
    with visa:
        assert visa.get(HELLO).json()["message"] == "helloworld"
        answer = visa.post(PUSH, json=push(), headers={"X-Client-Transaction-ID": "first"})
        assert (answer.status_code, answer.json()["actionCode"]) == (200, "00")
        assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
        numbers = {"acquiringBIN": "408999", "stan": "451018", "rrn": "412770452025"}
        (row,) = visa.get(QUERY, params=numbers).json()
        assert row["actionCode"] == "00"
        later = visa.post(PUSH, json=push(systemsTraceAuditNumber=1), headers={"X-Transaction-Timeout-MS": "1"})
        assert later.status_code == 202
        while (told := visa.get(f"{PUSH}/{later.json()['statusIdentifier']}")).status_code == 202:
            pass
        assert told.json()["actionCode"] == "00"
        xml = visa.post(PUSH, content=b"<x/>", headers={"Content-Type": "application/xml"})
        assert xml.status_code == 415


def test_stopping_waits_for_what_is_under_way(served: Served) -> None:
    with httpx.Client(base_url=str(served.http.base_url), headers={"Authorization": basic()}) as visa:
        for stan in range(20):
            visa.post(PUSH, json=push(systemsTraceAuditNumber=stan), headers={"X-Transaction-Timeout-MS": "1"})
    served.stop()


# ── mutual TLS ──


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"authority {folder.name}")])
        self.path, _ = self.certify("authority", self.name, self.key, authority=True)

    def certify(
        self,
        name: str,
        subject: x509.Name | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
        *,
        authority: bool = False,
    ) -> tuple[Path, Path]:
        """The paths of a certificate and its key."""  # fmt: skip
        key = key or ec.generate_private_key(ec.SECP256R1())
        now = moment(real_now())
        built = (
            x509.CertificateBuilder()
            .subject_name(subject or x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        certificate_path, key_path = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate_path.write_bytes(built.public_bytes(serialization.Encoding.PEM))
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate_path, key_path


@contextmanager
def serving_tls(settings: Settings) -> Iterator[str]:
    """Serve over TLS; the URL to call."""
    listener = socket.create_server((NAME, 0))
    config = uvicorn.Config(
        create_app(settings), loop="asyncio", log_config=None, log_level="critical", **tls(settings)
    )
    server = Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert server.up.wait(timeout=30)
    try:
        yield f"https://localhost:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()


def trusting(authority: Authority, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.path)
    if certificate and key:
        context.load_cert_chain(certificate, key)
    return context


def test_mutual_tls_lets_in_whom_the_authority_knows(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    certificate, key = ours.certify("server")
    settings = Settings(database=sqlite_url, tls_certificate=certificate, tls_key=key, client_ca=ours.path)
    headers = {"Authorization": basic()}
    with serving_tls(settings) as url:
        known = trusting(ours, *ours.certify("client"))
        with httpx.Client(base_url=url, verify=known, headers=headers, trust_env=False) as client:
            assert client.get(HELLO).json()["message"] == "helloworld"
        for stranger in (trusting(ours), trusting(ours, *theirs.certify("stranger"))):
            client = httpx.Client(base_url=url, verify=stranger, headers=headers, trust_env=False)
            with client, pytest.raises(httpx.TransportError):
                client.get(HELLO)
