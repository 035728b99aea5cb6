"""The operations whose flows are plugged in from elsewhere: what they are asked, and how they are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from payments.facades.visa_direct import flow_push
from payments.facades.visa_direct.contract import Ask, Attributes, Flow, Outcome, Validated, Validation
from payments.facades.visa_direct.flows import FLOWS, INQUIRIES
from payments.kit.idempotency import claim_key
from payments.kit.work import Work
from payments.sandbox import Sandbox
from payments.switch.message import PresentedCard
from tests.api.calling import calling
from tests.facades.visa_direct.client import QUERY, SAMPLES, Json, Visa

PULL = "/visadirect/fundstransfer/v1/pullfundstransactions"
REVERSE = "/visadirect/fundstransfer/v1/reversefundstransactions"
PULLS = "/visadirect/fundstransfer/v1/multipullfundstransactions"
ADJUST = "/visadirect/v1/adjustment"
CANCEL = "/visadirect/fundstransfer/cancel"
ATTRIBUTES = "/paai/fundstransferattinq/v5/cardattributes/fundstransferinquiry"
VALIDATE = "/pav/v1/cardvalidation"
PUSH = "/visadirect/fundstransfer/v1/pushfundstransactions"

ASKED: list[Ask] = []
DONE = Outcome(
    id="made",
    action_code="00",
    by_issuer=True,
    approval_code="98765X",
    network_id="587010322176104",
    begun_at=1_492_663_272_000_000,
    amount=12402,
    currency="USD",
    card_masked="406032••••••0127",
    reference="our reference",
    stan="000001",
    window="",
)


async def run(sandbox: Sandbox, ask: Ask) -> None:
    """A flow that does nothing but claim what it was told to claim."""
    ASKED.append(ask)

    def claimed(work: Work, _: object) -> None:
        claim_key(work, ask.claim, "made")

    await sandbox.operator.step(claimed)


FLOW = Flow(run, lambda *_: DONE, lambda *_: None, lambda *_: [], "SALES DRAFT")


@pytest.fixture
async def plugged(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Visa]:
    """A door with every operation plugged in."""
    ASKED.clear()
    for operation in ("pull", "reverse", "adjustment"):
        monkeypatch.setitem(FLOWS, operation, FLOW)
    monkeypatch.setattr(INQUIRIES, "cancel", cancel)
    monkeypatch.setattr(INQUIRIES, "attributes", attributes)
    monkeypatch.setattr(INQUIRIES, "validate", validate)
    async with calling(sqlite_url) as api:
        visa = Visa(api)
        yield visa
        await visa.http.aclose()


async def cancel(_: Sandbox, acquirer: str, id: str) -> str:
    assert acquirer == "harbor"
    assert id.startswith("dsb_")
    return "85"


async def attributes(_: Sandbox, __: str, card: PresentedCard, origin: str) -> Attributes | None:
    assert origin == "US"
    if card.number.reveal() == "4957030420210462":
        return None
    return Attributes("A Bank", "US", "USD", "debit", "consumer", False, "B", True, False, True, False, False)


async def validate(_: Sandbox, __: str, asked: Validation) -> Validated:
    over = asked.card.expiry < "2601"
    return Validated("54" if over else "00", True, "587010322176104", "M", "Y", "01", "01", "", "02")


async def test_without_a_flow_there_is_no_path(sqlite_url: str) -> None:
    async with calling(sqlite_url) as api:
        visa = Visa(api)
        plugged = {path for path, there in ((PULL, "pull" in FLOWS), (CANCEL, INQUIRIES.cancel)) if there}
        for path in {PULL, CANCEL} - plugged:
            await visa.error(await visa.send(path, {}), 404, "404")
        await visa.http.aclose()


async def test_the_published_pull(plugged: Visa) -> None:
    answer = await plugged.post(PULL, SAMPLES["pull"])
    assert answer == {
        "transactionIdentifier": 587010322176104,
        "actionCode": "00",
        "approvalCode": "98765X",
        "responseCode": "5",
        "transmissionDateTime": "2017-04-20T04:41:12.000Z",
        "retrievalReferenceNumber": "330000560021",
    }
    (asked,) = ASKED
    assert asked.card is not None
    assert (asked.card.number.reveal(), asked.card.expiry) == ("4060320000000127", "2310")
    assert (asked.amount, asked.currency, asked.sender) == (12402, "USD", "snd_opal_payouts")
    assert (await plugged.post(PULL, SAMPLES["pull"]))["actionCode"] == "94"
    (row, again) = await plugged.get(QUERY, acquiringBIN="408999", stan="452011", rrn="330000560021")
    assert (row["transactionType"], again["originalActionCode"]) == ("SALES DRAFT", "00")


async def test_the_published_reversal(plugged: Visa) -> None:
    assert (await plugged.post(REVERSE, SAMPLES["reverse"]))["actionCode"] == "00"
    assert (ASKED[0].original, ASKED[0].card) == ("159032109605920", None)


async def test_many_pulls(plugged: Visa) -> None:
    item = {
        name: value for name, value in SAMPLES["pull"].items() if name not in ("acquiringBin", "acquirerCountryCode")
    }
    told = await plugged.post(PULLS, {"acquiringBin": 408999, "localTransactionDateTime": "x", "request": [item]})
    await plugged.api.app.state.visa_direct.close()
    (result,) = (await plugged.get(f"{PULLS}/{told['statusIdentifier']}"))["response"]
    assert (result["systemsTraceAuditNumber"], result["aftResponseDetail"]["actionCode"]) == (452011, "00")


async def test_the_published_adjustment(plugged: Visa) -> None:
    answer = await plugged.post(ADJUST, SAMPLES["adjustment"])
    assert answer == {
        "transactionIdentifier": 587010322176104,
        "actionCode": "00",
        "dateAndTimeTransmission": "2017-04-20T04:41:12.000Z",
    }
    assert (ASKED[0].original, ASKED[0].reason, ASKED[0].credit) == ("139211034382335", "2150", False)


@pytest.mark.parametrize(
    ("kind", "reason", "credit"), [("22", "2140", True), (2, 2150, False), ("02", "5120", False), (22, 2150, False)]
)
async def test_what_is_adjusted_by_which_codes(plugged: Visa, kind: Any, reason: Any, credit: bool) -> None:
    body: Json = SAMPLES["adjustment"] | {"transactionTypeCode": kind, "messageReasonCode": reason}
    assert (await plugged.post(ADJUST, body))["actionCode"] == "00"
    assert ASKED[0].credit is credit


@pytest.mark.parametrize(("kind", "reason"), [("02", "2140"), ("26", "2150"), ("02", "1111")])
async def test_what_cannot_be_adjusted(plugged: Visa, kind: str, reason: str) -> None:
    body: Json = SAMPLES["adjustment"] | {"transactionTypeCode": kind, "messageReasonCode": reason}
    await plugged.error(await plugged.send(ADJUST, body), 400, "3001")


async def test_the_published_cancellation(plugged: Visa) -> None:
    assert await plugged.post(CANCEL, SAMPLES["cancel"]) == {"actionCode": "25"}  # there is no such push
    numbers = {"systemsTraceAuditNumber": 152333, "retrievalReferenceNumber": "115201533133"}
    pushed = await plugged.post(PUSH, SAMPLES["push"] | numbers)
    answer = await plugged.post(CANCEL, SAMPLES["cancel"])
    assert answer == {"transactionIdentifier": pushed["transactionIdentifier"], "actionCode": "85"}
    by_identifier = SAMPLES["cancel"] | {"transactionIdentifier": pushed["transactionIdentifier"]}
    assert await plugged.post(CANCEL, by_identifier) == answer


async def test_a_deferred_push_is_asked_for(plugged: Visa, monkeypatch: pytest.MonkeyPatch) -> None:
    body: Json = SAMPLES["push"] | {"serviceProcessingType": {"requestType": "02"}}
    if not flow_push.CAN_DEFER:
        await plugged.error(await plugged.send(PUSH, body), 400, "not_available")
    monkeypatch.setattr(flow_push, "CAN_DEFER", True)
    monkeypatch.setitem(FLOWS, "push", replace(FLOW, transaction_type="CRED VOUCHER"))
    assert (await plugged.post(PUSH, body))["serviceProcessingType"] == {"requestType": "02"}
    assert ASKED[0].release_at is not None
    wrong = {"requestType": "03", "deferredDateTime": "202001010000"}
    await plugged.error(await plugged.send(PUSH, body | {"serviceProcessingType": wrong}), 400, "3001")
    wrong = {"requestType": "03", "deferredDateTime": "tomorrow"}
    await plugged.error(await plugged.send(PUSH, body | {"serviceProcessingType": wrong}), 400, "3001")


async def test_the_attributes_of_a_card(plugged: Visa) -> None:
    answer = await plugged.post(ATTRIBUTES, SAMPLES["attributes"])
    (info,) = answer["visaNetworkInfo"]
    assert answer["ppgsNetworkInfo"] == []
    assert (info["issuerName"], info["issuerCountryCode"], info["billingCurrency"]) == ("A Bank", 840, 840)
    assert (info["moneyTransferFastFundsDomestic"], info["moneyTransferPushFundsCrossBorder"]) == ("Y", "N")
    assert (info["geoRestrictionInd"], info["cardPlatformCode"], info["cardProductType"]) == ("N", "CN", "D")


async def test_the_attributes_of_no_card(plugged: Visa) -> None:
    answer = await plugged.send(ATTRIBUTES, SAMPLES["attributes"] | {"primaryAccountNumber": "1111111111111111"})
    assert answer.status_code == 400
    assert answer.json() == {
        "errorResponse": {
            "reason": "invalidParameter",
            "message": "Unable to find any participating network information for the provided account.",
        }
    }
    silent = await plugged.send(ATTRIBUTES, SAMPLES["attributes"] | {"primaryAccountNumber": "4957030420210462"})
    await plugged.error(silent, 503, "503")


async def test_the_validation_of_a_card(plugged: Visa) -> None:
    answer = await plugged.post(VALIDATE, SAMPLES["card_validation"])
    assert (answer["actionCode"], answer["cvv2ResultCode"]) == ("00", "M")
    assert answer["addressVerificationResults"] == "Y"
    assert answer["cardHolderNameVerificationResult"] == {
        "nameResult": "00",
        "nameMatchDecision": "01",
        "firstNameAccountMatchDecision": "01",
        "lastNameAccountMatchDecision": "02",
    }
    over = await plugged.post(VALIDATE, SAMPLES["card_validation"] | {"cardExpiryDate": "2020-10"})
    assert over["actionCode"] == "54"
