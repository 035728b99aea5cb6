"""Inquiries on the wire: what is written is read back equal, and what an event keeps of one names nobody."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.switch import inquiry_message as inquiries
from payments.switch.iso8583 import decode, encode
from payments.switch.message import Message, Reply
from payments.switch.message_json import to_json
from payments.switch.message_view import view_of
from tests.switch.strategies import (
    ACCEPTORS,
    CURRENCIES,
    IDS,
    INSTANTS,
    KEPT_CARDS,
    NETWORK_IDS,
    PRESENTED_CARDS,
    TEXTS,
)

TRACE: Final[dict[str, Any]] = {
    "sender": IDS,
    "receiver": IDS,
    "stan": st.from_regex(r"[0-9]{6}", fullmatch=True),
    "rrn": st.from_regex(r"[A-Z0-9]{12}", fullmatch=True),
    "transmitted_at": INSTANTS,
    "network_id": NETWORK_IDS,
}
REQUEST: Final = TRACE | {"acquirer": IDS}
REPLY: Final = TRACE | {"code": st.sampled_from(["00", "14", "62"]), "decided_by": IDS}
FLAGS: Final = st.booleans()
RESULTS: Final = st.sampled_from(["", "01", "02", "03"])
ATTRIBUTES: Final = st.builds(
    inquiries.CardAttributes,
    issuer=IDS,
    issuer_name=TEXTS,
    country=st.sampled_from(["US", "DE"]),
    product=st.sampled_from(["debit", "credit", "prepaid"]),
    platform=st.sampled_from(["consumer", "business"]),
    currency=CURRENCIES,
    fast_funds=st.sampled_from("BCDN"),
)
MESSAGES: Final[dict[type[Message | Reply], st.SearchStrategy[Any]]] = {
    inquiries.EligibilityInquiry: st.builds(
        inquiries.EligibilityInquiry,
        **REQUEST,
        card=KEPT_CARDS,
        origin=st.sampled_from(["US", "KP"]),
        business_application=st.sampled_from(["", "GP"]),
    ),
    inquiries.EligibilityReply: st.builds(
        inquiries.EligibilityReply,
        **REPLY,
        attributes=ATTRIBUTES,
        cross_border=FLAGS,
        geo_blocked=FLAGS,
        push_allowed=FLAGS,
        pull_allowed=FLAGS,
        refusal=st.sampled_from(["", "geo_blocked"]),
        funds_within_seconds=st.integers(0, 10**6),
        funds_within_business_days=st.integers(0, 9),
    ),
    inquiries.CardValidation: st.builds(
        inquiries.CardValidation,
        **REQUEST,
        card=PRESENTED_CARDS,
        amount=st.just(0),
        currency=CURRENCIES,
        acceptor=ACCEPTORS,
        address=st.builds(inquiries.HolderAddress, TEXTS, TEXTS),
        holder=st.builds(inquiries.HolderName, TEXTS, TEXTS, TEXTS),
    ),
    inquiries.CardValidationReply: st.builds(
        inquiries.CardValidationReply,
        **REPLY,
        amount=st.just(0),
        currency=CURRENCIES,
        cvv_result=st.sampled_from(["", "M", "N"]),
        address_result=st.sampled_from(["", "Y", "A", "Z", "N", "U"]),
        name_result=RESULTS,
        first_name_result=RESULTS,
        middle_name_result=RESULTS,
        last_name_result=RESULTS,
    ),
}


def test_every_inquiry_has_a_strategy() -> None:
    assert set(inquiries.INQUIRY_MESSAGES) == set(MESSAGES)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_an_inquiry_is_read_back_equal(kind: type[Message | Reply]) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(MESSAGES[kind])
    def read_back(message: Message | Reply) -> None:
        assert decode(encode(message), sender=message.sender, receiver=message.receiver) == message

    read_back()


@settings(max_examples=30, deadline=None)
@given(MESSAGES[inquiries.CardValidation], MESSAGES[inquiries.CardValidationReply])
def test_a_reply_that_echoes_its_request_is_read_back(asked: Message, reply: Reply) -> None:
    assert decode(encode(reply, answering=asked), sender=reply.sender, receiver=reply.receiver) == reply


@settings(max_examples=30, deadline=None)
@given(MESSAGES[inquiries.CardValidation])
def test_what_is_kept_of_a_question_about_a_person_names_nobody(asked: inquiries.CardValidation) -> None:
    kept = asked.without_the_person()
    for part in (
        kept.address.street,
        kept.address.postal_code,
        kept.holder.first,
        kept.holder.middle,
        kept.holder.last,
    ):
        assert part in ("", inquiries.HIDDEN)
    assert bool(kept.holder.last) == bool(asked.holder.last)
    assert view_of(to_json(kept)).mti == "0100"
