"""A process that dies: what it had taken on is finished, or told to be nothing, and never paid twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from payments.acquirer.disbursement import DisbursementOrder, record_pending
from payments.acquirer.screening import NO_HIT
from payments.facades.visa_direct.contract import Ask
from payments.facades.visa_direct.credential import Credential
from payments.facades.visa_direct.flows import FLOWS
from payments.facades.visa_direct.submission import Draft, Submission, take_on
from payments.kit.secrets import CardNumber
from payments.kit.work import Work
from payments.sandbox import Sandbox
from payments.switch.message import Party, PresentedCard
from tests.api.calling import calling
from tests.facades.visa_direct.client import APPROVED, PUSH, QUERY, Visa, push


async def taken_on(visa: Visa) -> Submission:
    """The push sample, taken on and not begun."""

    def demo(work: Work, _: object) -> Credential:
        return work.get(Credential, "VISADIRECTDEMO0001")

    operator = visa.api.app.state.sandbox.operator
    credential = await operator.step(demo)
    numbers = ("408999", "451018", "412770452025", "CA-IDCode-77765", "TID-9999", "AA")
    draft = Draft("push", credential, "snd_opal_payouts", *numbers, "{}")
    submission = await operator.step(take_on, draft, ("",), "")
    assert submission is not None
    return submission  # type: ignore[no-any-return]


async def test_what_was_not_begun_may_be_sent_again(served_url: str) -> None:
    async with calling(served_url) as api:
        first = await taken_on(Visa(api))
    async with calling(served_url) as api:
        visa = Visa(api)
        await visa.error(await visa.http.get(f"{PUSH}/{first.id}"), 500, "not_begun")
        assert (await visa.post(PUSH, push()))["actionCode"] == "00"
        assert await api.available("acct_visa_0127") == 1_000_00 + 124_05
        assert api.is_clean()


async def test_what_was_begun_is_found_out(served_url: str) -> None:
    async with calling(served_url) as api:
        first = await taken_on(Visa(api))
        order = DisbursementOrder(
            claim=first.claim,
            sender=first.sender,
            card=PresentedCard(CardNumber(APPROVED)),
            amount=124_05,
            currency="USD",
            channel="api",
            business_application="AA",
            recipient=Party("Clara Voss"),
            complete=False,
        )
        await api.app.state.sandbox.acquirers["harbor"].step(record_pending, order, NO_HIT)
    async with calling(served_url) as api:
        visa = Visa(api)
        assert (await visa.get(f"{PUSH}/{first.id}"))["actionCode"] == "25"  # it never reached the network
        assert await visa.get(QUERY, acquiringBIN="408999", stan="451018", rrn="412770452025") == []
        assert (await visa.post(PUSH, push()))["actionCode"] == "00"
        assert api.is_clean()


async def test_what_was_answered_is_known_afterwards(served_url: str) -> None:
    async with calling(served_url) as api:
        first = await Visa(api).post(PUSH, push())
    async with calling(served_url) as api:
        again = await Visa(api).post(PUSH, push())
        assert (again["actionCode"], again["originalActionCode"]) == ("94", "00")
        assert again["transactionIdentifier"] == first["transactionIdentifier"]


async def test_a_reset_waits_and_gives_a_new_world(served_url: str) -> None:
    async with calling(served_url) as api:
        visa = Visa(api)
        told = await visa.post(PUSH, push(), 202, X_Transaction_Timeout_MS="1")
        await api.post("/sandbox/reset", status=200)
        await visa.error(await visa.http.get(f"{PUSH}/{told['statusIdentifier']}"), 404, "404")
        assert (await visa.post(PUSH, push()))["actionCode"] == "00"


async def test_a_flow_that_breaks_leaves_nothing_running(visa: Visa, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: Sandbox, __: Ask) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setitem(FLOWS, "push", replace(FLOWS["push"], run=broken))
        await visa.error(await visa.send(PUSH, push()), 500, "500")
        told = await visa.post(PUSH, push(), 202, **{"X_Transaction_Timeout_MS": "1"})
        await visa.api.app.state.visa_direct.close()
    await visa.error(await visa.http.get(f"{PUSH}/{told['statusIdentifier']}"), 500, "not_begun")
    assert (await visa.post(PUSH, push()))["actionCode"] == "00"
