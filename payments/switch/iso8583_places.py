"""Where each attribute of a message goes in its ISO 8583 form: one place per attribute name.

Messages speak the field's words, so an attribute means the same in each of them and has one place for all.
What is absent from a form stands for the attribute's default, so that a message and its form say the same.
"""

from typing import Final

from payments.kit.money import alpha_code, numeric_code
from payments.kit.secrets import CardNumber, Secret
from payments.switch.iso8583_fields import Form, FormatError
from payments.switch.iso8583_inquiry_places import INQUIRY_PLACES
from payments.switch.iso8583_place import (
    Place,
    as_is,
    at,
    fitted,
    guarded,
    instant_in,
    integer,
    member,
    nested,
    part,
    text,
)
from payments.switch.iso8583_rate import get_rate, put_rate
from payments.switch.message import CONSUMER, PREFUNDED, CardAcceptor, Party, PresentedCard, Totals


def _put_totals(form: Form, totals: tuple[Totals, ...]) -> None:
    """Write the first totals in the elements ISO 8583 has for them, and any more, which it has not, in a tag.

    Credits are what the member is owed, debits what it owes; DE 97 is the difference.
    """
    if not totals:
        return
    first, *more = totals
    net = first.due_from_network - first.due_to_network
    form["49"] = guarded("49", numeric_code, first.currency)
    form["86"], form["88"] = f"{first.due_from_network:016}", f"{first.due_to_network:016}"
    form["97"] = f"{'C' if net >= 0 else 'D'}{abs(net):016}"
    if more:
        form["48.TO"] = ";".join(guarded("48.TO", _write_totals, each) for each in more)


def _get_totals(form: Form) -> tuple[Totals, ...]:
    if not form.keys() & {"49", "86", "88", "48.TO"}:
        return ()
    for number in ("49", "86", "88"):
        if number not in form:
            raise FormatError(int(number), "totals lack it")
    currency = guarded("49", alpha_code, form["49"])
    first = Totals(currency, due_to_network=int(form["88"]), due_from_network=int(form["86"]))
    more = form["48.TO"].split(";") if "48.TO" in form else []
    return first, *(guarded("48.TO", _read_totals, each) for each in more)


def _write_totals(totals: Totals) -> str:
    return f"{numeric_code(totals.currency)},{totals.due_from_network},{totals.due_to_network}"


def _read_totals(value: str) -> Totals:
    currency, credits, debits = value.split(",")
    return Totals(alpha_code(currency), due_to_network=integer(debits), due_from_network=integer(credits))


def _party(prefix: str) -> Place:
    """Return the place of a party: its address has an element of its own, because one does not hold two of both."""
    named = {"name": "N", "reference": "R", "region": "G", "postal_code": "Z"}
    lives = {"address": "A", "city": "Y", "country": "C"}
    return nested(
        Party,
        {name: text(f"108.{prefix}{tag}") for name, tag in named.items()}
        | {name: text(f"123.{prefix}{tag}") for name, tag in lives.items()}
        | {"kind": text(f"108.{prefix}K", CONSUMER)},
    )


_CARD: Final = nested(
    PresentedCard,
    {
        "number": at("2", CardNumber.reveal, CardNumber),
        "expiry": as_is("14"),
        "cvv": at("126.CV", Secret.reveal, Secret),
        "entry_mode": at("22", lambda mode: mode + "0", lambda digits: digits[:2]),
    },
)
_ACCEPTOR: Final = nested(
    CardAcceptor,
    {
        "merchant": fitted("42", 0, 15, "48.AM", keep_end=True),
        "name": fitted("43", 0, 25, "48.AN"),
        "city": fitted("43", 25, 38, "48.AY"),
        "country": fitted("43", 38, 40, "48.AK"),
        "mcc": as_is("18"),
        "terminal": fitted("41", 0, 8, "48.AT", keep_end=True),
    },
)


# The second half of DE 95: settlement amount and two fees, none of them replaced.
_NOT_REPLACED: Final = "0" * 12 + "C00000000" * 2

PLACES: Final[dict[str, Place]] = INQUIRY_PLACES | {
    "stan": as_is("11"),
    "rrn": as_is("37"),
    "network_id": as_is("62"),
    "transmitted_at": instant_in("7", 0, "48.TI"),
    "acquirer": member("32", "48.AC"),
    "code": as_is("39"),
    "decided_by": text("48.DB"),
    "amount": at("4", lambda amount: f"{amount:012}", int),
    "currency": at("49", numeric_code, alpha_code),
    "billing_amount": at("6", lambda amount: f"{amount:012}", int, 0),
    "billing_currency": at("51", numeric_code, alpha_code, ""),
    "rate": at("10", put_rate, get_rate, ""),
    "quote": text("48.QU"),
    "quote_expires_at": at("48.QX", str, integer, 0),
    "payer_country": text("48.QP"),
    "recipient_country": text("48.QT"),
    "mid_rate": text("48.QM"),
    "margin_basis_points": at("48.QB", str, integer, 0),
    "margin_amount": at("48.QA", str, integer, 0),
    "requires": text("48.QR"),
    "approval_code": as_is("38"),
    "card": _CARD,
    "acceptor": _ACCEPTOR,
    "original_stan": part("90", 4, 10),
    "original_transmitted_at": instant_in("90", 10, "48.OI"),
    "reason": as_is("60"),
    "replacement_amount": at("95", lambda amount: f"{amount:012}{_NOT_REPLACED}", lambda value: int(value[:12]), 0),
    "arn": text("48.AR"),
    "original_arn": text("48.OA"),
    "final": at("48.ES", lambda _: "E", lambda value: value != "E", True),
    "window": text("48.WI"),
    "interchange_amount": at("48.IA", str, integer, 0),
    "scheme_fee_amount": at("48.SF", str, integer, 0),
    "release_at": at("48.RE", str, integer, 0),
    "business_application": text("104.BA"),
    "channel": text("104.CH"),
    "source_of_funds": text("104.FS", PREFUNDED),
    "statement_text": text("48.ST"),
    "payer": _party("S"),
    "recipient": _party("R"),
    "totals": Place(_put_totals, _get_totals),
}
