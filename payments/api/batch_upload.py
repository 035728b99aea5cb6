"""Uploads: the body of a request on its way into a batch, piece by piece, however long it is.

Never more of it is in memory than the piece that came last and the lines that are about to be written down. Whatever
ends an upload before its end, an error of the file or a client that went away, leaves an abandoned batch of which
nothing is paid, and the idempotency key free.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import BatchOrder, DisbursementBatch
from payments.acquirer.batch_loading import CHUNK, abandon_batch, add_lines, close_batch
from payments.acquirer.batch_opening import claim_answered, record_loading
from payments.acquirer.sender import Sender
from payments.api.answers import Operation
from payments.api.batch_formats import FileReader, MalformedFile, RawLine
from payments.api.batch_lines import ordered
from payments.api.call import Call
from payments.api.disbursements import Channel
from payments.api.fields import Currency, FreeText, Reference, Shape
from payments.api.refusals import BodyTooLarge, TooManyLines
from payments.kit.idempotency import Claim

FILE_LIMIT: Final = 200_000_000
"""The most bytes a file of disbursements may have."""

LINE_LIMIT: Final = 500_000
"""The most lines it may have."""


class BatchHead(Shape):
    """What is said of a batch as a whole: in the query, or beside the ``lines`` of a JSON object."""

    sender: Reference
    currency: Currency
    business_application: str
    channel: Channel = "file"
    label: FreeText = ""
    start: bool = False


class Upload:
    """One upload."""

    def __init__(self, call: Call, operation: Operation, reader: FileReader, given: Mapping[str, Any]) -> None:
        """Take what the query says; read nothing yet. Raises ``BodyTooLarge`` for what says that it is."""
        length = call.request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > FILE_LIMIT:
            raise BodyTooLarge(f"A file may have {FILE_LIMIT:,} bytes: send several.")
        self._call = call
        self._operation = operation
        self._reader = reader
        self._given = given
        self._hash = hashlib.sha256()
        self._size = 0
        self._total = 0
        self._count = 0
        self.acquirer: Acquirer

    async def carry_out(self) -> DisbursementBatch:
        """Load the batch. Raises ``Replayed`` when the key was answered, and refuses what cannot be read."""
        pieces = self._pieces()
        first = await self._until_head(pieces)
        batch = await self._begin()
        if batch is None:
            await self._until_end(pieces)
            await self.acquirer.step(claim_answered, self._claim())
            raise AssertionError("what was answered is answered again")
        try:
            await self._load(batch, first, pieces)
            problems = self._reader.disagreements(self._count, self._total, batch.currency)
            return await self.acquirer.step(close_batch, batch.id, self._claim(), self._reader.label, problems)
        except BaseException:
            await asyncio.shield(self.acquirer.step(abandon_batch, batch.id))
            raise

    async def _begin(self) -> DisbursementBatch | None:
        head = BatchHead.model_validate({**self._given, **(self._reader.head or {})})
        (home,) = await self._call.door.home(Sender, head.sender, "acquirer")
        self.acquirer = self._call.door.sandbox.acquirers[home]
        order = BatchOrder(
            head.sender,
            head.currency,
            head.business_application,
            head.channel,
            head.label,
            self._reader.format,
            head.start,
        )
        return await self.acquirer.step(record_loading, order, self._claim())

    def _claim(self) -> Claim | None:
        scope = self._call.request.scope
        whole = f"{scope['path']}?{scope['query_string'].decode('latin-1')}\n"
        return self._call.claim_on(self._operation, lambda: whole + self._hash.hexdigest())

    # ── pieces ──

    async def _pieces(self) -> AsyncIterator[bytes]:
        async for piece in self._call.request.stream():
            self._size += len(piece)
            if self._size > FILE_LIMIT:
                raise BodyTooLarge(f"A file may have {FILE_LIMIT:,} bytes: send several.")
            self._hash.update(piece)
            if piece:
                yield piece

    async def _until_head(self, pieces: AsyncIterator[bytes]) -> list[RawLine]:
        found: list[RawLine] = []
        while self._reader.head is None:
            piece = await anext(pieces, None)
            if piece is None:
                self._reader.end()
                raise MalformedFile("The file ends before its lines begin.")
            found += self._reader.feed(piece)
        return found

    async def _until_end(self, pieces: AsyncIterator[bytes]) -> None:
        async for _ in pieces:
            continue

    async def _load(self, batch: DisbursementBatch, found: list[RawLine], pieces: AsyncIterator[bytes]) -> None:
        async for piece in pieces:
            found += self._reader.feed(piece)
            found = await self._write_down(batch, found, at_least=CHUNK)
        await self._write_down(batch, [*found, *self._reader.end()], at_least=1)

    async def _write_down(self, batch: DisbursementBatch, found: list[RawLine], at_least: int) -> list[RawLine]:
        while len(found) >= at_least:
            lines = [ordered(each, batch, self._reader) for each in found[:CHUNK]]
            found = found[CHUNK:]
            self._count += len(lines)
            self._total += sum(each.amount for each in lines)
            if self._count > LINE_LIMIT:
                raise TooManyLines(f"A file may have {LINE_LIMIT:,} lines: send several.")
            await self.acquirer.step(add_lines, batch.id, lines)
        return found
