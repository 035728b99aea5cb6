"""pushfundstransactions: money to a card through Visa's contract, on our own books."""

from __future__ import annotations

from tests.facades.visa_direct.client import PUSH, Visa, push


async def test_the_published_push_is_approved(either: Visa) -> None:
    answer = await either.post(PUSH, push())
    assert answer["actionCode"] == "00"
    assert answer["responseCode"] == "5"
    assert len(answer["approvalCode"]) == 6
    assert isinstance(answer["transactionIdentifier"], int)
    assert answer["retrievalReferenceNumber"] == "412770452025"
    assert await either.api.available("acct_visa_0127") == 1_000_00 + 124_05
    assert either.api.is_clean()
