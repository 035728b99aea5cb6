"""The control plane: clock, faults, verification, reset."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from payments.switch.numbers import luhn_valid
from tests.api.calling import SALE, Api, calling


def moment(clock: dict[str, str]) -> datetime:
    return datetime.fromisoformat(clock["now"])


async def test_the_clock_stands_when_it_is_frozen_and_runs_when_it_is_let(either: Api) -> None:
    frozen = await either.post("/sandbox/clock/freeze", status=200)
    assert frozen["frozen"] is True
    assert await either.get("/sandbox/clock") == frozen
    running = await either.post("/sandbox/clock/run", status=200)
    assert running["frozen"] is False
    assert moment(running) >= moment(frozen)


async def test_it_is_wound_to_an_instant_by_a_duration_and_to_the_next_thing_due(either: Api) -> None:
    start = moment(await either.post("/sandbox/clock/freeze", status=200))
    wound = await either.post("/sandbox/clock/wind", {"seconds": 90}, 200)
    assert moment(wound) == start + timedelta(seconds=90)
    to = (start + timedelta(minutes=5)).isoformat()
    assert moment(await either.post("/sandbox/clock/wind", {"to": to}, 200)) == start + timedelta(minutes=5)
    due = (await either.get("/sandbox/due"))["data"]
    assert [each["at"] for each in due] == sorted(each["at"] for each in due)
    ran = (await either.post("/sandbox/clock/wind", {"next": True}, 200))["ran"]
    assert (ran[0]["job"], ran[0]["at"]) == (due[0]["job"], due[0]["at"])
    back = await either.post("/sandbox/clock/wind", {"to": start.isoformat()}, 409)
    assert back["code"] == "clock_goes_forward"


async def test_an_authorization_expires_on_the_clock(api: Api) -> None:
    before = await api.available()
    payment = await api.pay(card={"id": "card_nora_patel"})
    await api.post("/sandbox/clock/wind", {"to": payment["expires_at"]}, 200)
    await api.post("/sandbox/clock/wind", {"seconds": 86_400}, 200)
    assert (await api.get(f"/payments/{payment['id']}"))["status"] == "expired"
    assert await api.available() == before
    assert api.is_clean()


async def test_one_fault_is_disarmed_and_the_others_stay(either: Api) -> None:
    silent, twice = [await either.post("/sandbox/faults", {"kind": kind}) for kind in ("lose_request", "duplicate")]
    assert await either.delete(f"/sandbox/faults/{silent['id']}") == silent | {"times": 0}
    assert (await either.get("/sandbox/faults"))["data"] == [twice]
    assert (await either.pay())["status"] == "authorized"


async def test_faults_are_armed_listed_used_up_and_cleared(either: Api) -> None:
    fault = {"kind": "lose_request", "sender": "harbor", "receiver": "opennet", "message": "authorization_request"}
    armed = await either.post("/sandbox/faults", fault | {"times": 2})
    assert {name: armed[name] for name in fault} == fault
    assert (await either.get("/sandbox/faults"))["data"] == [armed]
    assert (await either.pay())["status"] == "failed"
    assert [each["times"] for each in (await either.get("/sandbox/faults"))["data"]] == [1]
    assert (await either.delete("/sandbox/faults"))["cleared"] == 1
    assert (await either.get("/sandbox/faults"))["data"] == []
    assert (await either.pay())["status"] == "authorized"


async def test_verify_says_that_all_is_well(either: Api) -> None:
    await either.pay(capture=True)
    assert await either.get("/sandbox/verify") == {"object": "verification", "clean": True, "findings": []}


async def test_every_test_card_does_what_is_said_of_it(api: Api) -> None:
    shops = {"USD": "mch_blue_door_books", "EUR": "mch_bora_ceramics", "JPY": "mch_kitsune_paper"}
    for card in (await api.get("/sandbox/cards"))["data"]:
        merchant = shops.get(card["currency"], "mch_manama_pearls")
        shown = {name: card[name] for name in ("number", "expiry", "cvv")}
        if not luhn_valid(card["number"]):  # published like that: this door takes it by its id only
            shown = {"id": card["id"]}
        payment = await api.pay(merchant=merchant, currency=card["currency"], card=shown, amount=100)
        assert ("approved" if payment["status"] == "authorized" else "declined") in card["does"]
        if payment["decline"]:
            assert f"({payment['decline']['code']})" in card["does"]


async def test_a_reset_puts_a_new_world_in_the_place_of_the_old(either: Api) -> None:
    payment = await either.pay()
    before = either.app.state.sandbox
    assert (await either.post("/sandbox/reset", status=200))["done"] is True
    assert either.app.state.sandbox is not before
    await either.get(f"/payments/{payment['id']}", 404)
    assert await either.available() == 41_218
    assert (await either.pay())["status"] == "authorized"
    assert either.is_clean()


async def test_with_other_processes_about_there_is_no_reset(served_url: str) -> None:
    if served_url.startswith("sqlite"):
        return  # it has one process
    async with calling(served_url) as one, calling(served_url) as other:
        assert (await one.post("/sandbox/reset", status=501))["code"] == "not_available"
        assert (await other.pay())["status"] == "authorized"


async def test_requests_that_come_during_a_reset_wait_for_the_new_world(api: Api) -> None:
    paying = [api.send("/payments", SALE | {"amount": 1}) for _ in range(20)]
    answers = await asyncio.gather(*paying[:10], api.send("/sandbox/reset"), *paying[10:])
    assert sorted({each.status_code for each in answers}) == [200, 201]
    assert api.is_clean()


async def test_of_two_resets_at_once_one_is_done(api: Api) -> None:
    answers = await asyncio.gather(api.send("/sandbox/reset"), api.send("/sandbox/reset"))
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert (await api.pay())["status"] == "authorized"
