"""Streams over a real socket: they close when their listener goes, so that nothing waits for who is not there."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator

import httpx
import pytest

from payments.api.keys import DEMO_KEY
from tests.api.serving import Served

PROMPTLY = 10.0
"""Seconds a request may take before the test fails: a world that waits for its visitors waits for ever."""

STREAMS = ("/v1/events/stream", "/console/events")


@pytest.fixture
def nothing_is_collected() -> Iterator[None]:
    """Keep Python from closing what is forgotten: it does so when it pleases, which may be much later."""
    gc.disable()
    yield
    gc.enable()


def come_and_go(served: Served, path: str) -> None:
    """Listen until the first events come, then be gone without a word."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=PROMPTLY) as listener:
        request = f"GET {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {DEMO_KEY}\r\n\r\n"
        listener.sendall(request.encode())
        heard = b""
        while b"\ndata: " not in heard:
            heard += listener.recv(65536)


@pytest.mark.usefixtures("nothing_is_collected")
@pytest.mark.parametrize("path", STREAMS)
def test_a_reset_does_not_wait_for_listeners_who_have_gone(served: Served, path: str) -> None:
    for _ in range(3):
        come_and_go(served, path)
    assert served.http.post("/v1/sandbox/reset", timeout=PROMPTLY).status_code == 200
    assert served.http.get("/v1/sandbox/clock", timeout=PROMPTLY).status_code == 200


@pytest.mark.parametrize("path", STREAMS)
def test_a_stream_may_not_be_kept_by_those_between(served: Served, path: str) -> None:
    with served.http.stream("GET", path) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert "content-length" not in response.headers


@pytest.mark.parametrize("path", STREAMS)
def test_where_to_resume_must_be_a_position(served: Served, path: str) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        served.http.get(path, headers={"Last-Event-ID": "x"}).raise_for_status()
