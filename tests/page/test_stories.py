"""The stories that tests of the page are told: each is what it says, and the books stay right."""

from __future__ import annotations

import pytest

from tests.page.sandbox import Sandbox


def test_the_stories_are_what_they_say(sandbox: Sandbox) -> None:
    sale = sandbox.sell()
    assert (sale["status"], sandbox.decline()["status"]) == ("captured", "declined")
    assert (sandbox.push()["status"], sandbox.push_unknown()["status"]) == ("paid", "unknown")
    assert (sandbox.transfer()["status"], sandbox.refund(sale, amount=841)["status"]) == ("paid", "pending")
    assert {job["job"] for job in sandbox.settle_the_day()["ran"]} >= {"clearing_cut_off", "merchant_payouts"}
    assert sandbox.get("/sandbox/verify")["clean"] is True


def test_a_restart_keeps_its_place_and_its_past(sandbox: Sandbox) -> None:
    url, last = sandbox.url, sandbox.last_position()
    sandbox.stop()
    sandbox.start()
    assert (sandbox.url, sandbox.last_position()) == (url, last)


def test_after_a_reset_it_is_another_world(sandbox: Sandbox) -> None:
    payment = sandbox.sell()
    sandbox.reset()
    with pytest.raises(AssertionError, match="404"):
        sandbox.get(f"/payments/{payment['id']}")
