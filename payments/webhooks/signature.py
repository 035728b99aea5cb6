"""Signatures as Standard Webhooks 1.0.0 has them: HMAC-SHA-256 over id, time of the attempt and body.

A receiver checks a webhook with the endpoint's secret and any library of https://www.standardwebhooks.com.
"""

import base64
import os
from collections.abc import Sequence
from typing import Final

from standardwebhooks import Webhook

from payments.kit.clock import SECOND, moment
from payments.kit.secrets import Secret

_SECRET_BYTES: Final = 32


def new_secret() -> Secret:
    """Return a fresh secret: ``whsec_`` and 32 random bytes in base 64 (the specification: 24 at least)."""
    return Secret(f"whsec_{base64.b64encode(os.urandom(_SECRET_BYTES)).decode()}")


def signed_headers(secrets: Sequence[Secret], delivery_id: str, at: int, body: str) -> dict[str, str]:
    """Return the headers that sign ``body`` under each of ``secrets``.

    ``at`` is the real instant of the attempt, not the sandbox's: a receiver refuses what lies minutes from
    its own clock, which knows nothing of ours.
    """
    signatures = [Webhook(each.reveal()).sign(delivery_id, moment(at), body) for each in secrets]
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(at // SECOND),
        "webhook-signature": " ".join(signatures),
    }
