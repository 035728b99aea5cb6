"""pushfundstransactions: money to a card through Visa's contract, on our own books."""

from __future__ import annotations

from tests.facades.visa_direct.client import PUSH, Visa, push

IN_EUR, IN_BHD = "4000781111190978", "4000911111180048"


async def test_the_published_push_is_approved(either: Visa) -> None:
    answer = await either.post(PUSH, push())
    assert answer["actionCode"] == "00"
    assert answer["responseCode"] == "5"
    assert len(answer["approvalCode"]) == 6
    assert isinstance(answer["transactionIdentifier"], int)
    assert answer["retrievalReferenceNumber"] == "412770452025"
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05
    assert either.api.is_clean()


async def test_to_a_card_in_another_currency_the_network_converts_at_the_rate_of_the_moment(either: Visa) -> None:
    """Their contract names no quote: what the network has made of it is in the answer, the query and our own API."""
    answer = await either.post(PUSH, push(recipientPrimaryAccountNumber=IN_EUR))
    assert (answer["actionCode"], answer["persistentFX"]) == ("00", {"exchangeRate": 0.9144895})
    (made,) = (await either.api.get("/disbursements"))["data"]
    assert (made["recipient_amount"], made["recipient_currency"], made["rate"]) == (113_44, "EUR", "0.9144895")
    assert await either.api.available("acct_lucia_ferri") == 800_00 + 113_44
    assert either.api.is_clean()


async def test_where_the_network_asks_for_a_quote_a_push_declines_and_not_a_cent_moves(either: Visa) -> None:
    """Their contract names none, and to this card it converts nothing without: our own API can ask for one."""
    before = await either.api.get("/senders/snd_city_of_alder/balance")
    answer = await either.post(PUSH, push(recipientPrimaryAccountNumber=IN_BHD))
    assert answer["actionCode"] == "57"
    assert await either.api.get("/senders/snd_city_of_alder/balance") == before
    assert await either.api.available("acct_lucia_ferri") == 800_00
    assert either.api.is_clean()
