"""Action codes and published cards: each does what the tables say, as far as it needs no staging."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from payments.facades.visa_direct import flow_push
from payments.switch.codes import REASONS
from payments.switch.published_cards import VISA_DIRECT, cards_of
from tests.facades.visa_direct.client import PUSH, Json, Visa, push

HERE = Path(flow_push.__file__).parent
CARDS: list[Json] = json.loads((HERE / "test_cards.json").read_text(encoding="utf-8"))["cards"]
CODES: list[Json] = json.loads((HERE / "action_codes.json").read_text(encoding="utf-8"))["codes"]
REQUESTS: dict[str, Json] = {
    "14": {},
    "54": {"recipientCardExpiryDate": "2028-11"},
    "57": {},
    "61": {"amount": "50000.01"},
    "62": {},
}


async def test_every_published_card_does_what_is_said_of_it(visa: Visa) -> None:
    for stan, card in enumerate(CARDS):
        numbers = {"recipientPrimaryAccountNumber": card["number"], "systemsTraceAuditNumber": stan, "amount": 1}
        answer = await visa.post(PUSH, push(**numbers))
        assert answer["actionCode"] == card["does"], card["number"]
        assert answer["responseCode"] == "5"


def test_every_published_card_is_in_the_directory() -> None:
    assert {each["number"] for each in CARDS} == {*cards_of(VISA_DIRECT)}


@pytest.mark.parametrize("code", [each for each in CODES if "card" in each], ids=lambda each: str(each["code"]))
async def test_codes_that_only_need_a_request(visa: Visa, code: Json) -> None:
    request = REQUESTS[code["code"]] | {"recipientPrimaryAccountNumber": code["card"]}
    answer = await visa.post(PUSH, push(**request))
    assert answer["actionCode"] == code["code"]
    assert answer["responseCode"] == ("8" if code["code"] in ("57", "61") else "5")
    assert "approvalCode" not in answer
    assert isinstance(answer["transactionIdentifier"], int)
    assert visa.api.is_clean()


def test_the_table_of_codes_is_whole() -> None:
    known = [each["code"] for each in CODES]
    assert known == sorted({*known})
    assert all("request" in each or each["stage"].get("code", each["code"]) == each["code"] for each in CODES)
    ours = {code for code in REASONS if code not in ("09", "30", "92")}  # of ISO 8583, not of Visa's table
    assert ours <= {*known}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 900_000}, "insufficient_funds"),
        ({"transactionCurrencyCode": "EUR", "amount": 1}, "sender_currency_differs"),
        ({"businessApplicationId": "ZZ"}, "unknown_business_application"),
        ({"serviceProcessingType": {"requestType": "02"}}, "not_available"),
    ],
)
async def test_what_a_flow_refuses(visa: Visa, changes: Json, code: str) -> None:
    if code == "not_available" and flow_push.CAN_DEFER:
        return
    await visa.error(await visa.send(PUSH, push(**changes)), 400, code)
    assert visa.api.world()["acquirer_disbursements"] == 0
    assert (await visa.post(PUSH, push()))["actionCode"] == "00"  # the same numbers are free
