"""v1 in XML, in and out: the same requests, the same answers, and no harm from what XML can do."""

from __future__ import annotations

import time

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from payments.facades.mastercard_send.xml_body import written
from tests.facades.mastercard_send.sending import DISBURSEMENT, Send

XML = {"Content-Type": "application/xml", "Accept": "application/xml"}


async def posted(send: Send, body: bytes, query: str = "") -> httpx.Response:
    path = f"/send/v1/partners/{send.partner}/disbursements/payment{query}"
    return await send.http.post(path, content=body, headers=XML)


async def test_a_request_in_xml_is_answered_in_xml(send: Send) -> None:
    answer = await posted(send, written({"payment_disbursement": DISBURSEMENT}))
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/xml")
    made = fromstring(answer.content)
    assert made.tag == "disbursement"
    assert made.findtext("disbursement_amount/value") == "62890"
    assert made.findtext("transaction_history/data/transaction/network") == "MASTERCARD"
    assert made.findtext("reconciliation_data/custom_field/name") == "claim"
    path = f"/send/v1/partners/{send.partner}/disbursements?ref=pay_000001328"
    found = fromstring((await send.http.get(f"{path}&Format=XML")).content)
    assert (found.tag, found.findtext("data/disbursement/id")) == ("disbursements", made.findtext("id"))
    assert (await send.http.get(f"{path}&Format=JSON", headers=XML)).json()["disbursements"]


async def test_errors_are_in_xml_too(send: Send) -> None:
    answer = await posted(send, written({"payment_disbursement": DISBURSEMENT | {"amount": "x"}}))
    error = fromstring(answer.content)
    assert (answer.status_code, error.tag, error.findtext("Error/Source")) == (400, "Errors", "amount")
    assert error.findtext("Error/Details/Detail/Value") == "082000"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<payment_disbursement><amount>&b;</amount></payment_disbursement>"""
FILE = b"""<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><payment_disbursement>&f;</payment_disbursement>"""
DEEP = b"<a>" * 20_000 + b"</a>" * 20_000


@pytest.mark.parametrize("body", [BOMB, FILE, DEEP, b"", b"<a>", b"{}", b"\xff\xfe", b"<payment_disbursement/>"])
async def test_what_is_no_plain_document_is_refused_at_once(send: Send, body: bytes) -> None:
    began = time.monotonic()
    answer = await posted(send, body)
    assert answer.status_code == 400
    assert b"root:" not in answer.content
    assert time.monotonic() - began < 2
