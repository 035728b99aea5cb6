"""Messages to ISO 8583:1987 bytes and back, by our own network specification, SNS-87.

Every card message of ``message.py`` has one form and is read back equal, but for its envelope, which is no
part of the form. The tables: ``iso8583_fields.py`` says which elements and private tags there are,
``iso8583_columns.py`` which message carries which, ``iso8583_places.py`` where an attribute goes.
"""

from contextlib import suppress
from dataclasses import fields as attributes
from typing import Any, Final

from payments.kit.clock import instant, moment
from payments.kit.secrets import CardNumber
from payments.switch import inquiry_message as inquiries
from payments.switch import message as messages
from payments.switch import push_message
from payments.switch.funding_message import FUNDING_REPLIES, FUNDING_REQUESTS, AccountFunding
from payments.switch.iso8583_columns import column
from payments.switch.iso8583_countries import numeric_country
from payments.switch.iso8583_fields import Form, FormatError
from payments.switch.iso8583_place import Place, guarded, quote, unquote
from payments.switch.iso8583_places import PLACES
from payments.switch.iso8583_wire import pack, unpack
from payments.switch.message import Message, Reply
from payments.switch.quote_message import QuoteReply, QuoteRequest

__all__ = ["FormatError", "decode", "encode", "form_of"]

REQUESTS: Final[dict[tuple[str, str], type[Message]]] = {
    (kind.mti, kind.processing): kind
    for kind in (
        messages.AuthorizationRequest,
        messages.Reversal,
        messages.Presentment,
        messages.RefundPresentment,
        messages.OriginalCredit,
        messages.Enquiry,
        messages.SettlementAdvice,
        inquiries.EligibilityInquiry,
        inquiries.CardValidation,
        *push_message.REQUESTS,
        *FUNDING_REQUESTS,
        QuoteRequest,
    )
}
# A reply is told by its message type: outside members echo the request's processing code in it. Where several share a
# type, those of ``_TOLD_APART`` are told by what they echo.
REPLIES: Final[dict[str, type[Reply]]] = {
    kind.mti: kind
    for kind in (
        messages.AuthorizationReply,
        messages.ReversalReply,
        messages.PresentmentReply,
        messages.OriginalCreditReply,
        messages.EnquiryReply,
        messages.SettlementAdviceReply,
        inquiries.EligibilityReply,
        QuoteReply,
    )
}
_TOLD_APART: Final[dict[tuple[str, str], type[Reply]]] = {
    (kind.mti, kind.processing): kind
    for kind in (*push_message.REPLIES, inquiries.CardValidationReply, *FUNDING_REPLIES)
}
_ENVELOPE: Final = {"sender", "receiver", "repeat"}
_ORIGINAL_MTI: Final = {
    ("0400", "26"): messages.OriginalCredit.mti,
    ("0420", "00"): messages.AuthorizationRequest.mti,
    ("0420", "10"): AccountFunding.mti,
    ("0220", "22"): AccountFunding.mti,
    ("0600", "26"): messages.OriginalCredit.mti,
}
# DE 25 for the entry modes of a customer who is not there: mail or telephone order, else e-commerce.
_CONDITIONS: Final = {"01": "08", "10": "59", "81": "59"}
# What a reply repeats of its request as it stands, where its column has it.
_ECHOED: Final = (
    "2",
    "3",
    "4",
    "12",
    "13",
    "23",
    "25",
    "28",
    "32",
    "33",
    "41",
    "42",
    "49",
    "90",
    "95",
    "100",
)


def encode(message: Message | Reply, *, answering: Message | None = None, withhold_secrets: bool = False) -> bytes:
    """Return the ISO 8583 form of a card message.

    A reply also echoes what SNS-87 has it echo of the request it is ``answering``, when that is given.
    ``withhold_secrets`` is for showing: no CVV, and asterisks for the middle of the number, so that the bytes
    can no longer be decoded. Raises ``FormatError`` for a message that has no such form (an amount of 13
    digits, a trace number of five, texts too long for their element, a CVV in an advice).
    """
    form = form_of(message)
    if answering is not None:
        asked, allowed = form_of(answering), column(form["t"]).allowed
        form = {key: asked[key] for key in _ECHOED if key in asked and key in allowed} | _without(form, "3")
    if not withhold_secrets:
        return pack(form)
    if "2" in form:
        form["2"] = CardNumber(form["2"]).masked.replace("•", "*")
    return pack(_without(form, "126.CV"), masked={"2"})


def decode(data: bytes, *, sender: str, receiver: str, received_at: int | None = None) -> Message | Reply:
    """Return the message that ``data`` is the form of, in an envelope from ``sender`` to ``receiver``.

    ISO 8583 sends instants without a year; ours add it in a private tag. For who leaves that out, the year is
    the one nearest to ``received_at`` (microseconds since the epoch). Raises ``FormatError``, and nothing
    else, whatever the bytes.
    """
    form = unpack(data)
    try:
        if received_at is not None:
            _guess_years(form, received_at)
        return _message(form, sender, receiver)
    except FormatError as error:
        error.remember(form)
        raise


def form_of(message: Message | Reply) -> Form:
    """Return the elements and tags of a message, before any check. Raises ``FormatError``."""
    form: Form = {"t": message.mti[:3] + "1" if getattr(message, "repeat", False) else message.mti}
    for name in _names(type(message)):
        _PLACES[name].write(form, getattr(message, name))
    if message.processing:
        form["3"] = message.processing + "0000"
    if isinstance(message, Message):
        form["12"], form["13"] = form["7"][4:], form["7"][:4]
    if "43" in form:
        form["19"], form["25"] = numeric_country(form["43"][38:]), _CONDITIONS.get(form["22"][:2], "00")
    if "90" in form:
        form["90"] = f"{_ORIGINAL_MTI[message.mti, message.processing]}{form['90'][4:20]}{form['32']:0>11}{0:011}"
    return form


def _names(kind: type[Message | Reply]) -> list[str]:
    return [attribute.name for attribute in attributes(kind) if attribute.name not in _ENVELOPE]


def _message(form: Form, sender: str, receiver: str) -> Message | Reply:
    kind = _kind(form)
    values: dict[str, Any] = {name: _PLACES[name].read(form) for name in _names(kind)}
    if form["t"].endswith("1"):
        values["repeat"] = True
    return kind(sender=sender, receiver=receiver, **values)


def _kind(form: Form) -> type[Message | Reply]:
    type_, processing = form["t"], form.get("3", "")[:2]
    if reply := _TOLD_APART.get((type_, processing)) or REPLIES.get(type_):
        return reply
    kind = REQUESTS.get((type_, processing)) or REQUESTS.get((f"{type_[:3]}0", processing))
    if kind is None:
        raise FormatError(3, f"no such processing in a {form['t']}")
    return kind


def _guess_years(form: Form, received_at: int) -> None:
    """Give instants that came without a year the one that brings them nearest to ``received_at``."""
    for tag, digits in (("48.TI", form["7"]), ("48.OI", form.get("90", "")[10:20])):
        if digits and tag not in form:
            form[tag] = f"{_nearest_year(digits, received_at):04}000000"


def _nearest_year(digits: str, received_at: int) -> int:
    this, distances = moment(received_at), {}
    for year in (this.year - 1, this.year, this.year + 1):
        with suppress(ValueError):  # 29 February, in a year that has none
            month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 10, 2))
            guess = this.replace(year, month, day, hour, minute, second)
            distances[abs(instant(guess) - received_at)] = year
    return distances[min(distances)] if distances else this.year


def _without(form: Form, unwanted: str) -> Form:
    return {key: value for key, value in form.items() if key != unwanted}


def _put_original(form: Form, reply: messages.OriginalCreditReply | None) -> None:
    if reply is not None:
        form["48.OR"] = pack(form_of(reply)).decode()
        form["48.OS"] = guarded("48.OS", quote, reply.sender)
        form["48.OV"] = guarded("48.OV", quote, reply.receiver)


def _get_original(form: Form) -> messages.OriginalCreditReply | None:
    """Read the original answer, which has been in an envelope of its own."""
    if "48.OR" not in form:
        return None
    try:
        sender, receiver = unquote(form.get("48.OS", "")), unquote(form.get("48.OV", ""))
        original = _message(unpack(form["48.OR"].encode()), sender, receiver)
    except (ValueError, FormatError):
        original = None
    if not isinstance(original, messages.OriginalCreditReply):
        raise FormatError(48, "48.OR is no answer to an original credit")
    return original


_PLACES: Final[dict[str, Place]] = PLACES | {"original": Place(_put_original, _get_original)}
