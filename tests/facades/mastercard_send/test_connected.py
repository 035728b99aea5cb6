"""What awaited flows, on the flows of the house: the published requests move money, ask issuers, keep limits."""

from __future__ import annotations

import pytest

from tests.facades.mastercard_send.sending import DISBURSEMENT, PARTNER, Send, answered, detail
from tests.facades.mastercard_send.test_awaited import ELIGIBILITY, FUNDING, VERIFICATION


async def test_the_published_eligibility_request(either: Send) -> None:
    answer = await either.post("/transfer-eligibilities", ELIGIBILITY, prefix="/send")
    assert answer["transferEligibility"] == {"eligible": True}
    receiving = answer["receivingEligibility"]
    assert (receiving["institutionCountry"], receiving["fundsAvailability"]) == ("USA", "IMMEDIATE")


async def test_the_published_card_matches_everything(either: Send) -> None:
    made = await either.post("/accounts/account-verification", {"account_verification": VERIFICATION})
    row = made["account_verification"]
    assert (row["cvc_response_code"], row["avs_response_code"], row["name_response_code"]) == ("M", "Y", "01")


async def test_a_funding_transfer_is_pulled_and_given_back(either: Send) -> None:
    before = await either.api.available("acct_test_510258_9921")
    made = (await either.post("/transfers/funding", {"funding_transfer": FUNDING}))["transfer"]
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    assert (made["status"], transaction["type"]) == ("APPROVED", "FUNDING")
    assert await either.api.available("acct_test_510258_9921") == before - 10_000
    path = f"/transfers/{made['id']}/transactions/{transaction['id']}/reversals"
    why = {"funding_reversal": {"reversal_reason": "The payment failed"}}
    assert (await either.post(path, why))["transfer"]["status"] == "REVERSED"
    assert await either.api.available("acct_test_510258_9921") == before
    assert either.api.is_clean()


async def test_a_funding_transfer_cannot_be_given_back_for_ever(either: Send) -> None:
    made = (await either.post("/transfers/funding", {"funding_transfer": FUNDING}))["transfer"]
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    await either.api.post("/sandbox/clock/wind", {"seconds": 1_801}, 200)
    path = f"/transfers/{made['id']}/transactions/{transaction['id']}/reversals"
    why = {"funding_reversal": {"reversal_reason": "The payment failed"}}
    assert detail(await either.post(path, why, 409)) == ("transfer", "RESOURCE_ERROR", "110501")
    assert (await either.get(f"/transfers/{made['id']}"))["transfer"]["status"] == "APPROVED"
    (ours,) = (await either.api.get("/fundings"))["data"]
    assert (ours["sender"], ours["status"]) == ("snd_brightwater", "received")
    assert either.api.is_clean()


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply"])
async def test_a_pull_without_an_answer_takes_nothing(either: Send, kind: str) -> None:
    before = await either.api.available("acct_test_510258_9921")
    await either.fault(kind=kind, receiver="opennet", message="account_funding")
    assert detail(await either.post("/transfers/funding", {"funding_transfer": FUNDING}, 402))[1] == "DECLINE"
    await either.api.post("/sandbox/clock/wind", {"seconds": 600}, 200)
    path = "/transfers/funding?decline_details=true"
    again = await either.post(path, {"funding_transfer": FUNDING}, headers={"Repeat-Flag": "true"})
    made = again["transfer"]
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    assert (made["status"], transaction["network_status_code"]) == ("DECLINED", "91")
    assert await either.api.available("acct_test_510258_9921") == before
    assert either.api.is_clean()


async def test_a_daily_limit_is_set_and_kept(either: Send) -> None:
    await either.disbursed()
    path = f"/send/partners/{PARTNER}/limits"
    (row,) = (await either.http.get(path)).json()
    body = {"dailyLimit": {"transactionAmountLimit": {"amount": "70000", "currency": "USD"}}}
    put = f"{path}/daily-limits/{row['partnerLimitReference']}"
    assert answered(await either.http.put(put, json=body), 200)["dailyLimit"] == body["dailyLimit"]
    assert detail(await either.disburse(400, disbursement_reference="over_the_limit")) == (
        *("amount", "RESOURCE_ERROR"),
        "130012",
    )


async def test_a_static_reference_is_declined_as_it_says(either: Send) -> None:
    body = {"payment_disbursement": DISBURSEMENT | {"disbursement_reference": "DCL05_000001"}}
    assert detail(await either.post("/disbursements/payment", body, 402, prefix="/send/static/v1"))[1] == "DECLINE"


@pytest.mark.parametrize(
    ("outcome", "first", "later"),
    [
        ("deferred", "PENDING", "APPROVED"),
        ("returned", "APPROVED", "REVERSED"),
        ("lost_then_approved", "UNKNOWN", "APPROVED"),
        ("lost_then_never_processed", "UNKNOWN", "DECLINED"),
    ],
)
async def test_a_staged_outcome_reads_as_it_should(either: Send, outcome: str, first: str, later: str) -> None:
    staged = {"outcome": outcome, "card": {"number": "5102589999999913"}}
    await either.api.post("/sandbox/outcomes", staged | ({"seconds": 60} if first != "UNKNOWN" else {}))
    made = await either.disbursed()
    assert made["status"] == first
    await either.api.post("/sandbox/clock/wind", {"seconds": 120}, 200)
    assert (await either.get(f"/disbursements/{made['id']}"))["disbursement"]["status"] == later
    assert either.api.is_clean()
