"""What the network lets through as an original credit, whoever the issuer is."""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from payments.kit.money import parse_major


@lru_cache(maxsize=1024)
def original_credit_limit(currency: str, on: date) -> int | None:
    """Return the most one original credit may carry on that UTC date, in minor units; ``None``: no limit.

    The figures, dated and with their source, are in ``limits.json``.
    """
    for row in _LIMITS:
        # ISO dates sort as text.
        if row["valid_from"] <= on.isoformat() <= (row["valid_until"] or "9999-12-31"):
            most = row["most"].get(currency)
            return None if most is None else parse_major(most, currency).amount
    return None


_LIMITS: Final = json.loads(Path(__file__).with_name("limits.json").read_text(encoding="utf-8"))["original_credit"]
