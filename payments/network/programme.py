"""What the network asks of an original credit, whoever the issuer is: rules with dates, and limits while none are set.

The figures, dated and with their sources, are in ``limits.json`` and ``push_rules.json``.
"""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final
from unicodedata import east_asian_width

from payments.kit.money import parse_major
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.network.network import Network
from payments.switch.message import OriginalCredit, Party

WINDOWS: Final = (1, 3, 7, 30)
"""The windows of velocity, in days of UTC, today among them."""


@record("network_push_rules")
class PushRules(Record):
    """Which rules are on: 1 asks what is written for the day, 0 asks nothing. Without a row all are on."""

    noun: ClassVar[str] = "push_rules"

    id: Key[str]
    names: Mutable[int] = 1
    source_of_funds: Mutable[int] = 1


def switch_push_rules(work: Work, network: Network, switches: dict[str, int]) -> PushRules:
    """Switch rules on or off; a cold step."""
    known = work.get_or_none(PushRules, network.id) or work.add(PushRules(network.id))
    work.emit("push_rules.set", network.id, "", switches)
    return work.change(known, **switches)


def rule_broken(credit: OriginalCredit, rules: PushRules | None, on: date) -> str:
    """Return the response code for the first rule in force on that UTC date that ``credit`` breaks, or ''."""
    switched = rules or PushRules("")
    names = _in_force("push_rules", "names", on) if switched.names else None
    if names and not all(_has_name(each, names) for each in (credit.payer, credit.recipient)):
        return str(names["response_code"])
    funds = _in_force("push_rules", "source_of_funds", on) if switched.source_of_funds else None
    return str(funds["response_code"]) if funds and not credit.source_of_funds else ""


def _has_name(party: Party, rule: dict[str, Any]) -> bool:
    least, wide = rule["least_characters"], rule["wide_character_counts"]
    said = "".join(party.name.split())
    counts = len(said) if len(said) >= least else sum(wide if east_asian_width(each) in "WF" else 1 for each in said)
    return counts >= int(least)


@lru_cache(maxsize=1024)
def original_credit_limit(currency: str, on: date) -> int | None:
    """Return the most one original credit may carry on that UTC date, in minor units; ``None``: no limit."""
    row = _in_force("limits", "original_credit", on)
    return _minor(row["most"].get(currency), currency) if row else None


@lru_cache(maxsize=1024)
def velocity_limits(currency: str, on: date) -> dict[str, int | None]:
    """Return how much and how often may be pushed to a card in each window, as columns of a limit (minor units)."""
    row = _in_force("limits", "velocity", on)
    found: dict[str, int | None] = {}
    for days in WINDOWS:
        found[f"amount_{days}d"] = _minor(row["amounts"][str(days)].get(currency), currency) if row else None
        found[f"count_{days}d"] = row["counts"][str(days)] if row else None
    return found


def _minor(major: str | None, currency: str) -> int | None:
    return None if major is None else parse_major(major, currency).amount


@lru_cache(maxsize=1024)
def _in_force(table: str, rule: str, on: date) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = _TABLES[table][rule]
    for row in rows:
        # ISO dates sort as text.
        if row["valid_from"] <= on.isoformat() <= (row["valid_until"] or "9999-12-31"):
            return row
    return None


_TABLES: Final[dict[str, dict[str, Any]]] = {
    each: json.loads(Path(__file__).with_name(f"{each}.json").read_text(encoding="utf-8"))
    for each in ("limits", "push_rules")
}
