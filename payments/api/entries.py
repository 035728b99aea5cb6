"""Entries: what each business event booked."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from payments.api.documentation import problems
from payments.api.fields import Id, Reply
from payments.api.hot_route import ApiRoute, Calling
from payments.api.keys import ISSUER, OPERATOR
from payments.api.listing import ListReply, json_reply, list_reply
from payments.api.refusals import NotAllowed
from payments.kit.clock import rfc3339
from payments.ledger.entry import Transfer
from payments.ledger.statement import entries_of, entry


class TransferReply(Reply):
    """An amount (minor units) from a debit account to a credit account: moved, promised, or let go."""

    kind: Literal["transfer", "hold", "post", "release", "expire"]
    debit_account: str
    credit_account: str
    amount: int
    currency: str
    purpose: str


class EntryReply(Reply):
    """What one business event booked in one book, all of it or nothing."""

    id: str
    object: Literal["entry"]
    book: str
    event: str = Field(examples=["authorize"])
    reference: str
    reverses: str | None
    at: str
    transfers: list[TransferReply]


router = APIRouter(route_class=ApiRoute, tags=["ledger"])


@router.get("/ledger/entries/{entry_id}", response_model=EntryReply, responses=problems(404))
async def get_entry(call: Calling, entry_id: Id) -> Response:
    """Read an entry."""
    transfers = await call.door.read(entry, entry_id)
    call.key.must_stand_for(ISSUER, transfers[0].book)
    return json_reply(entry_shape(transfers))


@router.get("/ledger/entries", response_model=ListReply[EntryReply], responses=problems())
async def list_entries(
    call: Calling,
    reference: Annotated[
        str,
        Query(pattern=r"^[A-Za-z0-9_.\-]{1,100}$", description="A payment's, disbursement's … reference."),
    ],
) -> Response:
    """List what was booked, in every book, for one payment or push: oldest first, and all of it."""
    if call.key.role not in (OPERATOR, ISSUER):
        raise NotAllowed("The books are the banks' own.")
    found = await call.door.read(entries_of, reference)
    seen = [each for each in found if call.key.role == OPERATOR or each[0].book == call.key.subject]
    return list_reply([entry_shape(each) for each in seen], None)


def entry_shape(transfers: list[Transfer]) -> dict[str, Any]:
    """Return the JSON of an entry, given its transfers."""
    first = transfers[0]
    return {
        "id": first.entry,
        "object": "entry",
        "book": first.book,
        "event": first.event,
        "reference": first.reference,
        "reverses": first.reverses,
        "at": rfc3339(first.at),
        "transfers": [{name: getattr(each, name) for name in TransferReply.model_fields} for each in transfers],
    }
