"""The name rule: a switch by which names are held to what Visa's API takes, 30 characters and no question mark.

It is off at first: then a name may be as long as a message carries, in any script.
"""

from typing import ClassVar, Final

from payments.acquirer.acquirer import Acquirer
from payments.kit.errors import Refusal
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Find
from payments.kit.work import Work
from payments.switch.message import Party

LONGEST: Final = 30
"""How many characters a recipientName has at most. Source: Visa Direct, funds transfer API, OpenAPI document."""


class NameNotAllowed(Refusal):
    """Names are held to 30 characters and no question mark here: the strict_names rule is on."""

    def __init__(self, detail: str = "", fields: tuple[str, ...] = ()) -> None:
        """Name the ``fields`` that break the rule."""
        super().__init__(detail)
        self.fields = fields


@record("acquirer_name_rules")
class NameRule(Record):
    """Whether an acquirer is ``strict`` (1) about names; without a row it is not."""

    noun: ClassVar[str] = "name_rule"

    acquirer: Key[str]
    strict: Mutable[int] = 0


def name_rule_find(acquirer: Acquirer) -> Find:
    """Return what a step looks up that checks names."""
    return Find(NameRule, "acquirer", acquirer.id)


def check_names(work: Work, acquirer: Acquirer, payer: Party, recipient: Party) -> None:
    """Raise ``NameNotAllowed`` for a name the rule does not let through, when it is on."""
    rule = work.find(NameRule, "acquirer", acquirer.id)
    if rule is None or not rule.strict:
        return
    named = {"payer.name": payer.name, "recipient.name": recipient.name}
    wrong = tuple(field for field, name in named.items() if len(name) > LONGEST or "?" in name)
    if wrong:
        raise NameNotAllowed(f"{' and '.join(wrong)}: {LONGEST} characters at most, without a question mark.", wrong)


def set_name_rule(work: Work, acquirer: Acquirer, strict: bool) -> NameRule:
    """Switch the rule; a cold step."""
    known = work.get_or_none(NameRule, acquirer.id) or work.add(NameRule(acquirer.id))
    work.emit("push_rules.set", acquirer.id, "", {"strict_names": strict})
    return work.change(known, strict=int(strict))
