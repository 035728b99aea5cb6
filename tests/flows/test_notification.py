"""What the issuer tells a cardholder: as a record one can read, and as an event."""

from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
import pytest

from payments.issuer.notification import Notification
from payments.kit.events import Event
from tests.flows.push_world import PushWorld, push_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[PushWorld]:
    async with push_world(database_url) as world:
        yield world


async def test_a_push_is_told_with_what_is_now_available(world: PushWorld) -> None:
    paid = await world.push(250_00)
    (told,) = world.all(Notification)
    assert told.title == "You received 250.00 USD"
    assert told.text == "City of Alder, relief. Available now: 662.18 USD"
    assert (told.issuer, told.account, told.card) == ("first_prairie", "acct_nora_patel", "card_nora_patel")
    assert (told.reference, told.at) == (paid.reference, await world.now())


async def test_a_push_without_a_text_names_the_sender_alone(world: PushWorld) -> None:
    await world.push(1, statement_text="")
    (told,) = world.all(Notification)
    assert told.text == "City of Alder. Available now: 412.19 USD"


async def test_every_notification_is_an_event(world: PushWorld) -> None:
    await world.push(250_00)
    (told,) = world.all(Notification)
    (event,) = (each for each in world.all(Event) if each.type == "notification.sent")
    assert (event.institution, event.subject, event.reference) == ("first_prairie", told.id, told.reference)
    assert orjson.loads(event.data) == {
        "account": told.account,
        "card": told.card,
        "title": told.title,
        "text": told.text,
    }
