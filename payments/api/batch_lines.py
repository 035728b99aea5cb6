"""Lines of a batch, from what a file says to what can be ordered: every field is checked, and every problem told."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.batch_check import LineOrder, LineProblem
from payments.api.batch_formats import FileReader, RawLine
from payments.api.card_input import Expiry, InvalidCardNumber, card_number, to_wire
from payments.api.fields import Amount, MessageText, Shape, Text, no_card_number
from payments.api.problems import field_of, words_of
from payments.kit.errors import Refusal
from payments.kit.money import parse_major
from payments.kit.secrets import CardNumber

_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/:+#\-]{0,63}")


def _number(given: Any) -> CardNumber:
    try:
        return card_number(given)
    except InvalidCardNumber as refusal:
        raise PydanticCustomError("invalid_card_number", "{problem}", {"problem": refusal.detail}) from None


def _reference(given: Any) -> str:
    if not isinstance(given, str) or not _REFERENCE.fullmatch(given):
        raise PydanticCustomError(
            "invalid_reference", "A reference is 1 to 64 letters, digits, spaces and ._/:+#-, a letter or digit first."
        )
    return given


LineReference = Annotated[
    str,
    PlainValidator(_reference, json_schema_input_type=str),
    AfterValidator(no_card_number),
    Field(
        description="Your own name for the line: one of a kind among all lines of the sender.", examples=["relief-1"]
    ),
]


class LineCard(Shape):
    """The card that is to be paid."""

    number: Annotated[CardNumber, PlainValidator(_number, json_schema_input_type=str)]
    expiry: Expiry | None = None


class BatchLineInput(Shape):
    """A line: who is to get how much."""

    reference: LineReference
    amount: Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="That of the batch.")] | None = None
    card: LineCard
    recipient_name: Text
    statement_text: MessageText = ""
    business_application: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None


_LINE: Final = TypeAdapter(BatchLineInput)


def ordered(raw: RawLine, batch: DisbursementBatch, reader: FileReader) -> LineOrder:
    """Return what a line orders, or what is wrong with it, under the names that its file has for our fields."""
    problems, fields = [*raw.problems], raw.fields
    if reader.major and not problems:
        fields, wrong = _in_minor_units(fields, batch.currency)
        problems += wrong
    if not raw.problems:
        try:
            line = _LINE.validate_python(fields)
        except ValidationError as error:
            told = {each.field for each in problems}
            problems += [each for each in map(_problem, error.errors()) if each.field not in told]
        else:
            return _order(raw.number, line, batch)
    named = [LineProblem(reader.names.get(each.field, each.field), each.code, each.problem) for each in problems]
    return LineOrder(raw.number, _reference_or_nothing(fields.get("reference")), problems=tuple(named))


def _order(number: int, line: BatchLineInput, batch: DisbursementBatch) -> LineOrder:
    return LineOrder(
        number=number,
        reference=line.reference,
        card=line.card.number,
        expiry=to_wire(line.card.expiry),
        amount=line.amount,
        currency=line.currency or batch.currency,
        business_application=line.business_application or batch.business_application,
        recipient_name=line.recipient_name,
        statement_text=line.statement_text,
    )


def _in_minor_units(fields: Mapping[str, Any], currency: str) -> tuple[Mapping[str, Any], list[LineProblem]]:
    """Return ``fields`` with the amount in minor units; one that is none is left out, and told."""
    if "amount" not in fields:
        return fields, []
    try:
        return {**fields, "amount": parse_major(fields["amount"], fields.get("currency", currency)).amount}, []
    except Refusal as refusal:
        rest = {name: value for name, value in fields.items() if name != "amount"}
        return rest, [LineProblem("amount", refusal.code, refusal.title)]


def _problem(error: Any) -> LineProblem:
    return LineProblem(field_of(error["loc"]) or "line", error["type"], words_of(error))


def _reference_or_nothing(given: Any) -> str:
    """Return the reference of a wrong line, so that it can be found, if that at least is right."""
    try:
        return no_card_number(_reference(given))
    except PydanticCustomError:
        return ""
