"""transactionquery and transactiondata: what became of pushes, through this door and through our own."""

from __future__ import annotations

import pytest

from tests.api.calling import PUSH as OUR_PUSH
from tests.facades.visa_direct.client import BLOCKED, PUSH, QUERY, REPORT, Json, Visa, push

TRACE: Json = {"acquiringBIN": "408999", "stan": "451018", "rrn": "412770452025"}
DEFAULT = {
    *("statusCode", "acquiringBin", "actionCode", "approvalCode", "responseCode", "transactionIdentifier"),
    *("transactionType", "retrievalReferenceNumber", "systemsTraceAuditNumber", "transactionDate", "transactionTime"),
}


async def test_a_push_is_found_by_its_numbers_and_by_its_identifier(either: Visa) -> None:
    answer = await either.post(PUSH, push())
    (row,) = await either.get(QUERY, **TRACE)
    assert {*row} == DEFAULT
    assert (row["statusCode"], row["actionCode"], row["transactionType"]) == ("COMPLETED", "00", "CRED VOUCHER")
    assert row["approvalCode"] == answer["approvalCode"]
    assert len(row["transactionIdentifier"]) == 15
    assert int(row["transactionIdentifier"]) == answer["transactionIdentifier"]
    by_number = {"acquiringBIN": "408999", "transactionIdentifier": answer["transactionIdentifier"]}
    assert await either.get(QUERY, **by_number) == [row]


async def test_a_duplicate_is_a_row_of_its_own(either: Visa) -> None:
    answer = await either.post(PUSH, push())
    await either.post(PUSH, push())
    rows = await either.get(QUERY, **TRACE)
    assert [(each["actionCode"], each.get("originalActionCode")) for each in rows] == [("00", None), ("94", "00")]
    by_number = {"acquiringBIN": "408999", "transactionIdentifier": answer["transactionIdentifier"]}
    assert await either.get(QUERY, **by_number) == rows


async def test_what_was_not_asked_is_not_found(visa: Visa) -> None:
    assert await visa.get(QUERY, **TRACE) == []
    assert await visa.get(QUERY, acquiringBIN="408999", transactionIdentifier="883916196354773") == []


async def test_more_columns_by_name(visa: Visa) -> None:
    await visa.post(PUSH, push())
    names = (
        "amount,cardType,accountNumberMasked,cardAcceptor,transactionCurrencyCode,businessApplicationId,"
        "serviceProcessingType,reasonCode,reasonCodeValue,processingDate,amountInTransactionCurrency,unknownOne"
    )
    (row,) = await visa.get(QUERY, **TRACE, fields=names)
    assert {*row} == DEFAULT | {*names.split(",")} - {"unknownOne"}
    assert (row["amount"], row["cardType"], row["transactionCurrencyCode"]) == ("124.05", "Debit", "840")
    assert row["accountNumberMasked"] == "406032XXXXXX0127"
    assert row["cardAcceptor"] == {"idCode": "CA-IDCode-77765"}


async def test_pages(visa: Visa) -> None:
    for _ in range(4):
        await visa.post(PUSH, push())
    answer = await visa.http.get(QUERY, params=TRACE | {"limit": "3"})
    assert (len(answer.json()), answer.headers["x-pagination"]) == (3, "true")
    answer = await visa.http.get(QUERY, params=TRACE | {"limit": "3", "offset": "3"})
    assert (len(answer.json()), "x-pagination" in answer.headers) == (1, False)


@pytest.mark.parametrize(
    ("narrower", "found"),
    [
        ({"requestType": "00"}, 1),
        ({"requestType": "02"}, 0),
        ({"caid": "CA-IDCode-77765"}, 1),
        ({"caid": "5678"}, 0),
        ({"transactionStartDate": "01-01-2020:00:00:00"}, 1),
        ({"transactionEndDate": "01-01-2020:00:00:00"}, 0),
    ],
)
async def test_narrower_queries(visa: Visa, narrower: Json, found: int) -> None:
    await visa.post(PUSH, push())
    assert len(await visa.get(QUERY, **TRACE, **narrower)) == found


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"acquiringBIN": "408999"},
        {"acquiringBIN": "408999", "stan": "451018"},
        {"acquiringBin": "408999", "stan": "451018", "rrn": "412770452025"},
        {"acquiringBIN": "four", "stan": "451018", "rrn": "412770452025"},
        {"acquiringBIN": "408999", "transactionIdentifier": "1" * 16},
        TRACE | {"limit": "all"},
        TRACE | {"stan": "\x00"},
        TRACE | {"rrn": "\x00"},
        TRACE | {"transactionStartDate": "2023-01-01"},
    ],
)
async def test_wrong_queries(visa: Visa, query: Json) -> None:
    await visa.post(PUSH, push())
    await visa.error(await visa.http.get(QUERY, params=query), 400, "3001")


async def test_one_push_read_through_both_doors(either: Visa) -> None:
    answer = await either.post(PUSH, push(recipientName="Iris Novak"))
    (ours,) = (await either.api.get("/disbursements", sender="snd_opal_payouts"))["data"]
    assert ours["status"] == "paid"
    assert int(ours["network_id"]) == answer["transactionIdentifier"]
    assert (ours["amount"], ours["currency"], ours["approval_code"]) == (12405, "USD", answer["approvalCode"])
    assert (ours["recipient_name"], ours["channel"]) == ("Iris Novak", "api")
    assert await either.api.get(f"/disbursements/{ours['id']}") == ours


async def test_one_push_of_our_own_read_through_this_door(either: Visa) -> None:
    ours = await either.api.post("/disbursements", OUR_PUSH)
    by_number = {"acquiringBIN": "408999", "transactionIdentifier": ours["network_id"]}
    (row,) = await either.get(QUERY, **by_number, fields="amount,businessApplicationId")
    assert (row["actionCode"], row["amount"], row["businessApplicationId"]) == ("00", "25.00", "GD")
    assert row["retrievalReferenceNumber"] == ours["reference"]
    rrn = {"stan": row["systemsTraceAuditNumber"], "rrn": row["retrievalReferenceNumber"]}
    assert len(await either.get(QUERY, acquiringBIN="408999", **rrn)) == 1


async def test_nobody_sees_another_senders_pushes(visa: Visa) -> None:
    answer = await visa.post(PUSH, push())
    other = await visa.credential(user="OTHER", password="pw", sender="snd_city_of_alder")
    assert await other.get(QUERY, **TRACE) == []
    by_number = {"acquiringBIN": "408999", "transactionIdentifier": answer["transactionIdentifier"]}
    assert await other.get(QUERY, **by_number) == []


# ── the report ──


async def today(visa: Visa) -> str:
    now = (await visa.api.get("/sandbox/clock"))["now"]
    return f"{now[8:10]}{now[5:7]}{now[:4]}"


async def test_the_report_lists_what_was_paid(either: Visa) -> None:
    await either.post(PUSH, push())
    await either.post(PUSH, push(recipientPrimaryAccountNumber=BLOCKED, systemsTraceAuditNumber=7))
    day = await today(either)
    (row,) = await either.get(REPORT, fromDate=day, toDate=day)
    assert row["transactionState"] == "CRED VOUCHER"
    assert (row["amount"], row["transactionCurrencyCode"], row["acquiringBin"]) == ("124.05", "840", "408999")
    assert (row["systemsTraceAuditNumber"], row["retrievalReferenceNumber"]) == ("451018", "412770452025")
    assert "settlementDateTime" not in row
    await either.api.post("/sandbox/clock/wind", {"seconds": 4 * 86_400}, 200)
    (row,) = await either.get(REPORT, fromDate=day, toDate=day)
    assert row["settlementDateTime"].endswith(":100000")
    (queried,) = await either.get(QUERY, **TRACE, fields="settlementDate,settlementTime")
    assert queried["settlementTime"] == "10:00:00"


async def test_pages_of_the_report(visa: Visa) -> None:
    for stan in range(5):
        await visa.post(PUSH, push(systemsTraceAuditNumber=stan, amount=1))
    day = await today(visa)
    pages = [await visa.get(REPORT, fromDate=day, toDate=day, limit=2, offset=page) for page in (1, 2, 3, 4)]
    assert [len(each) for each in pages] == [2, 2, 1, 0]
    assert [row["systemsTraceAuditNumber"] for page in pages for row in page] == [f"{each:06d}" for each in range(5)]


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("01022023", ""), ("2023-01-01", "2023-01-02"), ("01012020", "02012020")]
)
async def test_wrong_reports(visa: Visa, first: str, last: str) -> None:
    await visa.error(await visa.http.get(REPORT, params={"fromDate": first, "toDate": last}), 400, "3001")


async def test_a_report_is_of_five_days_at_most(visa: Visa) -> None:
    day = await today(visa)
    await visa.api.post("/sandbox/clock/wind", {"seconds": 5 * 86_400}, 200)
    later = await today(visa)
    await visa.error(await visa.http.get(REPORT, params={"fromDate": day, "toDate": later}), 400, "3001")
    await visa.error(await visa.http.get(REPORT, params={"fromDate": later, "toDate": day}), 400, "3001")
