"""The ISO 8583 form: what is written is read back equal, and bytes of any kind are a message or a fault."""

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.kit.secrets import CardNumber, Secret
from payments.switch import message as messages
from payments.switch import push_message
from payments.switch.funding_message import FUNDING_MESSAGES
from payments.switch.iso8583 import FormatError, decode, encode
from payments.switch.iso8583_columns import COLUMNS
from payments.switch.iso8583_fields import ELEMENTS, TAGS
from payments.switch.iso8583_view import fields
from payments.switch.message import Message, Reply
from payments.switch.quote_message import QUOTE_MESSAGES
from tests.switch.strategies import ANY_MESSAGE, MESSAGES

NUMBER = "4111111111111111"
PURCHASE = messages.AuthorizationRequest(
    sender="acquirer",
    receiver="network",
    acquirer="40010",
    stan="000123",
    rrn="632716000123",
    transmitted_at=1_795_449_600_123_456,  # 2026-11-23 16:00:00.123456 UTC
    card=messages.PresentedCard(CardNumber(NUMBER), "2712", Secret("737")),
    amount=5841,
    currency="USD",
    acceptor=messages.CardAcceptor("coffee", "Corner Coffee", "Zurich", "CH", "5814"),
)
GOLDEN = (
    b"0100"
    b"F23C648108E18000"  # 1 2 3 4 7 / 11-14 / 18 19 22 / 25 / 32 / 37 41-43 48 49
    b"0000000000000004"  # 126
    b"16" + NUMBER.encode() + b"000000"
    b"000000005841"
    b"1123160000"  # 7
    b"000123"
    b"160000" + b"1123"  # 12, 13
    b"2712"
    b"5814"
    b"756"  # 19: Switzerland
    b"810" + b"59"  # 22 e-commerce, 25 e-commerce
    b"0540010"
    b"632716000123"
    b"00000001"
    b"coffee         "
    b"Corner Coffee            Zurich       CH"
    b"015TI0102026123456"
    b"840"
    b"008CV003737"
)


def _sent_and_read(message: Message | Reply) -> Message | Reply:
    return decode(encode(message), sender=message.sender, receiver=message.receiver)


def test_every_card_message_has_a_strategy() -> None:
    kinds = {
        kind
        for kind in (
            *vars(messages).values(),
            *push_message.REQUESTS,
            *push_message.REPLIES,
            *FUNDING_MESSAGES,
            *QUOTE_MESSAGES,
        )
        if isinstance(kind, type) and issubclass(kind, Message | Reply) and kind.mti
    }
    assert kinds == set(MESSAGES)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_a_message_is_read_back_equal(kind: type[Message | Reply]) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(MESSAGES[kind])
    def read_back(message: Message | Reply) -> None:
        assert _sent_and_read(message) == message

    read_back()


def test_golden_bytes_of_an_authorization() -> None:
    assert encode(PURCHASE) == GOLDEN


def test_a_repeat_has_a_type_of_its_own() -> None:
    advice = dataclasses.replace(_advice(), repeat=True)
    assert encode(advice).startswith(b"0221")
    assert _sent_and_read(advice) == advice


def test_a_reply_echoes_its_request() -> None:
    request = PURCHASE
    reply = messages.AuthorizationReply(
        sender="network",
        receiver="acquirer",
        stan=request.stan,
        rrn=request.rrn,
        transmitted_at=request.transmitted_at + 1,
        code="51",
        decided_by="issuer",
        amount=request.amount,
        currency=request.currency,
    )
    data = encode(reply, answering=request)
    assert NUMBER.encode() in data
    assert b"coffee" in data
    assert b"737" not in data
    assert decode(data, sender="network", receiver="acquirer") == reply


@given(ANY_MESSAGE)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_shown_keeps_number_and_cvv_secret(message: Message | Reply) -> None:
    shown = fields(message)
    card = getattr(message, "card", None)
    if card is None:
        return
    number = card.number.reveal()
    assert [field.value for field in shown if field.number == 2] == [card.number.masked]
    assert {field.value for field in shown if field.number == 126} <= {"***"}
    data = encode(message, withhold_secrets=True)
    masked = card.number.masked.replace("•", "*")
    assert f"{len(number)}{masked}".encode() in data
    assert re.search(b"CV00[34]", data) is None


def test_shown_bytes_can_be_made_from_what_an_event_keeps() -> None:
    kept = messages.PresentedCard(CardNumber(CardNumber(NUMBER).masked), "2712")
    message = dataclasses.replace(PURCHASE, card=kept)
    assert encode(message, withhold_secrets=True) == encode(PURCHASE, withhold_secrets=True)


def test_shown_fields_have_names_and_meanings() -> None:
    shown = {(field.number, field.tag): field for field in fields(PURCHASE)}
    assert shown[0, ""].meaning == "authorization request"
    assert shown[4, ""].meaning == "58.41 USD"
    assert shown[7, ""].meaning == "2026-11-23 16:00:00.123456 UTC"
    assert shown[48, "TI"].name == "rest of instant"


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_message_or_a_fault(data: bytes) -> None:
    _read_or_refuse(data)


@given(ANY_MESSAGE, st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_messages_are_a_message_or_a_fault(message: Message | Reply, draw: st.DataObject) -> None:
    data = bytearray(encode(message))
    for _ in range(draw.draw(st.integers(1, 3))):
        start = draw.draw(st.integers(0, len(data)))
        end = draw.draw(st.integers(start, min(start + 4, len(data))))
        data[start:end] = draw.draw(st.binary(max_size=4) | st.from_regex(rb"[0-9A-F +_=-]{1,4}"))
    _read_or_refuse(bytes(data))


@given(st.sampled_from(sorted(COLUMNS)), st.data())
@settings(max_examples=300, deadline=None)
def test_any_elements_are_a_message_or_a_fault(mti: str, draw: st.DataObject) -> None:
    """Well-formed elements, any of them: past the class checks they reach the reading of attributes."""
    keys = draw.draw(st.sets(st.sampled_from(sorted(COLUMNS[mti].allowed)))) | COLUMNS[mti].mandatory
    body, bits = "", 0
    for key in sorted(keys, key=int):
        element = ELEMENTS[key]
        value = draw.draw(st.from_regex(element.pattern, fullmatch=True, alphabet=st.characters(codec="ascii")))
        length = f"{len(value):0{element.length_digits}}" if element.length_digits else ""
        body, bits = f"{body}{length}{value}", bits | 1 << (128 - int(key))
    _read_or_refuse(f"{mti}{bits | 1 << 127:032X}{body}".encode())


def _read_or_refuse(data: bytes) -> None:
    faults = []
    for received_at in (None, 0, PURCHASE.transmitted_at):
        try:
            decode(data, sender="a", receiver="b", received_at=received_at)
        except FormatError as fault:
            faults.append(fault)
    assert all(0 <= fault.element <= 128 and fault.response_code == "30" for fault in faults)


def _advice() -> messages.Presentment:
    names = [field.name for field in dataclasses.fields(PURCHASE) if field.name != "card"]
    kept = dataclasses.replace(PURCHASE.card, cvv=None)
    values: dict[str, Any] = {name: getattr(PURCHASE, name) for name in names}
    return messages.Presentment(card=kept, arn="74001006327000000000017", **values)


def _changed(before: bytes, after: bytes) -> bytes:
    assert GOLDEN.count(before) == 1
    return GOLDEN.replace(before, after)


@pytest.mark.parametrize(
    ("data", "element"),
    [
        (b"", 0),
        (b"0100", 1),
        (_changed(b"0100F", b"0101F"), 0),
        (_changed(b"0100F", b"0110F"), 39),
        (_changed(b"000000000000000416", b"800000000000000416"), 65),
        (_changed(b"16" + NUMBER.encode(), b"164111111111111A11"), 2),
        (_changed(b"015TI010", b"+15TI010"), 48),
        (_changed(b"1123160000000123", b"1323160000000123"), 7),
        (_changed(b"1123160000000123", b"0229160000000123"), 7),  # 2026 has no 29 February
        (_changed(b"1600001123", b"2400001123"), 12),
        (_changed(b"27125814", b"27135814"), 14),
        (_changed(b"111000000000000", b"111270000000000"), 3),
        (_changed(b"840008", b"999008"), 49),
        (_changed(b"CV003", b"CV004"), 126),
        (_changed(b"015TI010", b"015TI009"), 48),
        (GOLDEN[:-1], 126),
        (GOLDEN + b"0", 126),
    ],
)
def test_faults_name_their_element(data: bytes, element: int) -> None:
    with pytest.raises(FormatError) as raised:
        decode(data, sender="a", receiver="b")
    assert raised.value.element == element


def test_a_fault_says_what_may_be_echoed_and_nothing_more() -> None:
    with pytest.raises(FormatError) as raised:
        decode(_changed(b"840008", b"999008"), sender="a", receiver="b")
    assert raised.value.readable == {"t": "0100", "7": "1123160000", "11": "000123", "37": "632716000123"}
    assert NUMBER not in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"amount": 10**12}, 4),
        ({"amount": -1}, 4),
        ({"stan": "12345"}, 11),
        ({"rrn": ""}, 37),
        ({"currency": "XXQ"}, 49),
        ({"transmitted_at": 10**18}, 7),
        ({"acquirer": "\ud800"}, 32),
        ({"acceptor": messages.CardAcceptor("m", "ж" * 400, "", "CH", "5814")}, 48),
        ({"card": messages.PresentedCard(CardNumber("1234567890"))}, 2),
    ],
)
def test_what_has_no_form_is_refused(changes: dict[str, Any], element: int) -> None:
    with pytest.raises(FormatError) as raised:
        encode(dataclasses.replace(PURCHASE, **changes))
    assert raised.value.element == element


def test_an_advice_never_carries_a_cvv() -> None:
    with pytest.raises(FormatError) as raised:
        encode(dataclasses.replace(_advice(), card=PURCHASE.card))
    assert raised.value.element == 126


@pytest.mark.parametrize("name", ["Кав'ярня «Зоря»", "珈琲店", "قهوة", "=x", " a ", "line\nbreak", "🍵", ""])
def test_names_in_any_script_survive(name: str) -> None:
    message = dataclasses.replace(PURCHASE, acceptor=dataclasses.replace(PURCHASE.acceptor, name=name))
    assert _sent_and_read(message) == message


def test_outsiders_may_leave_the_year_out() -> None:
    outside = _changed(b"015TI0102026123456", b"009PA0041234")
    with pytest.raises(FormatError):
        decode(outside, sender="a", receiver="b")
    new_year_2027 = 1_798_761_600_000_000
    read = decode(outside, sender="a", receiver="b", received_at=new_year_2027)
    assert read.transmitted_at == PURCHASE.transmitted_at // 1_000_000 * 1_000_000


def test_what_is_no_part_of_a_reply_is_ignored() -> None:
    bits = sum(1 << (64 - number) for number in (3, 7, 11, 37, 39, 48, 53))
    private = f"015TI0102026123456{NUMBER}"
    data = f"0430{bits:016X}000000" + "1123160000" + "000123" + "632716000123" + "00" + private
    read = decode(data.encode(), sender="issuer", receiver="network")
    assert isinstance(read, messages.ReversalReply)
    assert read.transmitted_at == PURCHASE.transmitted_at


def test_tags_are_documented() -> None:
    for tag in TAGS:
        assert tag.split(".")[0] in ELEMENTS
