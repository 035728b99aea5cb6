"""The page of outcomes says what the code does."""

from __future__ import annotations

from typing import get_args

from payments.api.sandbox_outcomes import OutcomeName
from payments.kit.clock import HOUR
from payments.network.deferral import LONGEST
from payments.switch import push_message
from payments.switch.message import Message, Reply
from payments.switch.outcome import OUTCOMES
from tests.outcomes_page import PAGE, PLACE, with_table


def test_the_table_is_the_codes_own() -> None:
    page = PAGE.read_text()
    assert PLACE.search(page)
    assert page == with_table(page), "out of date: python -m tests.outcomes_page"


def test_the_door_offers_every_outcome() -> None:
    assert set(get_args(OutcomeName)) == set(OUTCOMES)


def test_the_messages_are_as_the_page_says() -> None:
    page = PAGE.read_text()
    requests: tuple[type[Message], ...] = push_message.REQUESTS
    replies: tuple[type[Reply], ...] = push_message.REPLIES
    for asked, answered in zip(requests, replies, strict=True):
        assert f"| {asked.mti} / {answered.mti}, processing {asked.processing} |" in page
        assert asked.processing == answered.processing
    assert f"longer than {LONGEST // HOUR} hours" in page
