"""Before a push: what may be done with a card (FTAI), and whether card, address and name are right (PAV)."""

from __future__ import annotations

import pytest

from payments.facades.visa_direct.alias import RESOLVE
from tests.facades.visa_direct.client import SAMPLES, Json, Visa
from tests.facades.visa_direct.test_plugged import ATTRIBUTES, VALIDATE


@pytest.mark.parametrize("version", ["v1", "v2", "v5"])
async def test_the_published_attribute_inquiry(either: Visa, version: str) -> None:
    answer = await either.post(ATTRIBUTES.replace("v5", version), SAMPLES["attributes"])
    (info,) = answer["visaNetworkInfo"]
    assert (info["issuerName"], info["issuerCountryCode"], info["billingCurrency"]) == ("First Prairie Bank", 840, 840)
    assert (info["moneyTransferPushFundsDomestic"], info["fastFundsIndicator"]) == ("Y", "B")
    assert either.api.is_clean()


async def test_an_unknown_account(visa: Visa) -> None:
    answer = await visa.send(ATTRIBUTES, SAMPLES["attributes"] | {"primaryAccountNumber": "1111111111111111"})
    assert (answer.status_code, answer.json()["errorResponse"]["reason"]) == (400, "invalidParameter")


async def test_the_published_card_validation(either: Visa) -> None:
    body: Json = SAMPLES["card_validation"]
    right = await either.post(VALIDATE, body | {"cardExpiryDate": "2029-12", "cardCvv2Value": "123"})
    assert (right["actionCode"] in ("00", "85"), right["cvv2ResultCode"]) == (True, "M")
    assert len(right["transactionIdentifier"]) == 15
    over = await either.post(VALIDATE, body | {"cardExpiryDate": "2020-10"})
    assert over["actionCode"] == "54"
    wrong = await either.post(VALIDATE, body | {"cardExpiryDate": "2029-12"})
    assert wrong["cvv2ResultCode"] == "N"


async def test_names_and_addresses(visa: Visa) -> None:
    asked = {
        "cardExpiryDate": "2029-12",
        "cardCvv2Value": "123",
        "cardHolderNameVerification": {"firstName": "Clara", "lastName": "Nobody"},
        "addressVerificationResults": {"street": "1 Somewhere", "postalCode": "94404"},
    }
    answer = await visa.post(VALIDATE, SAMPLES["card_validation"] | asked)
    names = answer["cardHolderNameVerificationResult"]
    assert (names["nameResult"], names["firstNameAccountMatchDecision"]) == ("00", "01")
    assert names["lastNameAccountMatchDecision"] == "03"
    assert answer["addressVerificationResults"] in ("N", "U")


@pytest.mark.parametrize(("status", "code"), [("500", "VAD-1120"), ("503", "VAD-1130"), ("429", None)])
@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_the_alias_directory_has_errors_of_its_own(
    visa: Visa, version: str, status: str, code: str | None
) -> None:
    body = {"outcome": "http_error", "code": status, "sender": "snd_opal_payouts"}
    await visa.api.post("/sandbox/outcomes", body)
    answer = await visa.post(RESOLVE[version], {"businessApplicationId": "PP", "alias": "254711001987"}, int(status))
    if code is None:  # the directory has no word for it
        assert answer["responseStatus"]["code"] == status
    else:
        assert set(answer) == ({"code", "reason", "message"} if version == "v2" else {"reason", "message"})
        assert answer.get("code", code) == code
