"""Stories: everything about one payment, push or transfer, and nothing about anybody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from payments.console.source import PLACES, read_source
from tests.api.calling import NORA, PUSH, SALE, Api

Json = dict[str, Any]
OMAR = {"id": "card_omar_diallo"}
DAY = 86_400


async def story_of(api: Api, id: str) -> Json:
    response = await api.http.get(f"/console/stories/{id}", headers={"Authorization": ""})
    assert response.status_code == 200, response.text
    told: Json = response.json()
    return told


async def wind(api: Api, seconds: int) -> None:
    await api.post("/sandbox/clock/freeze", None, 200)
    await api.post("/sandbox/clock/wind", {"seconds": seconds}, 200)


def types(told: Json) -> list[str]:
    return [each["type"] for each in told["events"]]


async def test_a_payment_is_told_with_who_takes_part(either: Api) -> None:
    payment = await either.pay()
    told = await story_of(either, payment["id"])
    assert (told["kind"], told["direction"], told["amount"], told["currency"]) == ("payment", "pull", 5841, "USD")
    assert [(each["role"], each["name"]) for each in told["parties"]] == [
        ("cardholder", "Nora Patel"),
        ("merchant", "Blue Door Books"),
        ("acquirer", "Harbor Acquiring"),
        ("network", "OpenNet"),
        ("issuer", "First Prairie Bank"),
        ("bank", "Alder Reserve Bank"),
    ]
    positions = [each["position"] for each in told["events"]]
    assert positions == sorted(positions)
    assert {each["reference"] for each in told["events"]} == {payment["reference"]}
    assert NORA["number"] not in json.dumps(told)


async def test_a_message_is_decoded_and_shows_where_it_is_sent(either: Api) -> None:
    told = await story_of(either, (await either.pay())["id"])
    sent = [each for each in told["events"] if each["type"] == "message.sent"]
    assert [each["message"]["mti"] for each in sent] == ["0100", "0100", "0110", "0110"]
    assert {"number": 39, "tag": "", "name": "response code", "value": "00", "meaning": "approved"} in sent[2][
        "message"
    ]["fields"]
    assert [(each["source"]["file"], each["source"]["function"]) for each in sent] == [
        ("payments/acquirer/authorization.py", "record_pending"),
        ("payments/network/authorization.py", "record_request"),
        ("payments/issuer/authorization.py", "answer_request"),
        ("payments/network/authorization.py", "record_reply"),
    ]
    assert all(f"def {each['source']['function']}(" in each["source"]["text"] for each in sent)


async def test_it_begins_from_what_was_there_before(either: Api) -> None:
    account = "first_prairie.cardholder.USD.acct_nora_patel"
    await either.pay(amount=1000, capture=True)
    payment = await either.pay(amount=700, capture=True)
    await either.pay(amount=300, capture=True)
    told = await story_of(either, payment["id"])
    assert told["opening"][account] == {"debits": 0, "credits": 41218, "held_debits": 1000, "held_credits": 0}
    await wind(either, 3 * DAY)
    told = await story_of(either, payment["id"])
    elsewhere = [each for each in told["meanwhile"] if each["account"] == account]
    assert sum(each["debits"] for each in elsewhere) == 1300
    assert sum(each["held_debits"] for each in elsewhere) == -1000
    own = {each["position"] for each in told["events"]}
    assert {each["after"] for each in elsewhere} <= own


async def test_it_goes_on_to_settlement_and_payout_and_leaves_others_out(either: Api) -> None:
    payment = await either.pay(capture=True)
    other = await either.pay(merchant="mch_larkspur_cafe", amount=900, capture=True)
    await wind(either, 3 * DAY)
    told = await story_of(either, payment["id"])
    assert {"capture.settled", "settlement.settled", "payout.paid"} <= set(types(told))
    text = json.dumps(told)
    assert other["id"] not in text
    assert other["reference"] not in text
    assert "summit" not in {each["institution"] for each in told["events"]}
    assert {each["own"] for each in told["events"] if each["type"].startswith("settlement")} == {False}
    assert {each["own"] for each in told["events"] if each["type"].startswith("payment")} == {True}


async def test_a_part_is_told_in_the_story_of_the_whole(either: Api) -> None:
    payment = await either.pay(capture=True)
    refund = await either.post("/refunds", {"payment": payment["id"], "amount": 841})
    assert (await story_of(either, refund["id"]))["id"] == payment["id"]
    push = await either.post("/disbursements", PUSH)
    adjustment = await either.post("/adjustments", {"disbursement": push["id"], "amount": 100})
    assert (await story_of(either, adjustment["id"]))["id"] == push["id"]


async def test_a_transfer_is_two_in_one(either: Api) -> None:
    order = {"sender": "snd_brightwater", "amount": 2500, "currency": "USD", "channel": "mobile_app"}
    people = {
        "payer": {
            **{"name": "Nora Patel", "address": "12 Juniper Lane", "city": "Alder", "region": "OR", "country": "US"},
            "card": {"id": "card_nora_patel"},
        },
        "recipient": {"name": "Omar Diallo", "card": OMAR},
    }
    transfer = await either.post("/transfers", order | people)
    told = await story_of(either, transfer["id"])
    assert (told["kind"], len(told["references"])) == ("transfer", 2)
    assert told["legs"] == [transfer["funding"], transfer["disbursement"]]
    assert [each["name"] for each in told["parties"] if each["role"] in ("cardholder", "recipient", "issuer")] == [
        "Nora Patel",
        "First Prairie Bank",
        "Coastline Credit Union",
        "Omar Diallo",
    ]
    assert {"transfer.paid", "funding.received", "disbursement.paid"} <= set(types(told))
    for leg in told["legs"]:
        assert (await story_of(either, leg))["id"] == transfer["id"]


async def test_money_paid_in_and_out_has_a_story(either: Api) -> None:
    deposit = await either.post("/accounts/acct_nora_patel/deposits", {"amount": 1000})
    assert [each["role"] for each in (await story_of(either, deposit["id"]))["parties"]] == [
        "cardholder",
        "issuer",
        "bank",
    ]
    top_up = await either.post("/senders/snd_city_of_alder/top_ups", {"amount": 1000})
    assert (await story_of(either, top_up["id"]))["kind"] == "top_up"
    await either.pay(capture=True)
    await wind(either, 3 * DAY)
    (payout,) = (await either.get("/merchants/mch_blue_door_books/payouts"))["data"]
    assert "payout.paid" in types(await story_of(either, payout["id"]))


async def test_what_no_bank_knows_has_a_story_too(either: Api) -> None:
    payment = await either.pay(card=NORA | {"number": "4000121111119992"})
    assert payment["status"] == "declined"
    told = await story_of(either, payment["id"])
    assert told["parties"][0]["name"] == "400012••••••9992"
    assert told["opening"] == {}


async def test_the_newest_are_listed_first(either: Api) -> None:
    push, payment = await either.post("/disbursements", PUSH), await either.pay(capture=True)
    declined = await either.pay(card={"id": "card_liam_ortiz"})
    listed = (await either.http.get("/console/stories", params={"limit": 3})).json()["data"]
    assert [(each["id"], each["status"]) for each in listed] == [
        (declined["id"], "declined"),
        (payment["id"], "captured"),
        (push["id"], "paid"),
    ]
    assert all(each["parties"] for each in listed)


@pytest.mark.parametrize("id", ["pay_nothing", "nothing", "acct_nora_patel", "pay_", "tag_1"])
async def test_what_is_not_there_is_not_found(api: Api, id: str) -> None:
    assert (await api.http.get(f"/console/stories/{id}")).status_code == 404


@pytest.mark.parametrize(("role", "place"), [(role, place) for role in PLACES for place in PLACES[role].values()])
def test_every_place_a_message_is_sent_from_is_there(role: str, place: str) -> None:
    source = read_source(role, place)
    assert source is not None, f"payments/{role}/{place} is gone: say in sources.json where it is"
    assert "sent(" in source["text"]


async def test_every_message_of_a_day_has_its_place(api: Api) -> None:
    payment = await api.post("/payments", SALE | {"capture": True})
    await api.post("/refunds", {"payment": payment["id"], "amount": 841})
    push = await api.post("/disbursements", PUSH)
    await api.post("/adjustments", {"disbursement": push["id"], "amount": 100})
    await wind(api, 3 * DAY)
    for id in (payment["id"], push["id"]):
        told = await story_of(api, id)
        assert [each["data"]["type"] for each in told["events"] if "message" in each and not each["source"]] == []
