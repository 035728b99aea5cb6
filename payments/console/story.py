"""Stories: everything the page needs to show one payment, push or transfer, even when the server is gone."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from payments.console.aftermath import Happened, aftermath, events_under
from payments.console.lent import House
from payments.console.opening import accounts_in, meanwhile, opening
from payments.console.parties import Cast, Party
from payments.console.source import source_of
from payments.console.subject import Subject, newest, subject_of
from payments.kit.errors import Refusal
from payments.ledger.account import Account, account_id
from payments.sandbox import Sandbox
from payments.switch.directory import Member
from payments.switch.message_view import view_of
from payments.webhooks.dispatch import place_events

Json = dict[str, Any]

router: Final = APIRouter(include_in_schema=False)


@router.get("/console/stories")
async def list_stories(house: House, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
    """List what the newest stories are about, newest first."""
    async with house.visit() as sandbox:
        found = await sandbox.world.database.read(_summaries, sandbox, limit)
    return _json({"object": "list", "data": found})


@router.get("/console/stories/{id}")
async def get_story(house: House, id: Annotated[str, Path(pattern="^[A-Za-z0-9_.-]{1,80}$")]) -> Response:
    """Tell one story, as far as it has come.

    ``events`` are its own, and those of its settlement and payout that concern it; each ``message.sent`` has its
    ``message`` field by field. ``opening`` is what was in its customers' accounts before, ``meanwhile`` what other
    stories wrote there until its last event.
    """
    async with house.visit() as sandbox:
        await place_events(sandbox.operator)
        subject, own, later, told = await sandbox.world.database.read(_story, sandbox, id)
    events = sorted({position: event for position, event in [*own, *later]}.items())
    members = sandbox.switch.directory.members
    told["events"] = [_shown(house.shape(*each), own_to(subject, each), members) for each in events]
    return _json(told)


def _json(content: Json) -> Response:
    return Response(orjson.dumps(content), media_type="application/json", headers={"Cache-Control": "no-store"})


def _summaries(connection: sa.Connection, sandbox: Sandbox, limit: int) -> list[Json]:
    cast = Cast(connection, sandbox.world.vault, sandbox.switch.directory)
    return [_about(each, cast.of(each)) | {"status": each.row.status} for each in newest(connection, limit)]


def _about(subject: Subject, parties: list[Party]) -> Json:
    return {
        "id": subject.id,
        "object": "story",
        "kind": subject.kind,
        "direction": subject.direction,
        **subject.facts,
        "references": list(subject.references),
        "legs": [leg.id for leg in subject.legs],
        "parties": parties,
    }


def _story(
    connection: sa.Connection, sandbox: Sandbox, id: str
) -> tuple[Subject, list[Happened], list[Happened], Json]:
    subject = subject_of(connection, id)
    parties = Cast(connection, sandbox.world.vault, sandbox.switch.directory).of(subject)
    own = sorted(
        (each for reference in subject.references for each in events_under(connection, reference)),
        key=lambda each: each[0],
    )
    later = aftermath(connection, subject, own, {each["id"] for each in parties})
    accounts = accounts_in(connection, [*own, *later], _customers(subject, parties))
    told = _about(subject, parties)
    told["accounts"] = {each.id: _account(each) for each in accounts.values()}
    told["opening"] = opening(connection, own, accounts)
    told["meanwhile"] = meanwhile(connection, own, later, accounts)
    return subject, own, later, told


def _customers(subject: Subject, parties: list[Party]) -> Iterator[str]:
    """Yield the ledger accounts of who pays and who is paid, even if nothing is ever written there."""
    houses = {each["role"]: each["id"] for each in parties}
    currency = subject.facts["currency"]
    for each in parties:
        if each["role"] in ("cardholder", "recipient") and "issuer" in houses:
            yield account_id(houses["issuer"], "cardholder", currency, each["id"])
        if each["role"] == "sender" and "acquirer" in houses:
            yield account_id(houses["acquirer"], "sender", currency, each["id"])


def _account(each: Account) -> Json:
    shown = ("book", "currency", "kind", "code", "owner", "name")
    return {name: getattr(each, name) for name in shown}


def own_to(subject: Subject, happened: Happened) -> bool:
    """Tell whether an event is of this story alone, and not of a settlement or payout it shares with others."""
    return happened[1].reference in subject.references


def _shown(event: Json, own: bool, members: Mapping[str, Member]) -> Json:
    """Return an event as the page gets it: a message that was sent with what it looks like on the wire."""
    event["own"] = own
    if event["type"] == "message.sent":
        event["source"] = source_of(members.get(event["institution"]), event["data"])
        try:
            event["message"] = asdict(view_of(orjson.dumps(event["data"]).decode()))
        except Refusal as refusal:
            event["message"] = {"format": "none", "fields": [], "wire": "", "why": refusal.detail}
    return event
