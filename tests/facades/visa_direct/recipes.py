"""How to get every code of the Visa Direct door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from payments.api.keys import DEMO_KEY
from payments.facades.visa_direct import flow_push
from payments.facades.visa_direct.alias import RESOLVE
from payments.facades.visa_direct.inquiry import ATTRIBUTES, CANCEL, VALIDATE
from payments.facades.visa_direct.query import QUERY
from tests.facades.recipes import MISSING, Ask, Form, Json, Recipe, Table
from tests.facades.visa_direct.client import APPROVED, BLOCKED, HELLO, PUSH, PUSHES, SAMPLES, basic

DATA: Final = Path(flow_push.__file__).parent
NORA: Final = "4000121111104242"
"""A card whose bank knows its CVV and where its holder lives."""

_ADJUST: Final = "/visadirect/v1/adjustment"
_TRANSFER: Final = "/visadirect/fundstransfer/v1"
_OURS: Final = {"Authorization": f"Bearer {DEMO_KEY}"}
_SIGNED: Final = {"Authorization": basic()}
_OWN: Final = {"Authorization": basic("RECIPE0001", "a password")}
_NUMBERS: Final[Json] = {"systemsTraceAuditNumber": "<new>", "retrievalReferenceNumber": "412770<new>"}
_TO: Final = {"recipientPrimaryAccountNumber": APPROVED, "recipientName": "Clara Voss"}
_FROM: Final = {"senderPrimaryAccountNumber": APPROVED, "senderCardExpiryDate": "2029-12", "amount": 1.25}
_VALIDATION: Final[Json] = {
    "acquiringBin": "408999",
    "acquirerCountryCode": "840",
    "primaryAccountNumber": NORA,
    "cardExpiryDate": "2029-12",
    "cardCvv2Value": "123",
    "pointOfServiceData": {"panEntryMode": 1, "posConditionCode": 59, "motoECIIndicator": "7"},
    "addressVerificationResults": {"street": "12 Juniper Lane", "postalCode": "53001"},
    "cardHolderNameVerification": {"firstName": "Nora", "lastName": "Patel"},
}
_KEY: Final = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyDMpMyfb/OCV0M74SIDQ\n"
    "uJNcOag0U2kPOHpaPuDEEQ/fqn2bYCalJPl8dqL1m+CUfoSDvaPlbuuyjoTPAOwQ\n"
    "DYV8n6e20J5RmYMnv/05PRzfjraZlyGvn2M3POUBQyvqHaGqYrbSxq9YX9HYBgo0\n"
    "JU80pngsKRKIMxS83ZfyLaeZdfvghR2wwQeHCt8g/ehdN+fEFm3pC0/sJ0bdvLyO\n"
    "oQh6nK5tkIrAcLC0idAwqrjHqmVju6pJISJtvalt9d4mQz9tHoWwzIOWtLJyIw3X\n"
    "ogUTuNrLoebnNbXiYn9QMGlNIGHjfc+tku/1LxvXA9IkiEXvIhntS1QTAAHbpht8\n"
    "rwIDAQAB\n"
    "-----END PUBLIC KEY-----\n"
)

FORMS: Final[dict[str, Form]] = {
    "push": Form("POST", PUSH, SAMPLES["push"] | _NUMBERS | _TO | {"amount": 1.25}, _SIGNED),
    "pull": Form("POST", f"{_TRANSFER}/pullfundstransactions", SAMPLES["pull"] | _NUMBERS | _FROM, _SIGNED),
    "reverse": Form("POST", f"{_TRANSFER}/reversefundstransactions", SAMPLES["reverse"] | _NUMBERS | _FROM, _SIGNED),
    "pushes": Form("POST", PUSHES, SAMPLES["multi_push"], _SIGNED),
    "adjustment": Form(
        "POST",
        _ADJUST,
        {
            "amount": 1.25,
            "acquiringBin": 408999,
            "systemsTraceAuditNumber": "<other>",
            "retrievalReferenceNumber": "412770<other>",
            "transactionIdentifier": "<1.transactionIdentifier>",
            "transactionTypeCode": "02",
            "messageReasonCode": 2150,
        },
        _SIGNED,
    ),
    "cancel": Form("POST", CANCEL, {"acquiringBin": 408999} | _NUMBERS, _SIGNED),
    "attributes": Form(
        "POST",
        ATTRIBUTES[0],
        {"primaryAccountNumber": NORA, "acquirerCountryCode": "840"} | _NUMBERS,
        _SIGNED,
    ),
    "alias": Form("POST", RESOLVE["v2"], {"businessApplicationId": "PP", "alias": "254711001987"}, _SIGNED),
    "validation": Form("POST", VALIDATE, _VALIDATION, _SIGNED),
    "query": Form("GET", f"{QUERY}?acquiringBIN=408999&stan=<new>&rrn=412770<new>", None, _SIGNED),
    "status": Form("GET", f"{PUSH}/<2.statusIdentifier>", None, _SIGNED),
    "hello": Form("GET", HELLO, None, _SIGNED),
    "stage": Form("POST", "/v1/sandbox/outcomes", {"outcome": "decline", "card": {"number": APPROVED}}, _OURS),
    "fault": Form(
        "POST",
        "/v1/sandbox/faults",
        {"kind": "lose_reply", "receiver": "opennet", "message": "original_credit"},
        _OURS,
    ),
    "wind": Form("POST", "/v1/sandbox/clock/wind", {"seconds": 172860}, _OURS),
    "credential": Form(
        "POST",
        "/v1/sandbox/visa_direct/credentials",
        {"user": "RECIPE0001", "password": "a password", "sender": "snd_opal_payouts"},
        _OURS,
    ),
    "encryption": Form(
        "POST",
        "/v1/sandbox/visa_direct/credentials/RECIPE0001/keys",
        {"encryption": "required", "key_id": "mine", "client_key": _KEY},
        _OURS,
    ),
}

LATER: Final = Ask("push", {"serviceProcessingType": {"requestType": "02"}})
LOST: Final = Ask("fault")
NEVER: Final = Ask("fault", {"kind": "lose_request"})


def staged(outcome: str, code: str = "", card: str = APPROVED, **more: Any) -> Ask:
    """Stage an outcome for a card."""
    change: Json = {"outcome": outcome} | ({"code": code} if code else {}) | more
    return Ask("stage", change | ({"card": {"number": card}} if card != APPROVED else {}))


def broken(status: str) -> Ask:
    """Stage a HTTP status for the sender's next request."""
    return Ask("stage", {"outcome": "http_error", "code": status, "card": MISSING, "sender": "snd_opal_payouts"})


_SPECIAL: Final[dict[str, tuple[list[Ask], str]]] = {
    "00": ([Ask("push")], "actionCode"),
    "06": (
        [
            Ask("pushes", {"request.0.amount": 900000}),
            Ask("status", path=f"{PUSHES}/<1.statusIdentifier>", until=202),
        ],
        "response.0.octResponseDetail.actionCode",
    ),
    "10": ([staged("card_result", "10", NORA), Ask("validation")], "actionCode"),
    "14": ([Ask("push", {"recipientPrimaryAccountNumber": "4957030420210447"})], "actionCode"),
    "25": ([NEVER, Ask("push"), Ask("wind", {"seconds": 120}), Ask("status")], "actionCode"),
    "54": ([Ask("push", {"recipientCardExpiryDate": "2028-11"})], "actionCode"),
    "57": ([Ask("push", {"recipientPrimaryAccountNumber": "4000911111180048"})], "actionCode"),
    "61": ([Ask("push", {"amount": "50000.01"})], "actionCode"),
    "62": ([Ask("push", {"recipientPrimaryAccountNumber": BLOCKED})], "actionCode"),
    "85": ([LATER], "actionCode"),
    "94": ([Ask("push"), Ask("push")], "actionCode"),
}


def _read(name: str) -> Json:
    data: Json = json.loads((DATA / name).read_text(encoding="utf-8"))
    return data


def _action(each: Json) -> Recipe:
    if "stage" in each:
        asks, at = [Ask("stage", each["stage"]), Ask("push")], "actionCode"
    else:
        asks, at = _SPECIAL[each["code"]]
    return Recipe(each["code"], each["means"], asks, at)


def _declined_by_network(code: str) -> list[Ask]:
    return [staged("decline", code, by="network"), Ask("push")]


_MEANINGS: Final = {each["code"]: each["means"] for each in _read("action_codes.json")["codes"]}
_REVERSAL: Final = Ask("reverse", {"transactionIdentifier": "<1.transactionIdentifier>"})
_OTHERS: Final = [
    Recipe("00", "a pull is approved", [Ask("pull")], "actionCode"),
    Recipe("05", "a pull is declined", [staged("pull_declined", "05"), Ask("pull")], "actionCode"),
    Recipe("51", "a pull of more than there is", [Ask("pull", {"amount": 90000})], "actionCode"),
    Recipe(
        "91",
        "a pull without an answer",
        [Ask("fault", {"message": "account_funding"}), Ask("pull")],
        "actionCode",
    ),
    Recipe("00", "a pull is reversed", [Ask("pull"), _REVERSAL], "actionCode"),
    Recipe("00", "a push is adjusted", [Ask("push"), Ask("adjustment")], "actionCode"),
    Recipe(
        "57",
        "an adjustment is refused",
        [Ask("push"), staged("adjustment_refused", "57"), Ask("adjustment")],
        "actionCode",
    ),
    Recipe("94", "an adjustment again", [Ask("push"), Ask("adjustment"), Ask("adjustment")], "actionCode"),
    Recipe("85", "a cancellation is accepted", [LATER, Ask("cancel")], "actionCode"),
    Recipe("25", "a cancellation of nothing", [Ask("cancel")], "actionCode"),
    Recipe("21", "a cancellation of what is released", [LATER, Ask("wind"), Ask("cancel")], "actionCode"),
    Recipe("R0", "a cancellation again", [LATER, Ask("cancel"), Ask("cancel")], "actionCode"),
    Recipe("57", "a cancellation of what was not deferred", [Ask("push"), Ask("cancel")], "actionCode"),
    Recipe("00", "a card is valid", [Ask("validation")], "actionCode"),
    Recipe("85", "nothing against a card", [staged("card_result", "85", NORA), Ask("validation")], "actionCode"),
    Recipe("54", "a card with another expiry date", [Ask("validation", {"cardExpiryDate": "2020-10"})], "actionCode"),
]

_SOURCES: Final = {"5": [Ask("push")], "8": _declined_by_network("61")}


def _source(each: Json) -> Recipe:
    asks = _SOURCES.get(each["source"]) or _declined_by_network(each["codes"][0])
    return Recipe(each["source"], each["means"], asks, "responseCode", ours=bool(each["codes"]))


_CODE: Final = "responseStatus.code"
_HTTP: Final = [
    Recipe("200", "answered, see `actionCode`", [Ask("push")]),
    Recipe("202", "not within the time-out", [LOST, Ask("push")], status=202),
    Recipe("202", "the same, by the header", [Ask("push", headers={"X-Transaction-Timeout-MS": "1"})], status=202),
    Recipe("303", "the same again while it is under way", [LOST, Ask("push"), Ask("push")], status=303),
    Recipe("400", "wrong fields", [Ask("push", {"amount": MISSING})], status=400),
    Recipe("401", "wrong credentials", [Ask("hello", headers={"Authorization": basic("nobody", "x")})], status=401),
    Recipe("403", "no permission", [Ask("push", {"acquiringBin": 400171})], status=403),
    Recipe("404", "an unknown path", [Ask("hello", path="/vdp/nothing")], status=404),
    Recipe("404", "an unknown status identifier", [Ask("status", path=f"{PUSH}/1_2_VDP_ARM")], status=404),
    Recipe("405", "another method", [Ask("hello", method="DELETE")], status=405),
    Recipe("415", "not JSON", [Ask("push", raw="<xml/>", headers={"Content-Type": "application/xml"})], status=415),
    Recipe("429", "too many requests", [broken("429"), Ask("push")], status=429),
    Recipe("500", "an error of the server's", [broken("500"), Ask("push")], status=500),
    Recipe("503", "do not send it again: it was carried out", [broken("503"), Ask("push")], status=503),
    Recipe("504", "do not send it again: it was carried out", [broken("504"), Ask("push")], status=504),
    Recipe("406", "XML only is accepted", [Ask("hello", headers={"Accept": "application/xml"})], status=406, ours=True),
    Recipe("413", "too large", [Ask("push", raw='{"amount":' + "1" * 1_000_001 + "}")], status=413, ours=True),
]
_ERRORS: Final = [
    Recipe("3001", "a field is missing", [Ask("push", {"amount": MISSING})], _CODE, 400),
    Recipe("3001", "a field is wrong", [Ask("push", {"transactionCurrencyCode": "XXQ"})], _CODE, 400),
    Recipe("3001", "day 000 in the reference", [Ask("push", {"retrievalReferenceNumber": "600000123456"})], _CODE, 400),
    Recipe(
        "3001", "a card of nobody's", [Ask("push", {"recipientPrimaryAccountNumber": "4999991111110008"})], _CODE, 400
    ),
    Recipe("3001", "not JSON", [Ask("push", raw="{")], _CODE, 400),
    Recipe("9123", "no credentials", [Ask("hello", headers={"Authorization": ""})], _CODE, 401),
    Recipe("9124", "wrong credentials", [Ask("hello", headers={"Authorization": basic("nobody", "x")})], _CODE, 401),
    Recipe("9125", "the client certificate is another's", [broken("401"), Ask("hello")], _CODE, 401),
    Recipe(
        "9125",
        "encryption is required",
        [Ask("credential"), Ask("encryption"), Ask("push", headers=_OWN)],
        _CODE,
        400,
    ),
    Recipe("9611", "no permission for the BIN", [Ask("push", {"acquiringBin": 400171})], _CODE, 403),
    Recipe("403", "no permission for the product", [broken("403"), Ask("push")], _CODE, 403),
    Recipe("429", "too many requests", [broken("429"), Ask("push")], _CODE, 429),
    Recipe("500", "an error of the server's", [broken("500"), Ask("push")], _CODE, 500),
    Recipe("503", "the service is not there", [broken("503"), Ask("push")], _CODE, 503),
    Recipe("504", "no answer in time", [broken("504"), Ask("push")], _CODE, 504),
    Recipe(
        "invalidParameter",
        "attributes of a card of nobody's",
        [Ask("attributes", {"primaryAccountNumber": "1111111111111111"})],
        "errorResponse.reason",
        400,
    ),
    Recipe("insufficient_funds", "the sender has not so much", [Ask("push", {"amount": 900000})], _CODE, 400, True),
    Recipe(
        "unknown_business_application",
        "there is no such business application",
        [Ask("push", {"businessApplicationId": "ZZ"})],
        _CODE,
        400,
        True,
    ),
]

_AVS: Final = {
    "A": "street only",
    "B": "street; postal code not verified",
    "C": "neither verified",
    "D": "both, international",
    "F": "both, United Kingdom",
    "G": "not verified, international",
    "I": "not verified, international",
    "M": "both, international",
    "N": "none",
    "P": "postal code only",
    "R": "retry",
    "U": "unavailable",
    "Y": "both",
    "Z": "postal code only",
}
_AVS_BY_ITSELF: Final = {
    "A": {"addressVerificationResults.postalCode": "99999"},
    "N": {"addressVerificationResults": {"street": "9 Elm Street", "postalCode": "99999"}},
    "Y": {},
    "Z": {"addressVerificationResults.street": "9 Elm Street"},
}
_CVV: Final = {
    "M": "match",
    "N": "no match",
    "P": "not processed",
    "S": "should be present",
    "U": "issuer not certified",
}
_CVV_BY_ITSELF: Final = {"M": {}, "N": {"cardCvv2Value": "999"}}


def _result(outcome: str, code: str, means: str, at: str, changes: dict[str, Any]) -> Recipe:
    if code in changes:
        return Recipe(code, means, [Ask("validation", changes[code])], at)
    return Recipe(code, means, [staged(outcome, code, NORA), Ask("validation")], at)


_NAME: Final = "cardHolderNameVerificationResult.nameMatchDecision"
_RESULTS: Final = [
    Recipe("01", "the name matches", [Ask("validation")], _NAME, ours=True),
    Recipe(
        "02", "part of it does", [Ask("validation", {"cardHolderNameVerification.firstName": "Zoe"})], _NAME, ours=True
    ),
    Recipe(
        "03",
        "it does not",
        [Ask("validation", {"cardHolderNameVerification": {"firstName": "Zoe", "lastName": "Okafor"}})],
        _NAME,
        ours=True,
    ),
]
_STATE: Final = "0.statusCode"
_FURTHER: Final = Ask("query", path=f"{QUERY}?acquiringBIN=408999&stan=<new>&rrn=412770<new>&fields=reasonCodeValue")
_STATES: Final = [
    Recipe("COMPLETED", "it has its answer", [Ask("push"), Ask("query")], _STATE),
    Recipe("FAILED", "it broke down", [*_declined_by_network("96"), Ask("query")], _STATE, ours=True),
    Recipe("IN_PROGRESS", "it has none yet", [LOST, Ask("push"), Ask("query")], _STATE),
    Recipe("PENDING", "it is held back", [LATER, Ask("query")], _STATE),
    Recipe("CANCELLED", "it was cancelled", [LATER, Ask("cancel"), Ask("query")], _STATE),
]
_REASONS: Final = [Recipe("0000", "no reason to tell", [Ask("push"), _FURTHER], "0.reasonCodeValue")]
_FAST: Final = "visaNetworkInfo.0.fastFundsIndicator"
_GEO: Final = "visaNetworkInfo.0.geoRestrictionInd"


def _of(number: str) -> list[Ask]:
    return [Ask("attributes", {"primaryAccountNumber": number})]


_ATTRIBUTES: Final = [
    Recipe("B", "fast funds at home and across borders", _of(NORA), _FAST),
    Recipe("C", "across borders only", _of("4001781111110009"), _FAST),
    Recipe("D", "at home only", _of("4001711111110006"), _FAST),
    Recipe("N", "none", _of("4001731111110004"), _FAST),
    Recipe("Y", "nothing is taken from the sender's country", _of("4001761111110001"), _GEO),
]

_ALIASES: Final = [
    Recipe("200", "resolved", [Ask("alias")]),
    Recipe("204", "an unknown alias", [Ask("alias", {"alias": "254700000000"})], status=204),
    Recipe("404", "an unknown alias, v1", [Ask("alias", {"alias": "2547"}, path=RESOLVE["v1"])], status=404),
    Recipe("VAD-1000", "a field is missing", [Ask("alias", {"alias": MISSING})], "code", 400),
    Recipe("VAD-1010", "a field is wrong", [Ask("alias", {"businessApplicationId": "PPP"})], "code", 400),
    Recipe("VAD-1120", "the directory has failed", [broken("500"), Ask("alias")], "code", 500),
    Recipe("VAD-1130", "the directory is not there", [broken("503"), Ask("alias")], "code", 503),
]

TABLES: Final = (
    Table(
        "Action codes of a push",
        "In the field `actionCode` of an answer with HTTP status 200. What is staged is for the card of the push.",
        [_action(each) for each in _read("action_codes.json")["codes"]],
    ),
    Table("Action codes of other transactions", "In the same field.", _OTHERS),
    Table(
        "Response codes: who decided",
        "In the field `responseCode` (field 44.1). Which declines of the network bear which is a table of ours,"
        " `payments/facades/visa_direct/response_sources.json`.",
        [_source(each) for each in _read("response_sources.json")["sources"]],
    ),
    Table("HTTP statuses", "", _HTTP),
    Table("Error codes", "In the envelope `responseStatus`.", _ERRORS),
    Table(
        "Address verification",
        "The letter in `addressVerificationResults` of a card validation.",
        [
            _result("address_result", code, means, "addressVerificationResults", _AVS_BY_ITSELF)
            for code, means in _AVS.items()
        ],
    ),
    Table(
        "Card verification value",
        "The letter in `cvv2ResultCode` of a card validation.",
        [_result("cvv_result", code, means, "cvv2ResultCode", _CVV_BY_ITSELF) for code, means in _CVV.items()],
    ),
    Table("Name match", "The decision in `cardHolderNameVerificationResult` of a card validation.", _RESULTS),
    Table(
        "Alias resolution",
        "In v1 the same without a code; there an unknown alias is a 404.",
        _ALIASES,
    ),
    Table("States of a transaction", "The `statusCode` of a row of the transaction query.", _STATES),
    Table("Reasons", "The `reasonCodeValue` of such a row, which has to be asked for by name.", _REASONS),
    Table("Attributes of a card", "Fields of the funds transfer attributes inquiry.", _ATTRIBUTES),
)
