"""Over the wire, what arrives is what was sent, and everything the doors let in fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.kit.secrets import CardNumber, Secret
from payments.switch import iso8583
from payments.switch.bank_message import BankReply, FundsReceived, NetPosition, PayMerchant, SettlementInstruction
from payments.switch.funding_message import AccountFunding
from payments.switch.message import (
    NAME_BYTES,
    TEXT_BYTES,
    AuthorizationReply,
    AuthorizationRequest,
    CardAcceptor,
    Message,
    OriginalCredit,
    Party,
    PresentedCard,
    Presentment,
    RefundPresentment,
    Reply,
    Reversal,
)
from payments.switch.message_json import NotAMessage, from_json
from payments.switch.wire import by_wire, carried
from tests.switch.strategies import ANY_MESSAGE

TRACE: dict[str, Any] = {
    "sender": "harbor",
    "receiver": "opennet",
    "acquirer": "400100",
    "stan": "000001",
    "rrn": "628712000001",
    "transmitted_at": 1_791_979_200_123_456,
    "network_id": "000001000000001",
}
CARD = PresentedCard(CardNumber("4000121111104242"))
SALE: dict[str, Any] = TRACE | {
    "card": replace(CARD, cvv=Secret("123")),
    "amount": 5841,
    "currency": "USD",
    "acceptor": CardAcceptor("1000001", "Blue Door Books", "Alder", "US", "5942"),
}
BANK: list[Message | Reply] = [
    FundsReceived(**TRACE, amount=1, currency="USD"),
    PayMerchant(**TRACE, merchant="mch_a", merchant_name="Кав'ярня", amount=2, currency="BHD"),
    SettlementInstruction(**TRACE, window="win", currency="USD", positions=(NetPosition("a", 5), NetPosition("b", -5))),
    BankReply(
        **{name: TRACE[name] for name in ("sender", "receiver", "stan", "rrn", "transmitted_at")},
        code="51",
        decided_by="reserve_bank",
        short="harbor",
    ),
]


@given(ANY_MESSAGE)
def test_a_card_message_arrives_as_it_was_sent(message: Message | Reply) -> None:
    assert carried(message) == message


@pytest.mark.parametrize("message", BANK, ids=lambda message: message.mti)
def test_a_bank_message_arrives_as_it_was_sent(message: Message | Reply) -> None:
    arrived = carried(message)
    assert arrived == message
    assert arrived is not message


async def test_nothing_of_the_senders_gets_to_the_receiver_but_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    echoed = []

    def encode(message: Message | Reply, **how: Any) -> bytes:
        echoed.append((type(message), how["answering"]))
        return original(message, **how)

    original = iso8583.encode
    monkeypatch.setattr(iso8583, "encode", encode)
    request = AuthorizationRequest(**SALE)
    heard: list[Message] = []

    async def inbox(message: Any) -> Reply:
        heard.append(message)
        return reply

    names = ("stan", "rrn", "transmitted_at", "network_id", "amount", "currency")
    answer: dict[str, Any] = {name: SALE[name] for name in names} | {"sender": "opennet", "receiver": "harbor"}
    reply = AuthorizationReply(**answer, code="51", decided_by="first_prairie")
    answered = await by_wire(inbox)(request)
    assert heard == [request]
    assert heard[0] is not request
    assert answered == reply
    assert answered is not reply
    assert echoed == [(AuthorizationRequest, None), (AuthorizationReply, request)]


@pytest.mark.parametrize("letter", ["a", "=", "é", "漢", "😀"])
def test_everything_the_doors_let_in_fits(letter: str) -> None:
    """Names are at most 100 characters and texts 200, and neither takes more bytes than it may."""
    name = letter * min(100, NAME_BYTES // len(letter.encode()))
    text = letter * min(200, TEXT_BYTES // len(letter.encode()))
    id = "mch_01k8z0q4v3e7r9t2m5n6p8s1w4"
    acceptor = CardAcceptor(id, name, name, "US", "5942")
    sale = SALE | {"card": CARD, "acceptor": acceptor, "amount": 10**12 - 1}
    priced: dict[str, Any] = {"window": "win_2026-10-14", "interchange_amount": 10**12 - 1}
    for message in (
        AuthorizationRequest(**sale),
        Presentment(**sale, **priced, arn="7" * 23, final=False),
        RefundPresentment(**sale, **priced, arn="7" * 23, original_arn="7" * 23),
        Reversal(**sale, original_stan="000001", original_transmitted_at=1_791_979_200_123_456, reason="4000"),
        OriginalCredit(
            **sale,
            **priced,
            business_application="GD",
            channel="bank_branch",
            payer=Party(name, text, name, "US", id, "NSW", "9" * 16, "organization"),
            recipient=Party(name, text, name, "US", id, "NSW", "9" * 16, "organization"),
            source_of_funds="deposit_account",
            statement_text=text,
        ),
        AccountFunding(
            **sale,
            **priced,
            business_application="PP",
            channel="bank_branch",
            payer=Party(name, text, name, "US"),
            recipient=Party(name),
        ),
    ):
        assert carried(message) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type":"party","name":"x"}',
        '{"type":"funds_received","mti":"funds_received","processing":""}',
        '{"type":["funds_received"],"mti":"","processing":""}',
    ],
)
def test_what_is_no_message_is_none(text: str) -> None:
    with pytest.raises(NotAMessage):
        from_json(text)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_no_text_does_any_harm(text: str) -> None:
    with pytest.raises(NotAMessage):
        from_json(text)
