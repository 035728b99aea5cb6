"""The demo: the story of a day, or a file of orders, against a running sandbox."""

import secrets
from pathlib import Path
from typing import IO

import httpx

from payments.shop.batch import carry_out_file
from payments.shop.client import Client, Refused
from payments.shop.story import tell_story

RIGHT, WRONG = 0, 1


def run(base_url: str, key: str, input: Path | None, out: IO[str]) -> int:
    """Play the demo against the sandbox at ``base_url`` with the API ``key``; return the exit code.

    Without ``input`` the story of a day is told; with it, the payments and disbursements in that JSON-lines
    file are carried out. 0: every cent is right and verify is clean. 1: something is wrong. 2: all is right,
    but lines of the file were left out.
    """
    with Client(base_url, key, name=f"demo-{secrets.token_hex(4)}") as client:
        try:
            if input is not None:
                return carry_out_file(client, input, out)
            return RIGHT if tell_story(client, out) else WRONG
        except (Refused, httpx.TransportError, OSError, UnicodeDecodeError) as error:
            out.write(f"The demo cannot go on: {error}\n")
            return WRONG
