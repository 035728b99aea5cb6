"""A message as one looks at it after the fact: from what its event kept, with nothing secret in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from payments.kit.secrets import CardNumber
from payments.switch import iso8583
from payments.switch.iso8583_view import fields
from payments.switch.message import AuthorizationRequest, Message, Reply
from payments.switch.message_json import from_json, to_json
from payments.switch.message_view import NoForm, view_of
from tests.switch.strategies import ANY_MESSAGE
from tests.switch.test_wire import BANK, SALE


def as_kept(message: Message | Reply) -> Message | Reply:
    """The message with the middle of its number and its CVV gone."""
    card = getattr(message, "card", None)
    if card is None:
        return message
    return replace(message, card=replace(card, number=CardNumber(card.number.masked), cvv=None))  # type: ignore[call-arg]


@given(ANY_MESSAGE)
def test_what_an_event_keeps_is_the_message_without_its_secrets(message: Message | Reply) -> None:
    assert from_json(to_json(message)) == as_kept(message)


@given(ANY_MESSAGE)
def test_it_looks_as_it_did_on_the_wire(message: Message | Reply) -> None:
    view = view_of(to_json(message))
    assert view.format == "iso8583"
    assert view.wire == iso8583.encode(message, withhold_secrets=True).decode()
    assert list(view.fields) == [each for each in fields(message) if each.tag != "CV"]


def test_an_authorization_request() -> None:
    view = view_of(to_json(AuthorizationRequest(**SALE)))
    assert (view.type, view.mti, view.sender, view.receiver) == ("authorization_request", "0100", "harbor", "opennet")
    assert view.wire.startswith("0100")
    assert "16400012******4242" in view.wire
    shown = {(each.number, each.tag): each for each in view.fields}
    assert shown[2, ""].value == "400012••••••4242"
    assert shown[4, ""].meaning == "58.41 USD"
    assert (126, "CV") not in shown


@pytest.mark.parametrize("message", BANK, ids=lambda message: message.mti)
def test_a_bank_message_is_its_json(message: Message | Reply) -> None:
    view = view_of(to_json(message))
    assert (view.format, view.fields) == ("json", ())
    assert json.loads(view.wire)["type"] == view.type == message.mti


def test_what_would_not_fit_says_so() -> None:
    with pytest.raises(NoForm, match="DE 4"):
        view_of(to_json(AuthorizationRequest(**SALE | {"amount": 10**12})))
