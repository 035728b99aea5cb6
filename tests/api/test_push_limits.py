"""Limits, rules and programmes through the API: read, set, and felt by the next push."""

from __future__ import annotations

from payments.api import examples
from tests.api.calling import PUSH, Api, Json

CITY = "snd_city_of_alder"


async def test_every_kind_of_push_is_listed(api: Api) -> None:
    programmes = {each["programme"]: each for each in (await api.get("/push_programmes"))["data"]}
    assert programmes["government_disbursement"]["senders"] == ["government"]
    assert programmes["person_to_person"]["mastercard_transaction_type"] == "C07"
    assert programmes["cash_in"]["sources_of_funds"] == ["cash"]


async def test_the_defaults_are_listed_until_they_are_set(api: Api) -> None:
    before = {each["id"]: each for each in (await api.get("/push_limits"))["data"]}
    assert before.keys() == {"card.USD", "card.EUR", "card.JPY", "card.BHD"}
    assert before["card.USD"]["transaction_amount"] == 50_000_00
    assert before["card.USD"]["is_default"]
    assert before["card.USD"]["windows"][0] == {"days": 1, "amount": None, "count": None}
    windows = [{"days": 7, "count": 3}]
    limit = await api.post("/push_limits", {"per": "card", "currency": "USD", "windows": windows}, 200)
    assert limit["transaction_amount"] == 50_000_00
    assert not limit["is_default"]
    assert limit["windows"][2] == {"days": 7, "amount": None, "count": 3}
    assert await api.get("/push_limits/card.USD") == limit
    assert len((await api.get("/push_limits"))["data"]) == 4


async def test_a_card_limit_is_felt_by_the_next_push(api: Api) -> None:
    order: Json = {"per": "card", "currency": "USD", "transaction_amount": 10_00, "windows": [{"days": 1, "count": 1}]}
    await api.post("/push_limits", order, 200)
    too_much = await api.post("/disbursements", PUSH | {"amount": 10_01})
    assert too_much["decline"] == {"reason": "amount_limit_exceeded", "code": "61", "by": "opennet"}
    assert (await api.post("/disbursements", PUSH | {"amount": 10_00}))["status"] == "paid"
    too_often = await api.post("/disbursements", PUSH | {"amount": 1})
    assert too_often["decline"] == {"reason": "frequency_limit_exceeded", "code": "65", "by": "opennet"}
    await api.post("/push_limits", order | {"windows": [{"days": 1, "count": None}]}, 200)
    assert (await api.post("/disbursements", PUSH | {"amount": 1}))["status"] == "paid"
    assert api.is_clean()


async def test_a_sender_limit_is_a_problem_that_names_the_field(api: Api) -> None:
    limit = {"per": "sender", "sender": CITY, "currency": "USD", "windows": [{"days": 1, "amount": 20_00}]}
    kept = await api.post("/push_limits", limit, 200)
    assert (kept["id"], kept["member"], kept["alert_percent"]) == (f"{CITY}.USD", "harbor", 90)
    problem = await api.post("/disbursements", PUSH | {"amount": 20_01}, 422)
    assert problem["code"] == "partner_limit_reached"
    assert [each["field"] for each in problem["errors"]] == ["amount"]
    each_sender = {"per": "sender", "acquirer": "summit", "programme": "payroll", "currency": "USD", "least_amount": 5}
    assert (await api.post("/push_limits", each_sender, 200))["id"] == "summit.USD.payroll"
    assert (await api.get("/push_limits/summit.USD.payroll"))["least_amount"] == 5


async def test_a_limit_in_a_currency_the_sender_has_not(api: Api) -> None:
    limit = {"per": "sender", "sender": CITY, "currency": "EUR", "transaction_amount": 1}
    assert (await api.post("/push_limits", limit, 422))["code"] == "sender_currency_differs"
    unknown = {"per": "sender", "sender": CITY, "currency": "USD", "programme": "charity"}
    assert (await api.post("/push_limits", unknown, 422))["code"] == "unknown_programme"


async def test_rules_are_switched(api: Api) -> None:
    rules = {"object": "push_rules", "names": True, "source_of_funds": True, "strict_names": False}
    assert await api.get("/push_rules") == rules
    assert (await api.post("/disbursements", PUSH | {"recipient_name": "Li"}))["decline"]["code"] == "64"
    assert await api.post("/push_rules", {"names": False, "strict_names": True}, 200) == rules | {
        "names": False,
        "strict_names": True,
    }
    assert (await api.post("/disbursements", PUSH | {"recipient_name": "Li"}))["status"] == "paid"
    problem = await api.post("/disbursements", PUSH | {"recipient_name": "Nora Patel?"}, 422)
    assert problem["code"] == "name_not_allowed"
    assert [each["field"] for each in problem["errors"]] == ["recipient.name"]


async def test_a_person_sends_with_all_that_is_asked(api: Api) -> None:
    person = {"name": "Ida Blum", "kind": "person", "city": "Alder", "country": "US", "currency": "USD"}
    sender = await api.post("/senders", person)
    await api.post(f"/senders/{sender['id']}/top_ups", {"amount": 50_00})
    push = PUSH | {"sender": sender["id"], "business_application": "", "programme": "person_to_person"}
    problem = await api.post("/disbursements", push, 422)
    assert problem["code"] == "party_data_missing"
    assert [each["field"] for each in problem["errors"]] == ["payer.address", "payer.region"]
    payer = {"name": "Ida Blum", "address": "9 Oak Street", "city": "Alder", "region": "OR", "country": "US"}
    recipient = {"name": "नोरा पटेल", "city": "Alder", "country": "US"}
    named = {name: each for name, each in push.items() if name != "recipient_name"}
    whole = named | {"payer": payer, "recipient": recipient, "source_of_funds": "deposit_account"}
    paid = await api.post("/disbursements", whole)
    assert (paid["status"], paid["business_application"], paid["recipient_name"]) == ("paid", "PP", "नोरा पटेल")
    assert paid["payer"] == payer | {"kind": "consumer", "postal_code": "", "reference": ""}
    assert await api.get(f"/disbursements/{paid['id']}") == paid


async def test_low_funds_are_shown(api: Api) -> None:
    await api.post("/disbursements", PUSH | {"amount": 10_00})
    low = await api.post(f"/senders/{CITY}/low_balance", {"amount": 10_000_00}, 200)
    assert (low["low"], low["low_balance_amount"]) == (True, 10_000_00)
    assert (low["pushed_count"], low["pushed_amount"]) == (1, 10_00)
    assert await api.get(f"/senders/{CITY}/balance") == low
    events = (await api.get("/events?type=sender.low_balance"))["data"]
    assert [each["subject"] for each in events] == [CITY]


async def test_the_named_examples_work(api: Api) -> None:
    for example in examples.DISBURSEMENT.values():
        assert (await api.post("/disbursements", example["value"]))["status"] == "paid"
    for example in examples.PUSH_LIMIT.values():
        await api.post("/push_limits", example["value"], 200)


async def test_a_sender_reads_what_it_will_be_charged(api: Api) -> None:
    fees = (await api.get(f"/senders/{CITY}/balance"))["fees"]
    assert (await api.post("/disbursements", PUSH))["fee_amount"] == fees["disbursement_amount"] == 60
    assert (fees["funding_amount"], fees["transfer_amount"]) == (25, 95)
