"""The shop's client: what a merchant's own program would need of the sandbox's HTTP API, and no more."""

from collections.abc import Iterator
from typing import Any, Self

import httpx

Json = dict[str, Any]

ATTEMPTS = 3
TIMEOUT_SECONDS = 60


class Refused(Exception):
    """The API answered with a problem (RFC 9457): nothing was created, and ``detail`` says what to do."""

    def __init__(self, status: int, problem: Json) -> None:
        """Keep the problem's ``http_status``, its stable ``code`` and its ``detail``."""
        self.http_status = status
        self.code: str = problem.get("code", "unknown")
        self.detail: str = problem.get("detail") or problem.get("title") or "The API refused without saying why."
        self.errors: list[Json] = problem.get("errors") or []
        super().__init__(f"{status} {self.code}: {self.detail}")


class Client:
    """One connection to a sandbox. ``name`` begins every idempotency key, as a till's number would."""

    def __init__(self, base_url: str, key: str, name: str = "till-1") -> None:
        """Talk to the sandbox at ``base_url`` with the API ``key``."""
        self.name = name
        self._sent = 0
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str | int) -> Json:
        """Return the JSON at ``path``. Raises ``Refused``."""
        return self._send("GET", path, params=query)

    def all(self, path: str, **query: str | int) -> Iterator[Json]:
        """Return every item of a list, page after page."""
        after: Json = {}
        while True:
            page = self.get(path, **(query | after))
            yield from page["data"]
            if not page["has_more"]:
                return
            after = {"after": page["next"]}

    def post(self, path: str, body: Json | None = None, key: str | None = None) -> Json:
        """Post ``body``, under an idempotency ``key`` of its own when none is given. Raises ``Refused``.

        Because of the key it is safe to ask again when a connection breaks, and that is done.
        """
        self._sent += 1
        headers = {"Idempotency-Key": key or f"{self.name}-{self._sent:06d}"}
        return self._send("POST", path, json=body or {}, headers=headers)

    def _send(self, method: str, path: str, **request: Any) -> Json:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self._http.request(method, path, **request)
            except httpx.TransportError:
                if attempt == ATTEMPTS:
                    raise
            else:
                break
        if response.is_success:
            return response.json() if response.content else {}
        raise Refused(response.status_code, _problem(response))


def _problem(response: httpx.Response) -> Json:
    try:
        said = response.json()
    except ValueError:
        said = {}
    return said if isinstance(said, dict) else {}
