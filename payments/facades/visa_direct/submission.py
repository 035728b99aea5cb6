"""Submissions: requests this door has taken on, each under the status identifier by which its outcome can be asked for.

A submission is written down before its flow begins. The flow's first step claims an idempotency key that bears the
submission's name, so whatever the flow makes is known by it, however the process ends. Two identities tell a repeat
from a new request: the client's own transaction id with the details of the request, and the five numbers that Visa
says a re-send must repeat (acquiring BIN, trace number, retrieval reference, card acceptor, terminal).
"""

import hashlib
import re
from dataclasses import dataclass
from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import Index

from payments.facades.visa_direct.credential import Credential
from payments.facades.visa_direct.envelope import RequestRefused
from payments.kit.clock import DAY, SECOND
from payments.kit.database import fetch
from payments.kit.idempotency import Claim, IdempotencyKey
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.kit.world import Institution

VALID_FOR: Final = DAY
"""How long a status identifier can be asked about, and how long a repeat is known as one."""

IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_]{1,80}")
"""What a status identifier looks like."""

CLAIMED_AS: Final = "visa_direct:"
"""What the claims of this door's flows begin with; the status identifier follows."""


@record(
    "visa_direct_submissions",
    Index(None, "acquirer", "rrn", "stan"),
    Index(None, "batch", "place"),
    Index(None, "writer"),
)
class Submission(Record):
    """A request taken on; ``id`` is its status identifier.

    ``operation`` says which flow it is for (push, pull, …). A repeat of a finished request is a submission, too:
    ``original`` names the first. ``batch`` and ``place`` are those of an item of a multi request. ``details`` is what
    an answer echoes, as JSON. ``refused_status`` is HTTP's, once the flow has refused it, with its code and words.
    """

    noun: ClassVar[str] = "visa_direct_submission"

    id: Key[str]
    operation: str
    credential: str
    acquirer: str
    sender: str
    acquiring_bin: str
    stan: str
    rrn: str
    acceptor: str
    terminal: str
    business_application: str
    details: str
    created_at: int
    writer: int
    original: str = ""
    batch: str = ""
    place: int = 0
    refused_status: Mutable[int | None] = None
    refused_code: Mutable[str] = ""
    refused_text: Mutable[str] = ""

    @property
    def claim(self) -> Claim:
        """Return the claim under which the flow makes what this submission asks for."""
        return Claim(f"{CLAIMED_AS}{self.id}", f"visa_direct_{self.operation}", "")

    @property
    def refusal(self) -> RequestRefused | None:
        """Return why the flow refused it, if it did."""
        if self.refused_status is None:
            return None
        return RequestRefused(self.refused_status, self.refused_code, self.refused_text)


@record("visa_direct_identities")
class Identity(Record):
    """By what a repeat is known, and the submission that holds it now."""

    id: Key[str]
    submission: Mutable[str]
    claimed_at: Mutable[int]


@dataclass(frozen=True, slots=True)
class Draft:
    """A request about to be taken on, as ``Submission`` has it. ``client_id`` is its X-Client-Transaction-ID."""

    operation: str
    credential: Credential
    sender: str
    acquiring_bin: str
    stan: str
    rrn: str
    acceptor: str
    terminal: str
    business_application: str
    details: str
    client_id: str = ""
    details_hash: str = ""
    batch: str = ""
    place: int = 0

    @property
    def identities(self) -> tuple[str, ...]:
        """Return the ids of what tells this request from others: the client's own first, if it gave one."""
        five = "\0".join((self.acquiring_bin, self.stan, self.rrn, self.acceptor, self.terminal))
        network = f"network:{self.operation}:{_hash(self.credential.acquirer, five)}"
        if not self.client_id:
            return (network,)
        return client_identity(self.operation, self.credential.id, self.client_id, self.details_hash), network


def client_identity(operation: str, credential: str, client_id: str, details_hash: str) -> str:
    """Return by what a client's own transaction id, with the same details, is known."""
    return f"client:{operation}:{_hash(credential, client_id, details_hash)}"


def status_identifier(work: Work) -> str:
    """Return a new status identifier, never given before in this world."""
    # The last 16 of an id's digits are its counter and the writer's session.
    return f"{work.now // SECOND}_{work.new_id('vds')[-16:]}_VDP_ARM"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _draft_reads(_: Institution, draft: Draft, __: tuple[str, ...], ___: str) -> list[Lock]:
    return [Lock(Identity, each) for each in draft.identities]


@hot(_draft_reads)
def take_on(work: Work, _: Institution, draft: Draft, expected: tuple[str, ...], original: str) -> Submission | None:
    """Write a request down, if its identities are still held by the submissions ``expected`` ('' by none).

    With an ``original`` it is a repeat of that one and does not take its identities over. Returns ``None`` when
    another request was quicker.
    """
    held = [work.get_or_none(Identity, each) for each in draft.identities]
    if tuple(held_by(each, work.now) for each in held) != expected:
        return None
    submission = _submission(work, draft, original)
    if not original:
        for id, known in zip(draft.identities, held, strict=True):
            if known is None:
                work.add(Identity(id, submission.id, work.now))
            else:
                work.change(known, submission=submission.id, claimed_at=work.now)
    return work.add(submission)


def held_by(identity: Identity | None, now: int) -> str:
    """Return the submission that holds an identity now, '' if it is free."""
    return "" if identity is None or identity.claimed_at + VALID_FOR <= now else identity.submission


def _submission(work: Work, draft: Draft, original: str) -> Submission:
    return Submission(
        id=status_identifier(work),
        operation=draft.operation,
        credential=draft.credential.id,
        acquirer=draft.credential.acquirer,
        sender=draft.sender,
        acquiring_bin=draft.acquiring_bin,
        stan=draft.stan,
        rrn=draft.rrn,
        acceptor=draft.acceptor,
        terminal=draft.terminal,
        business_application=draft.business_application,
        details=draft.details,
        created_at=work.now,
        writer=work.writer,
        original=original,
        batch=draft.batch,
        place=draft.place,
    )


def _refused_reads(_: Institution, submission_id: str, *__: object) -> list[Lock]:
    return [Lock(Submission, submission_id)]


@hot(_refused_reads)
def record_refusal(work: Work, _: Institution, submission_id: str, refusal: RequestRefused) -> Submission:
    """Write down that the flow refused a submission, for whoever asks by its status identifier."""
    return work.change(
        work.get(Submission, submission_id),
        refused_status=refusal.http_status,
        refused_code=refusal.error,
        refused_text=refusal.detail,
    )


def not_begun() -> RequestRefused:
    """Return the refusal of what was taken on and never begun."""
    return RequestRefused(500, "not_begun", NOT_BEGUN)


def give_up_unbegun(work: Work, _: Institution) -> int:
    """Close what a dead process of this writer number had taken on and not begun (a step); return how many it was.

    Nothing has moved for them. To be called before anything new is begun.
    """
    submissions, claims = Submission.table(), IdempotencyKey.table().c
    begun = sa.select(claims.id).where(claims.id == sa.literal(CLAIMED_AS) + submissions.c.id)
    left = work.records(
        Submission,
        sa.select(submissions).where(
            submissions.c.writer == work.writer,
            submissions.c.refused_status.is_(None),
            submissions.c.original == "",
            ~begun.exists(),
        ),
    )
    for each in left:
        work.change(each, refused_status=500, refused_code="not_begun", refused_text=NOT_BEGUN)
    return len(left)


NOT_BEGUN: Final = "The sandbox failed before it began with this request: nothing has moved, send it again."


def find_holders(connection: sa.Connection, identities: tuple[str, ...], now: int) -> tuple[Submission | None, ...]:
    """Return the submission that holds each identity, ``None`` for one that is free."""
    table, submissions = Identity.table(), Submission.table()
    rows = {each.id: each for each in fetch(connection, Identity, sa.select(table).where(table.c.id.in_(identities)))}
    held = {id: held_by(rows.get(id), now) for id in identities}
    wanted = sa.select(submissions).where(submissions.c.id.in_([each for each in held.values() if each]))
    found = {each.id: each for each in fetch(connection, Submission, wanted)}
    return tuple(found.get(held[each]) for each in identities)


def find_submission(connection: sa.Connection, id: str) -> Submission | None:
    """Return the submission with a status identifier, if there is one."""
    table = Submission.table()
    if not IDENTIFIER.fullmatch(id):
        return None
    return next(iter(fetch(connection, Submission, sa.select(table).where(table.c.id == id))), None)


def find_made(connection: sa.Connection, submission: Submission) -> str | None:
    """Return the id of what the flow has made for a submission; ``None`` while it has made nothing."""
    claims = IdempotencyKey.table().c
    made = sa.select(claims.resource).where(claims.id == submission.claim.id)
    return connection.execute(made).scalar()
