"""pushfundstransactions: money to a card through Visa's contract, on our own books."""

from __future__ import annotations

from tests.facades.visa_direct.client import PUSH, Visa, push

IN_EUR = "4000781111190978"


async def test_the_published_push_is_approved(either: Visa) -> None:
    answer = await either.post(PUSH, push())
    assert answer["actionCode"] == "00"
    assert answer["responseCode"] == "5"
    assert len(answer["approvalCode"]) == 6
    assert isinstance(answer["transactionIdentifier"], int)
    assert answer["retrievalReferenceNumber"] == "412770452025"
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05
    assert either.api.is_clean()


async def test_a_card_in_another_currency_declines_and_not_a_cent_moves(either: Visa) -> None:
    """Their contract names no quote, and nothing is converted without one: our own API does that."""
    before = await either.api.get("/senders/snd_city_of_alder/balance")
    answer = await either.post(PUSH, push(recipientPrimaryAccountNumber=IN_EUR))
    assert answer["actionCode"] == "57"
    assert await either.api.get("/senders/snd_city_of_alder/balance") == before
    assert await either.api.available("acct_lucia_ferri") == 800_00
    assert either.api.is_clean()
