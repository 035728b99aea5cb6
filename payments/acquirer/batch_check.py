"""Lines as they are ordered, and what the acquirer finds wrong with them before anything is paid."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.programme_rules import PartyDataMissing, check_parties, check_use
from payments.acquirer.sender import Sender, party_of
from payments.kit.errors import Refusal
from payments.kit.secrets import CardNumber
from payments.switch.message import PREFUNDED, Party


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


@dataclass(frozen=True, slots=True)
class LineUse:
    """What says which programme a line is in: a batch is paid from the sender's own funds."""

    business_application: str
    channel: str
    programme: str = ""
    source_of_funds: str = PREFUNDED


def check_line(use: LineUse, sender: Sender, recipient: Party) -> None:
    """Refuse what the programme of a line does not allow, as ``check_programme`` does."""
    check_parties(check_use(use, sender.kind), party_of(sender), recipient)


def checked(acquirer: Acquirer, batch: DisbursementBatch, sender: Sender, line: LineOrder) -> LineOrder:
    """Return ``line`` with what the acquirer finds wrong with it: another currency, an unknown programme or card."""
    found = [*line.problems]
    if line.currency and line.currency != batch.currency:
        found.append(
            LineProblem("currency", "currency_differs", f"This batch pays {batch.currency}: make one for each.")
        )
    if line.business_application:
        use = LineUse(line.business_application, batch.channel)
        found += _refused("business_application", check_line, use, sender, Party(line.recipient_name))
    if line.card is not None:
        found += _refused("card", acquirer.switch.directory.bin_of, line.card)
    return replace(line, problems=tuple(found)) if len(found) > len(line.problems) else line


def _refused(field: str, check: Callable[..., object], *arguments: object) -> list[LineProblem]:
    try:
        check(*arguments)
    except PartyDataMissing as refusal:
        return [LineProblem(each, refusal.code, refusal.title) for each in refusal.fields]
    except Refusal as refusal:
        return [LineProblem(field, refusal.code, refusal.title)]
    return []


def problems_as_json(problems: tuple[LineProblem, ...]) -> str:
    """Return problems as they are kept; '' when there are none."""
    return orjson.dumps(problems).decode() if problems else ""
