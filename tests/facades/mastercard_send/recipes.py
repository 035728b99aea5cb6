"""How to get every code of the Mastercard Send door."""

from __future__ import annotations

from typing import Any, Final

from payments.api.keys import DEMO_KEY
from payments.facades.mastercard_send.codes import ELIGIBILITY_REASONS, NETWORK_RESPONSE_CODES
from tests.facades.mastercard_send.sending import DISBURSEMENT, PARTNER, PAYMENT, TRANSFER
from tests.facades.recipes import MISSING, Ask, Form, Json, Recipe, Table

TO: Final = "5102589999999913"
NORA: Final = "4000121111104242"
OWN: Final = "ptnr_made_for_this_recipe_<new>"
_V1: Final = f"/send/v1/partners/{PARTNER}"
_V2: Final = f"/send/partners/{PARTNER}"
_OWN_V2: Final = f"/send/partners/{OWN}"
_OURS: Final = {"Authorization": f"Bearer {DEMO_KEY}"}
_FUNDING: Final[Json] = {
    "transfer_reference": "fun_<new>",
    "payment_type": "SWL",
    "amount": "100",
    "currency": "USD",
    "sender_account_uri": "pan:5102589999999921;exp=2050-02;cvc=123",
    "sender": {"first_name": "Jane", "last_name": "Doe"},
}
_ELIGIBILITY: Final[Json] = {
    "acquirerCountry": "USA",
    "amount": "6000",
    "currency": "USD",
    "paymentType": "P2P",
    "recipientAccountUri": f"pan:{TO}",
    "transferAcceptorCountry": "USA",
    "transferAcceptorId": "456487898368",
}
_VERIFICATION: Final[Json] = {
    "account_verification_reference": "ver_<new>",
    "account_uri": f"pan:{NORA};exp=2029-12;cvc=123",
    "address": {"line1": "12 Juniper Lane", "postal_code": "53001", "country": "USA"},
    "first_name": "Nora",
    "last_name": "Patel",
}
_DAILY: Final = {"dailyLimit": {"transactionAmountLimit": {"amount": "100000", "currency": "USD"}}}

FORMS: Final[dict[str, Form]] = {
    "disbursement": Form(
        "POST",
        f"{_V1}/disbursements/payment",
        {"payment_disbursement": DISBURSEMENT | {"disbursement_reference": "pay_<new>", "amount": "125"}},
    ),
    "transfer": Form(
        "POST",
        f"{_V1}/transfers/payment",
        {"payment_transfer": TRANSFER | {"transfer_reference": "pay_<new>", "amount": "125"}},
    ),
    "funding": Form("POST", f"{_V1}/transfers/funding", {"funding_transfer": _FUNDING}),
    "reversal": Form(
        "POST",
        f"{_V1}/transfers/<1.transfer.id>/transactions/"
        "<1.transfer.transaction_history.data.transaction.0.id>/reversals",
        {"funding_reversal": {"reversal_reason": "The payment failed"}},
    ),
    "read": Form("GET", f"{_V1}/disbursements?ref=pay_<new>"),
    "info": Form(
        "PUT", f"{_V1}/accounts/account-info", {"account_info": {"account_uri": f"pan:{TO}", "payment_type": "BDB"}}
    ),
    "verification": Form("POST", f"{_V1}/accounts/account-verification", {"account_verification": _VERIFICATION}),
    "payment": Form("POST", f"{_V2}/payments", PAYMENT | {"paymentReference": "pay_<new>", "amount": "125"}),
    "search": Form("POST", f"{_V2}/payments/searches", {"paymentReference": "pay_<new>"}),
    "eligibility": Form("POST", f"{_V2}/transfer-eligibilities", _ELIGIBILITY),
    "limit": Form("PUT", f"{_OWN_V2}/limits/daily-limits/<1.id>.USD", _DAILY),
    "acceptor limit": Form(
        "POST",
        f"{_OWN_V2}/limits/daily-limits/transfer-acceptor-limits",
        {"transferAcceptorId": "456487898368"} | _DAILY,
    ),
    "account limit": Form("POST", f"{_OWN_V2}/limits/daily-limits/account-limits", {}),
    "sender": Form(
        "POST",
        "/v1/senders",
        {"name": "Recipe Kitchen", "kind": "company", "city": "Alder", "country": "US", "currency": "USD"},
        _OURS,
    ),
    "partner": Form("POST", "/v1/sandbox/mastercard_send/partners", {"id": OWN, "sender": "<1.id>"}, _OURS),
    "push limit": Form(
        "POST", "/v1/push_limits", {"per": "sender", "sender": "<1.id>", "currency": "USD", "programme": ""}, _OURS
    ),
    "stage": Form("POST", "/v1/sandbox/outcomes", {"outcome": "decline", "card": {"number": TO}}, _OURS),
    "fault": Form(
        "POST",
        "/v1/sandbox/faults",
        {"kind": "lose_reply", "receiver": "opennet", "message": "original_credit"},
        _OURS,
    ),
    "newest": Form("GET", "/v1/disbursements?sender=snd_brightwater&limit=1", None, _OURS),
    "cancellation": Form("POST", "/v1/disbursements/<3.data.0.id>/cancel", None, _OURS),
    "wind": Form("POST", "/v1/sandbox/clock/wind", {"seconds": 120}, _OURS),
}

PAID: Final = "5117510000000007"
"""The card of the payment of Send 2.0."""

_DETAILS: Final = f"{_V1}/disbursements/payment?decline_details=true"
_ROW: Final = "disbursement.transaction_history.data.transaction.0"


def staged(outcome: str, code: str = "", card: str = TO, **more: Any) -> Ask:
    """Stage an outcome for a card."""
    change: Json = {"outcome": outcome} | ({"code": code} if code else {}) | more
    return Ask("stage", change | ({"card": {"number": card}} if card != TO else {}))


def broken(status: str) -> Ask:
    """Stage a HTTP status for the sender's next request."""
    return Ask("stage", {"outcome": "http_error", "code": status, "card": MISSING, "sender": "snd_brightwater"})


def _networks(code: str) -> list[Ask]:
    """What has a push answered with a response code; the last two requests are v1's, and can be Send 2.0's."""
    if code == "00":
        return [Ask("disbursement")]
    if code == "10":
        return [staged("card_result", "10", NORA), Ask("verification")]
    if code == "11":
        return [staged("approved_vip"), Ask("disbursement")]
    return [staged("decline", code), Ask("disbursement", path=_DETAILS)]


def _v1_code(code: str, means: str) -> Recipe:
    at = f"{_ROW}.network_status_code" if code != "10" else "account_verification.network_status_code"
    return Recipe(code, means, _networks(code), at, 201)


def _v2_code(code: str, means: str) -> Recipe:
    asks = {"00": [Ask("payment")], "11": [staged("approved_vip", card=PAID), Ask("payment")]}.get(
        code, [staged("decline", code, PAID), Ask("payment")]
    )
    return Recipe(code, means, asks, "networkResponseCode", 201)


_STATUS: Final = "disbursement.status"
_LOST: Final = Ask("fault")
_LATER: Final = staged("deferred", seconds=3600)
_V1_STATES: Final = [
    Recipe("APPROVED", "it is paid", [Ask("disbursement")], _STATUS, 201),
    Recipe(
        "DECLINED",
        "it is not, and the details are asked for",
        [staged("decline", "05"), Ask("disbursement", path=_DETAILS)],
        _STATUS,
        201,
    ),
    Recipe("UNKNOWN", "no answer came", [_LOST, Ask("disbursement")], _STATUS, 201),
    Recipe("PENDING", "it is kept for later", [_LATER, Ask("disbursement")], _STATUS, 201),
    Recipe(
        "ERROR", "the system failed", [staged("decline", "96"), Ask("disbursement", path=_DETAILS)], _STATUS, 201, True
    ),
    Recipe(
        "REVERSED",
        "the recipient has sent it back",
        [staged("returned"), Ask("disbursement"), Ask("wind"), Ask("read")],
        "disbursements.data.disbursement.0.status",
        ours=True,
    ),
    Recipe(
        "CANCELLED",
        "it was cancelled while it was kept",
        [
            _LATER,
            Ask("disbursement"),
            Ask("newest"),
            Ask("cancellation"),
            Ask("read"),
        ],
        "disbursements.data.disbursement.0.status",
        ours=True,
    ),
    Recipe("APPROVED", "a funding transfer", [Ask("funding")], "transfer.status", 201),
    Recipe("REVERSED", "a funding transfer, given back", [Ask("funding"), Ask("reversal")], "transfer.status", 201),
]
_V2_STATUS: Final = "transactionStatus"
_V2_STATES: Final = [
    Recipe("APPROVED", "it is paid", [Ask("payment")], _V2_STATUS, 201),
    Recipe("DECLINED", "it is not", [staged("decline", "05", PAID), Ask("payment")], _V2_STATUS, 201),
    Recipe("PENDING", "no answer came", [_LOST, Ask("payment")], _V2_STATUS, 201),
    Recipe("ERROR", "the system failed", [staged("decline", "96", PAID), Ask("payment")], _V2_STATUS, 201, True),
]


def _advice(code: str, means: str, name: str, staging: Ask) -> Recipe:
    return Recipe(code, means, [staging, Ask("disbursement", path=_DETAILS)], f"{_ROW}.{name}", 201, True)


_DECISIONS: Final = [
    _advice("01", "new account information", "merchant_advice_code", staged("decline", "54")),
    _advice("02", "try again later", "merchant_advice_code", staged("decline", "51")),
    _advice("03", "do not try again", "merchant_advice_code", staged("decline", "41")),
    _advice("00", "on behalf of the issuer", "network_decision_code", staged("decline", "05", by="network")),
    _advice("01", "may be tried again", "network_decision_code", staged("decline", "91", by="network")),
    Recipe(
        "02",
        "the original was not found",
        [Ask("fault", {"kind": "lose_request"}), Ask("disbursement"), Ask("read")],
        "disbursements.data.disbursement.0.transaction_history.data.transaction.0.network_decision_code",
        ours=True,
    ),
]

_V1_ERROR: Final = "Errors.Error.0.Details.Detail.0.Value"
_V2_ERROR: Final = "Errors.Error.0.ErrorDetailCode"
_REASON: Final = "Errors.Error.0.ReasonCode"
_IN: Final = "payment_disbursement"
_NOBODY: Final = "/partners/ptnr_that_nobody_has_taken_on_0001"


def _errors(form: str, root: str, reference: str, at: str, path: str, read: Ask) -> list[Recipe]:
    again = "<new>" * 7
    return [
        Recipe("092000", "a field is missing", [Ask(form, {f"{root}amount": MISSING})], at, 400),
        Recipe("072000", "a field is too short", [Ask(form, {f"{root}{reference}": "short"})], at, 400),
        Recipe("062000", "a field is too long", [Ask(form, {f"{root}{reference}": again})], at, 400),
        Recipe("082000", "a field is wrong", [Ask(form, {f"{root}currency": "XXQ"})], at, 400),
        Recipe(
            "050007", "an unknown partner", [Ask(form, path=path.replace(f"/partners/{PARTNER}", _NOBODY))], at, 401
        ),
        Recipe("110501", "a reference that was used", [Ask(form), Ask(form)], at, 409),
        Recipe("110507", "a reference that was not", [read], at, 404),
    ]


_REASONS: Final = [
    Recipe("INVALID_INPUT_LENGTH", "", [Ask("payment", {"paymentReference": "short"})], _REASON, 400),
    Recipe("INVALID_INPUT_VALUE", "", [Ask("payment", {"currency": "XXQ"})], _REASON, 400),
    Recipe("MISSING_REQUIRED_INPUT", "", [Ask("payment", {"amount": MISSING})], _REASON, 400),
    Recipe("RESOURCE_ERROR", "", [Ask("payment"), Ask("payment")], _REASON, 409),
    Recipe("UNAUTHORIZED_ACCESS", "", [Ask("payment", path=f"/send{_NOBODY}/payments")], _REASON, 401),
    Recipe("DECLINE", "v1 only", [staged("decline", "05"), Ask("disbursement")], _REASON, 402),
]
_HTTP: Final = [
    Recipe("200", "read", [Ask("disbursement"), Ask("read")]),
    Recipe("201", "made", [Ask("disbursement")], status=201),
    Recipe("400", "wrong fields", [Ask("disbursement", {f"{_IN}.amount": MISSING})], status=400),
    Recipe("401", "not signed as it should be", [broken("401"), Ask("disbursement")], status=401),
    Recipe("402", "declined", [staged("decline", "05"), Ask("disbursement")], status=402),
    Recipe("404", "not found", [Ask("read")], status=404),
    Recipe("409", "used before", [Ask("disbursement"), Ask("disbursement")], status=409),
    Recipe("403", "no permission", [broken("403"), Ask("payment")], status=403, ours=True),
    Recipe("429", "too many requests", [broken("429"), Ask("payment")], status=429, ours=True),
    Recipe("500", "an error of the server's; nothing was done", [broken("500"), Ask("disbursement")], status=500),
    Recipe("503", "an error of the server's; it was carried out", [broken("503"), Ask("disbursement")], status=503),
    Recipe("504", "an error of the server's; it was carried out", [broken("504"), Ask("payment")], status=504),
]

_ONE: Final = [Ask("sender"), Ask("partner")]
_ASKED: Final = Ask("eligibility", path=f"{_OWN_V2}/transfer-eligibilities")
_TOO_LARGE: Final = Ask("eligibility", {"amount": "200000"}, path=f"{_OWN_V2}/transfer-eligibilities")
_NO_TIMES: Final = {"dailyLimit.transactionVolumeLimit": {"maxTransactionVolume": "0"}}
_PERSONS: Final = {"programme": "person_to_person"}


def _account(**limits: str) -> list[Ask]:
    return [*_ONE, Ask("account limit", limits), _ASKED]


_LIMITS: Final[dict[str, list[Ask]]] = {
    "110503": [Ask("eligibility", {"recipientAccountUri": "pan:4001761111110001"})],
    "110504": [Ask("eligibility", {"recipientAccountUri": "raw:12345678"})],
    "110505": [Ask("eligibility", {"currency": "EUR"})],
    "110506": [Ask("sender"), Ask("partner", {"networks": ["VISA"]}), _ASKED],
    "130004": [*_ONE, Ask("push limit", {"transaction_amount": 100}), _ASKED],
    "130005": [*_ONE, Ask("push limit", _PERSONS | {"windows": [{"days": 1, "amount": 100}]}), _ASKED],
    "130006": [*_ONE, Ask("push limit", {"least_amount": 10000}), _ASKED],
    "130007": _account(cardProductType="CNSMR", monthlyMaxAmount="1.00"),
    "130012": [*_ONE, Ask("limit"), _TOO_LARGE],
    "130013": _account(dailyMaxAmount="1.00"),
    "130014": _account(minTransactionAmount="100.00"),
    "130022": [*_ONE, Ask("limit", _NO_TIMES), _ASKED],
    "130023": [*_ONE, Ask("acceptor limit"), _TOO_LARGE],
    "130024": [*_ONE, Ask("acceptor limit", _NO_TIMES), _ASKED],
    "130025": _account(weeklyMaxAmount="1.00"),
    "130026": _account(monthlyMaxAmount="1.00"),
    "130027": _account(dailyMaxVolume="0"),
    "130028": _account(weeklyMaxVolume="0"),
    "130029": _account(monthlyMaxVolume="0"),
    "130030": _account(maxTransactionAmount="1.00"),
}
_WHY: Final = "receivingEligibility.reasonCode"
_ELIGIBILITIES: Final = [Recipe(code, means, _LIMITS[code], _WHY, 201) for code, means in ELIGIBILITY_REASONS.items()]
_OVER: Final = [
    Recipe(
        code,
        ELIGIBILITY_REASONS[code],
        [
            *_LIMITS[code][:-1],
            Ask("payment", {"amount": _LIMITS[code][-1].change.get("amount", "6000")}, path=f"{_OWN_V2}/payments"),
        ],
        _V2_ERROR,
        400,
        True,
    )
    for code in ELIGIBILITY_REASONS
    if code > "130000"
]

_AVS_AT: Final = "account_verification.avs_response_code"
_CVC_AT: Final = "account_verification.cvc_response_code"
_AVS: Final = ("A", "B", "C", "D", "F", "G", "I", "M", "N", "P", "R", "U", "Y", "Z")

TABLES: Final = (
    Table(
        "Network codes in v1",
        "`network_status_code` in the transaction of an answer; with `?decline_details=true` a decline is a 201.",
        [_v1_code(code, means) for code, means in NETWORK_RESPONSE_CODES.items()],
    ),
    Table(
        "Network codes in Send 2.0",
        "`networkResponseCode`.",
        [_v2_code(code, means) for code, means in NETWORK_RESPONSE_CODES.items() if code != "10"],
    ),
    Table("Advice with a decline", "Beside v1's network code; which goes with which decline is ours.", _DECISIONS),
    Table("Statuses in v1", "", _V1_STATES),
    Table("Statuses in Send 2.0", "", _V2_STATES),
    Table(
        "Error codes in v1",
        "The `ErrorDetailCode`.",
        _errors(
            "disbursement", f"{_IN}.", "disbursement_reference", _V1_ERROR, f"{_V1}/disbursements/payment", Ask("read")
        ),
    ),
    Table(
        "Error codes in Send 2.0",
        "",
        _errors("payment", "", "paymentReference", _V2_ERROR, f"{_V2}/payments", Ask("search")),
    ),
    Table("ReasonCodes", "The same in both generations.", _REASONS),
    Table("HTTP statuses", "", _HTTP),
    Table(
        "Eligibility reason codes",
        "`reasonCode` of transfer-eligibilities, `reason_code` of v1's account-info.",
        _ELIGIBILITIES,
    ),
    Table("The same as errors", "What an inquiry would have warned of, a payment of Send 2.0 is refused for.", _OVER),
    Table(
        "Address verification",
        "The letters are those of Visa's tables.",
        [Recipe(each, "", [staged("address_result", each, NORA), Ask("verification")], _AVS_AT, 201) for each in _AVS],
    ),
    Table(
        "Card verification code",
        "",
        [Recipe(each, "", [staged("cvv_result", each, NORA), Ask("verification")], _CVC_AT, 201) for each in "MNPSU"],
    ),
)
