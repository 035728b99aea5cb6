"""The JSON that events keep: everything said, nothing secret."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from payments.kit.secrets import CardNumber, Secret
from payments.switch.bank_message import NetPosition, SettlementInstruction
from payments.switch.message import (
    AuthorizationRequest,
    CardAcceptor,
    Message,
    PresentedCard,
    Presentment,
    Reply,
)
from payments.switch.message_json import to_json
from tests.switch.strategies import ANY_MESSAGE

TRACE: dict[str, Any] = {
    "sender": "acq",
    "receiver": "net",
    "acquirer": "acq",
    "stan": "000001",
    "rrn": "632716000001",
    "transmitted_at": 1,
}
CARD = PresentedCard(CardNumber("4111111111111111"), "2712", Secret("737"))
SALE: dict[str, Any] = TRACE | {
    "card": CARD,
    "amount": 5841,
    "currency": "USD",
    "acceptor": CardAcceptor("m", "Кав'ярня", "Kyiv", "UA", "5814"),
}


def test_an_authorization_as_events_keep_it() -> None:
    shown = json.loads(to_json(AuthorizationRequest(**SALE)))
    assert list(shown)[:3] == ["type", "mti", "processing"]
    assert shown == TRACE | {
        "type": "authorization_request",
        "mti": "0100",
        "processing": "00",
        "network_id": "",
        "card": {"number": "411111••••••1111", "expiry": "2712", "entry_mode": "81"},
        "amount": 5841,
        "currency": "USD",
        "acceptor": {
            "merchant": "m",
            "name": "Кав'ярня",
            "city": "Kyiv",
            "country": "UA",
            "mcc": "5814",
            "terminal": "00000001",
        },
    }


def test_a_repeat_shows_its_own_type() -> None:
    assert json.loads(to_json(Presentment(**SALE, arn="1", repeat=True)))["mti"] == "0221"


def test_a_message_to_the_bank() -> None:
    message = SettlementInstruction(
        **TRACE, window="w", currency="USD", positions=(NetPosition("a", 5), NetPosition("b", -5))
    )
    shown = json.loads(to_json(message))
    assert shown["type"] == shown["mti"] == "settlement_instruction"
    assert shown["positions"] == [{"member": "a", "amount": 5}, {"member": "b", "amount": -5}]


def test_a_secret_where_none_is_expected_is_masked() -> None:
    astray: Any = {**TRACE, "acquirer": CARD.number, "rrn": CARD.cvv}
    shown = json.loads(to_json(AuthorizationRequest(**SALE | astray)))
    assert (shown["acquirer"], shown["rrn"]) == ("411111••••••1111", "***")


def test_what_is_no_part_of_a_message_is_a_bug() -> None:
    with pytest.raises(TypeError):
        to_json(AuthorizationRequest(**SALE | {"rrn": object()}))


@given(ANY_MESSAGE)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_message_shows_its_number_or_cvv(message: Message | Reply) -> None:
    shown = json.loads(to_json(message))
    if "card" in shown:
        assert shown["card"].keys() == {"number", "expiry", "entry_mode"}
        number = message.card.number  # type: ignore[union-attr]
        assert shown["card"]["number"] == number.masked != number.reveal()
