"""What waits for flows: its routes are not there without them, and with them speak as Mastercard's do.

The flows here are made of paper. The published requests are sent, and what each generation is to answer is checked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.push_limit import PartnerLimitReached
from payments.app import create_app
from payments.facades.mastercard_send.awaited import Awaited, DailyLimit, Eligible, Validated
from payments.facades.mastercard_send.flows import Made, Named, Order
from payments.facades.mastercard_send.routes import add_routes
from payments.kit.idempotency import Claim, claim_key
from payments.kit.secrets import CardNumber
from payments.kit.work import Work
from payments.sandbox import Sandbox
from payments.settings import Settings
from payments.switch.message import PresentedCard
from tests.api.calling import Api
from tests.facades.mastercard_send.sending import DISBURSEMENT, PARTNER, Json, Send, answered, detail, problem

# The published eligibility request, and the guide's opening of a funding transfer (100.00 USD).
ELIGIBILITY: Json = {
    "acquirerCountry": "USA",
    "acquiringCredentials": {
        "acquiringIca": "123456",
        "singleMessage": {"acquiringIdentificationCode": "123456789", "processorId": "9000001957"},
        "dualMessage": {"acquirerReferenceId": 512340},
    },
    "amount": "6000",
    "currency": "USD",
    "paymentType": "P2P",
    "recipientAccountUri": "pan:5102589999999913",
    "senderAccountUri": "pan:5102589999999921",
    "transferAcceptorCountry": "USA",
    "transferAcceptorId": "456487898368",
    "transactionLocalDateTime": "2021-06-17T18:05:02",
}
FUNDING: Json = {
    "transfer_reference": "fun_000001328",
    "payment_type": "SWL",
    "amount": "10000",
    "currency": "USD",
    "sender_account_uri": "pan:5102589999999921;exp=2050-02;cvc=123",
    "sender": {"first_name": "Jane", "last_name": "Doe"},
}
VERIFICATION: Json = {
    "account_verification_reference": "ver_000001328",
    "account_uri": "pan:5204740000003362;exp=2050-02;cvc=123",
    "address": {"line1": "1 Main Street", "postal_code": "63368", "country": "USA"},
    "first_name": "Jane",
    "last_name": "Doe",
}
YES = Eligible(True, True, "", "Coastline Credit Union", "USA", "USD", "debit", False, False, 1800)
PULLED = Made("fnd_1", "received", "00", "coastline", "5" * 12, "000001", "A1B2C3", "1" * 15, "", 0, "USD", 0)


class Paper:
    """Flows that write down what they are asked, and answer what they are told to."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.eligible: Eligible | None = YES
        self.pulled = PULLED
        self.limit = DailyLimit("Brightwater Mutual", 1_000_00, 5, 90, 250_00, 2, 0)

    async def inquire(self, _: Acquirer, card: PresentedCard, origin: str, application: str) -> Eligible | None:
        self.asked.append((card.number.reveal(), origin, application))
        return self.eligible

    async def validate_card(self, _: Acquirer, sender: str, card: PresentedCard, holder: Named) -> Validated:
        self.asked.append((sender, card, holder))
        return Validated("cvl_1", "00", "coastline", "N", "U", "03", "5" * 12, "000001")

    async def pull(self, acquirer: Acquirer, sender: str, claim: Claim, card: PresentedCard, order: Order) -> None:
        def claims(work: Work, _: Acquirer) -> None:
            claim_key(work, claim, "fnd_1")

        await acquirer.step(claims)
        self.asked.append((sender, order))
        self.pulled = replace(self.pulled, card_masked=card.number.masked, amount=order.amount)

    def find_pull(self, _: sa.Connection, id: str) -> Made | None:
        return self.pulled if id == "fnd_1" else None

    async def reverse_pull(self, _: Acquirer, id: str, claim: Claim) -> None:
        self.asked.append((id, claim.id.rpartition(":")[2]))
        self.pulled = replace(self.pulled, status="reversed")

    async def stage_decline(self, _: Sandbox, number: CardNumber, code: str) -> None:
        self.asked.append((number.masked, code))

    async def check_limits(self, *_: Any) -> PartnerLimitReached | None:
        return None

    async def read_limit(self, *_: Any) -> DailyLimit:
        return self.limit

    async def set_limit(
        self, _: Acquirer, sender: str, currency: str, amount: int, count: int | None, alert: int | None
    ) -> DailyLimit:
        self.asked.append((sender, currency, amount, count, alert))
        self.limit = replace(self.limit, amount=amount, count=count)
        return self.limit


@asynccontextmanager
async def with_flows(database_url: str, awaited: Awaited) -> AsyncIterator[Send]:
    app = create_app(Settings(database=database_url))
    app.router.routes = [each for each in app.routes if not getattr(each, "path", "").startswith("/send/")]
    add_routes(app, awaited)
    async with app.router.lifespan_context(app):
        send = Send(Api(app))
        yield send
        await send.http.aclose()
        await send.api.http.aclose()


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
async def full(sqlite_url: str, paper: Paper) -> AsyncIterator[Send]:
    awaited = Awaited(**{name: getattr(paper, name) for name in Awaited.__dataclass_fields__})
    async with with_flows(sqlite_url, awaited) as send:
        yield send


async def test_without_their_flows_the_routes_are_not_there(sqlite_url: str) -> None:
    base = f"/send/v1/partners/{PARTNER}"
    routes = (
        ("PUT", f"{base}/accounts/account-info"),
        ("POST", f"{base}/accounts/account-verification"),
        ("POST", f"{base}/transfers/funding"),
        ("POST", f"{base}/transfers/trn_1/transactions/txn_1/reversals"),
        ("POST", f"/send/partners/{PARTNER}/transfer-eligibilities"),
        ("GET", f"/send/partners/{PARTNER}/limits"),
        ("PUT", f"/send/partners/{PARTNER}/limits/daily-limits/x"),
    )
    async with with_flows(sqlite_url, Awaited()) as send:
        for method, path in routes:
            assert (await send.http.request(method, path, json={})).status_code in (404, 405)


async def test_the_published_eligibility_request(full: Send, paper: Paper) -> None:
    answer = await full.post("/transfer-eligibilities", ELIGIBILITY, prefix="/send")
    assert answer["transferEligibility"] == {"eligible": True}
    assert answer["receivingEligibility"] == {
        "eligible": True,
        "brand": "MASTERCARD",
        "acceptanceBrand": "DMC",
        "brandCode": "MDG",
        "accountStatementCurrency": "USD",
        "institutionCountry": "USA",
        "institutionName": "Coastline Credit Union",
        "type": "DEBIT",
        "productType": "CONSUMER",
        "processingType": "BOTH",
        "enablementIndicator": "D",
        "crossBorder": False,
        "fundsAvailability": "IMMEDIATE",
    }
    assert "fundsAvailability" not in answer["sendingEligibility"]
    assert paper.asked == [("5102589999999921", "USA", "PP"), ("5102589999999913", "USA", "PP")]


async def test_what_is_not_eligible_comes_with_its_reason(full: Send, paper: Paper) -> None:
    paper.eligible = replace(YES, push=False, reason="110505")
    answer = await full.post("/transfer-eligibilities", ELIGIBILITY, prefix="/send")
    receiving = answer["receivingEligibility"]
    assert (receiving["eligible"], receiving["reasonCode"]) == (False, 110505)
    assert (receiving["reasonDescription"], receiving["enablementIndicator"]) == ("Currency not supported", "N")
    assert answer["transferEligibility"] == {"eligible": False}
    other = ELIGIBILITY | {"recipientAccountUri": "iban:DE89370400440532013000"}
    answer = await full.post("/transfer-eligibilities", other, prefix="/send")
    assert answer["receivingEligibility"]["reasonCode"] == 110504
    neither = {name: each for name, each in ELIGIBILITY.items() if not name.endswith("AccountUri")}
    assert (
        problem(await full.post("/transfer-eligibilities", neither, 400, prefix="/send"))["ErrorDetailCode"] == "092000"
    )


async def test_account_info(full: Send) -> None:
    body = {"account_info": {"account_uri": "pan:4007589999999904", "payment_type": "BDB"}}
    path = f"/send/v1/partners/{PARTNER}/accounts/account-info"
    info = answered(await full.http.put(path, json=body), 200)["account_info"]
    assert info["receiving_eligibility"] == {
        "eligible": True,
        "network": "VISA",
        "institution_name": "Coastline Credit Union",
        "country": "USA",
        "type": "DEBIT",
    }
    assert (info["account_uri"], info["account_statement_currency"]) == ("pan:************9904", "USD")
    unknown = {"account_info": {"account_uri": "pan:4999991111110008"}}
    info = answered(await full.http.put(path, json=unknown), 200)["account_info"]
    assert info["receiving_eligibility"]["reason_code"] == "110504"


async def test_account_verification(full: Send, paper: Paper) -> None:
    made = await full.post("/accounts/account-verification", {"account_verification": VERIFICATION})
    row = made["account_verification"]
    assert (row["status"], row["network_status_code"]) == ("APPROVED", "00")
    assert (row["cvc_response_code"], row["avs_response_code"], row["name_response_code"]) == ("M", "Y", "01")
    sender, card, holder = paper.asked[0]
    assert (sender, card.cvv.reveal(), holder.address, holder.postal_code) == (
        *("snd_brightwater", "123"),
        *("1 Main Street", "63368"),
    )
    other = VERIFICATION | {"account_uri": "pan:4000121111104242;exp=2029-12;cvc=999"}
    row = (await full.post("/accounts/account-verification", {"account_verification": other}))["account_verification"]
    assert (row["cvc_response_code"], row["avs_response_code"], row["name_response_code"]) == ("N", "U", "03")
    for change, code in ({"account_uri": "ABC"}, "082000"), ({"account_verification_reference": "1"}, "072000"):
        body = {"account_verification": VERIFICATION | change}
        assert detail(await full.post("/accounts/account-verification", body, 400))[2] == code


async def test_a_funding_transfer_and_its_reversal(full: Send, paper: Paper) -> None:
    body = {"funding_transfer": FUNDING}
    made = (await full.post("/transfers/funding", body))["transfer"]
    (transaction,) = made["transaction_history"]["data"]["transaction"]
    assert (made["status"], transaction["type"]) == ("APPROVED", "FUNDING")
    assert (transaction["account_uri"], transaction["network_status_code"]) == ("pan:************9921", "00")
    ((sender, order),) = paper.asked
    assert (sender, order.amount, order.business_application) == ("snd_brightwater", 10_000, "WT")
    assert detail(await full.post("/transfers/funding", body, 409))[0] == "transfer_reference"
    repeated = await full.post("/transfers/funding", body, headers={"Repeat-Flag": "true"})
    assert repeated["transfer"] == made
    assert (await full.get(f"/transfers/{made['id']}"))["transfer"] == made
    path = f"/transfers/{made['id']}/transactions/{transaction['id']}/reversals"
    why = {"funding_reversal": {"reversal_reason": "The payment failed"}}
    assert detail(await full.post(path, {"funding_reversal": {}}, 400))[2] == "092000"
    assert detail(await full.post(path.replace("txn_", "txn_0"), why, 404))[2] == "110507"
    given_back = (await full.post(path, why))["transfer"]
    assert given_back["status"] == "REVERSED"
    assert paper.asked[1:] == [("fnd_1", "reversal")]
    assert detail(await full.post(path, why, 409))[2] == "110501"
    assert (await full.post(path, why, headers={"Repeat-Flag": "true"}))["transfer"] == given_back


async def test_a_declined_pull_is_402(full: Send, paper: Paper) -> None:
    paper.pulled = replace(PULLED, status="declined", code="51")
    body = {"funding_transfer": FUNDING}
    assert detail(await full.post("/transfers/funding", body, 402))[1] == "DECLINE"
    body = {"funding_transfer": FUNDING | {"sender_account_uri": "raw:12345678"}}
    assert detail(await full.post("/transfers/funding", body, 400))[:2] == ("sender_account_uri", "INVALID_INPUT_VALUE")


async def test_the_static_sandbox_declines_what_its_reference_says(full: Send, paper: Paper) -> None:
    body = {"payment_disbursement": DISBURSEMENT | {"disbursement_reference": "DCL05_000001"}}
    await full.post("/disbursements/payment", body, prefix="/send/static/v1")
    assert paper.asked == [("510258••••••9913", "05")]
    body["payment_disbursement"]["disbursement_reference"] = "DCL05_000002"
    await full.post("/disbursements/payment", body)  # not static: a reference like any other
    assert len(paper.asked) == 1


async def test_a_partners_daily_limits(full: Send, paper: Paper) -> None:
    answer = await full.http.get(f"/send/partners/{PARTNER}/limits")
    (row,) = answer.json()
    assert row["dailyLimit"] == {
        "transactionAmountLimit": {"amount": "100000", "currency": "USD"},
        "transactionVolumeLimit": {"maxTransactionVolume": "5"},
    }
    assert row["dailyUsage"] == {
        "amountUsed": "25000",
        "currency": "USD",
        "currencyExponent": "2",
        "amountUsedPercentage": "25.00",
        "transactionVolumeUsed": "2",
        "transactionVolumeUsedPercentage": "40.00",
    }
    assert (row["limitEnabled"], row["transactionInitiatorName"]) == (True, "Brightwater Mutual")
    path = f"/send/partners/{PARTNER}/limits/daily-limits/{row['partnerLimitReference']}"
    body: Json = {"dailyLimit": {"transactionAmountLimit": {"amount": "200000", "currency": "USD"}}}
    changed = answered(await full.http.put(path, json=body), 200)
    assert changed["dailyLimit"] == body["dailyLimit"]
    assert paper.asked == [("snd_brightwater", "USD", 200_000, None, None)]
    assert problem(answered(await full.http.put(path, json={}), 400))["Source"] == "dailyLimit"
    other = path.replace("snd_", "snd_other_")
    unknown = problem(answered(await full.http.put(other, json=body), 404))
    assert (unknown["Source"], unknown["ErrorDetailCode"]) == ("partnerLimitReference", "082000")
