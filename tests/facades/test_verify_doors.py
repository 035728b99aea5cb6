"""`verify` finds what a scheme's door says of a request and the house does not, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from payments.verify import findings, verify
from tests.api.calling import calling
from tests.api.conftest import served_url, vault_key
from tests.facades.mastercard_send.sending import Send
from tests.facades.visa_direct.client import PUSH, SAMPLES, Visa, push

__all__ = ["served_url", "vault_key"]

PULL = "/visadirect/fundstransfer/v1/pullfundstransactions"
FROM = {"senderPrimaryAccountNumber": "4957030420210462", "senderCardExpiryDate": "2029-12"}

DAMAGES = {
    "what a push has made is gone": (
        "UPDATE kit_idempotency_keys SET resource = 'dsb_gone' WHERE operation = 'visa_direct_push'",
        "has made dsb_gone for nobody",
    ),
    "it is somebody else's": (
        "UPDATE acquirer_fundings SET sender = 'snd_city_of_alder'",
        "(pull, of snd_opal_payouts) has made fnd_",
    ),
    "it is refused as well": ("UPDATE visa_direct_submissions SET refused_status = 500", "and refused"),
    "it repeats nothing": (
        "UPDATE visa_direct_submissions SET original = 'x' WHERE original <> ''",
        "repeats x, which is no such request",
    ),
    "its sender is not there": (
        "UPDATE visa_direct_submissions SET sender = 'snd_nobody' WHERE original <> ''",
        "names a sender",
    ),
    "an identity of nothing": ("UPDATE visa_direct_identities SET submission = 'x'", "names submission x"),
    "another amount was asked for": (
        "UPDATE mastercard_send_instructions SET amount = amount + 1",
        "62891 were asked for",
    ),
    "an instruction has made nothing": (
        "UPDATE mastercard_send_instructions SET made = 'dsb_gone'",
        "has made dsb_gone",
    ),
    "a partner of nobody": (
        "INSERT INTO mastercard_send_partners (id, acquirer, sender, currency, networks, created_at)"
        " VALUES ('ptnr_x', 'harbor', 'snd_nobody', 'USD', '', 0)",
        "pays for snd_nobody",
    ),
}


@pytest.fixture
async def world(served_url: str) -> AsyncIterator[Visa]:
    """A push, its repeat and a pull at one door, and a disbursement at the other."""
    async with calling(served_url) as api:
        visa, send = Visa(api), Send(api)
        await visa.post(PUSH, push())
        await visa.post(PUSH, push())
        await visa.post(PULL, SAMPLES["pull"] | FROM)
        await send.disbursed()
        yield visa
        await visa.http.aclose()
        await send.http.aclose()


async def test_each_kind_of_damage_is_found(world: Visa) -> None:
    database = world.api.app.state.sandbox.world.database
    assert verify(database) == []
    for name, (done, said) in DAMAGES.items():
        with database.engine.connect() as connection, connection.begin() as transaction:
            connection.execute(sa.text(done))
            found = [each for each in findings(connection) if each.truth == 8]
            transaction.rollback()
        assert any(said in each.what for each in found), (name, [each.what for each in found])
