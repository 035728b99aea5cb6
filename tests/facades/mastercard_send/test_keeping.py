"""What this door keeps: no card number anywhere, and nothing half done when a process dies in the middle."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from payments.facades.mastercard_send import flows
from payments.kit.records import metadata
from payments.settings import Settings
from tests.facades.mastercard_send.sending import DISBURSEMENT, LOST_REPLY, PAYMENT, TRANSFER, Send, sending

NUMBERS = ("5102589999999913", "5102589999999921", "5008539999999905", "5117510000000007", "1234567890123456")


async def test_no_card_number_is_kept_or_said(send: Send, capfd: pytest.CaptureFixture[str]) -> None:
    said = [str(await send.disburse()), str(await send.pay())]
    said.append(str(await send.post("/transfers/payment", {"payment_transfer": TRANSFER})))
    said.append(str(await send.disburse(400, disbursement_reference=NUMBERS[0])))
    said.append(str(await send.disburse(400, amount=NUMBERS[0], channel=NUMBERS[1])))
    said.append(str(await send.get(f"/disbursements/{NUMBERS[0]}", 404)))
    said.append(str(await send.search(paymentReference=PAYMENT["paymentReference"])))
    said.append(str(await send.of(NUMBERS[0]).disburse(401)))
    header = {"Authorization": f'OAuth oauth_consumer_key="{NUMBERS[0]}",oauth_signature="x"'}
    said.append((await send.http.get(f"/send/v1/partners/{send.partner}/transfers/{NUMBERS[1]}", headers=header)).text)
    said += capfd.readouterr()
    world = send.api.app.state.sandbox.world

    def rows(connection: sa.Connection) -> str:
        return "\n".join(str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table)))

    kept = world.database.read_now(rows)
    assert [each for each in NUMBERS if each in kept or each in "\n".join(said)] == []


async def test_nothing_is_paid_twice_when_a_process_dies_before_the_flow_begins(
    served_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sending(served_url) as send:
        with monkeypatch.context() as patch:
            patch.setattr(flows, "disburse", dies)
            await send.disburse(500)
    async with sending(served_url) as send:
        found = await send.get("/disbursements?ref=pay_000001328")
        assert found["disbursements"]["data"]["disbursement"][0]["status"] == "PENDING"
        await send.disburse(409)
        made = await send.disbursed(again=True)
        assert made["status"] == "APPROVED"
        assert send.count("acquirer_disbursements") == 1
        assert send.api.is_clean()


async def test_nothing_is_paid_twice_when_a_process_dies_after_the_flow_has_ended(
    served_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sending(served_url) as send:
        with monkeypatch.context() as patch:
            patch.setattr("payments.facades.mastercard_send.paying.status_word", dies_at_once)
            await send.disburse(500)
        assert send.count("acquirer_disbursements") == 1
    async with sending(served_url) as send:
        (found,) = (await send.get("/disbursements?ref=pay_000001328"))["disbursements"]["data"]["disbursement"]
        assert found["status"] == "APPROVED"
        assert await send.disbursed(again=True) == found
        assert send.count("acquirer_disbursements") == 1
        assert send.api.is_clean()


async def dies(*_: Any) -> None:
    raise SystemError("the machine was switched off")


def dies_at_once(*_: Any) -> str:
    raise SystemError("the machine was switched off")


async def test_an_unknown_one_survives_a_restart(served_url: str) -> None:
    async with sending(served_url) as send:
        await send.fault(**LOST_REPLY)
        made = await send.disbursed()
    async with sending(served_url) as send:
        assert (await send.get(f"/disbursements/{made['id']}"))["disbursement"]["status"] == "APPROVED"
        assert send.api.is_clean()


async def test_everything_works_over_the_wire(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.facades.mastercard_send.sending.Settings", wired)
    async with sending(sqlite_url) as send:
        assert (await send.disbursed())["status"] == "APPROVED"
        assert (await send.pay())["transactionStatus"] == "APPROVED"
        only = {name: DISBURSEMENT[name] for name in ("payment_type", "amount", "currency", "recipient_account_uri")}
        body = {"payment_disbursement": only | {"disbursement_reference": "minimal", "amount": "100"}}
        assert (await send.post("/disbursements/payment", body))["disbursement"]["status"] == "APPROVED"
        assert send.api.is_clean()


def wired(database: str) -> Settings:
    return Settings(database=database, wire=True)


async def test_a_reset_brings_the_partners_back(send: Send) -> None:
    await send.disbursed()
    assert (await send.api.post("/sandbox/reset", status=200))["done"] is True
    assert (await send.disbursed())["status"] == "APPROVED"
