"""Lines as they are ordered, and what the acquirer finds wrong with them before anything is paid."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.programme import check_programme
from payments.kit.errors import Refusal
from payments.kit.secrets import CardNumber


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line: in which field, by a stable code, and in words that never repeat what was given."""

    field: str
    code: str
    problem: str


@dataclass(frozen=True, slots=True)
class LineOrder:
    """One line as it was read, with the ``problems`` found so far; what could not be read is empty.

    ``number`` is where it stands in its file, ``amount`` in minor units, ``expiry`` YYMM.
    """

    number: int
    reference: str = ""
    card: CardNumber | None = None
    expiry: str = ""
    amount: int = 0
    currency: str = ""
    business_application: str = ""
    recipient_name: str = ""
    statement_text: str = ""
    problems: tuple[LineProblem, ...] = ()


def checked(acquirer: Acquirer, batch: DisbursementBatch, line: LineOrder) -> LineOrder:
    """Return ``line`` with what the acquirer finds wrong with it: another currency, an unknown programme or card."""
    found = [*line.problems]
    if line.currency and line.currency != batch.currency:
        found.append(
            LineProblem("currency", "currency_differs", f"This batch pays {batch.currency}: make one for each.")
        )
    if line.business_application:
        found += _refused("business_application", check_programme, batch.channel, line.business_application)
    if line.card is not None:
        found += _refused("card", acquirer.switch.directory.bin_of, line.card)
    return replace(line, problems=tuple(found)) if len(found) > len(line.problems) else line


def _refused(field: str, check: Callable[..., object], *arguments: object) -> list[LineProblem]:
    try:
        check(*arguments)
    except Refusal as refusal:
        return [LineProblem(field, refusal.code, refusal.title)]
    return []


def problems_as_json(problems: tuple[LineProblem, ...]) -> str:
    """Return problems as they are kept; '' when there are none."""
    return orjson.dumps(problems).decode() if problems else ""
