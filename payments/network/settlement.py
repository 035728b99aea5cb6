"""Settlement, the network's side: net a closed window, have the bank move the money, book it, advise the members.

Each currency of a window is a settlement of its own: all of it or nothing. When a member's reserve is short
the bank refuses, nothing has moved anywhere, and the network asks again later, until somebody has filled
the reserve up.
"""

import asyncio
from typing import ClassVar, Final

import sqlalchemy as sa
from sqlalchemy import UniqueConstraint

from payments.kit.clock import MINUTE, rfc3339
from payments.kit.lifecycle import Move, MoveNotAllowed, advance, announce
from payments.kit.records import Key, Mutable, Record, due_index, record
from payments.kit.work import Work
from payments.ledger.chart import account
from payments.ledger.entry import Line, book, transfer
from payments.network.network import Network
from payments.network.position import Position, Totals, net_totals, positions, positions_of
from payments.network.settlement_advice import SettlementNotice, advise, record_notice
from payments.network.window import OPEN, Window
from payments.switch.bank_message import BankReply, NetPosition, SettlementInstruction
from payments.switch.numbers import retrieval_reference, trace_number
from payments.switch.switch import NoReply, repeat_due_at
from payments.switch.trail import received, sent

PENDING: Final = "pending"
REFUSED: Final = "refused"
SETTLED: Final = "settled"

ASKED_AGAIN_AFTER: Final = 30 * MINUTE
"""How long after a refusal, for want of a member's money, the bank is asked again."""


@record(
    "network_settlements",
    UniqueConstraint("window", "currency"),
    due_index("answer_due_at"),
)
class Settlement(Record):
    """The settlement of one currency of a window.

    ``stan`` names the instruction under way: a repeat keeps it, a new one after a refusal gets another.
    ``short`` names the members whose reserves were short (with commas), while that is why it was refused.
    """

    noun: ClassVar[str] = "settlement"
    prefix: ClassVar[str] = "stl"
    moves: ClassVar[tuple[Move, ...]] = (
        Move("refuse", PENDING, REFUSED),
        Move("ask_again", REFUSED, PENDING),
        Move("settle", PENDING, SETTLED),
    )

    id: Key[str]
    network: str
    window: str
    currency: str
    reference: str
    created_at: int
    writer: Mutable[int]
    stan: Mutable[str]
    status: Mutable[str]
    answer_due_at: Mutable[int | None]
    attempts: Mutable[int] = 0
    short: Mutable[str] = ""


async def settle_window(network: Network, window_id: str) -> Window:
    """Settle a closed window: every currency by itself. What the bank refuses or does not answer stays due.

    Raises ``NotFound``, and ``MoveNotAllowed`` for one that is still open.
    """
    for settlement in await network.step(record_positions, window_id):
        await instruct(network, settlement.id)
    return await network.step(_read_window, window_id)


async def instruct(network: Network, settlement_id: str) -> Settlement:
    """Have the bank move a settlement's net positions, and advise the members once it has.

    A settled one is returned as it is; without an answer it stays pending, refused it stays refused, and
    both are due.
    """
    settlement, instruction = await network.step(record_instruction, settlement_id)
    if instruction is None:
        return settlement
    try:
        reply = await network.switch.send(instruction)
    except NoReply:
        return settlement
    settlement, notices = await network.step(record_answer, settlement_id, reply)
    await asyncio.gather(*(advise(network, each.id) for each in notices))
    return settlement


def record_positions(work: Work, network: Network, window_id: str) -> list[Settlement]:
    """Net a closed window, once, and return its settlements; without any items the window is settled."""
    work.wait_for_others()
    window = work.get(Window, window_id)
    if window.status == OPEN:
        raise MoveNotAllowed(f"This window closes at {rfc3339(window.closes_at)}: it is settled after that.")
    if window.netted_at is not None:
        return _settlements_of(work, window)
    totals = net_totals(work, network, window)
    window = work.change(window, netted_at=work.now)
    settlements = [_record(work, network, window, currency, totals[currency]) for currency in sorted(totals)]
    if not settlements:
        advance(work, window, "settle")
    return settlements


def _record(work: Work, network: Network, window: Window, currency: str, totals: Totals) -> Settlement:
    number = work.next_number()
    settlement = Settlement(
        id=work.new_id(Settlement.prefix),
        network=network.id,
        window=window.id,
        currency=currency,
        reference=retrieval_reference(work.now, network.ids.session, number),
        created_at=work.now,
        writer=work.writer,
        stan=trace_number(number),
        status=PENDING,
        answer_due_at=work.now,
    )
    lines = positions(work, settlement.id, window.id, currency, totals)
    announce(work, settlement, {"window": window.id, "positions": {each.member: each.net_amount for each in lines}})
    return work.add(settlement)


def record_instruction(
    work: Work, network: Network, settlement_id: str
) -> tuple[Settlement, SettlementInstruction | None]:
    """Say when to ask again and build the instruction; there is none for what is settled."""
    lines = positions_of(work, settlement_id)
    settlement = work.get(Settlement, settlement_id)
    if settlement.status == SETTLED:
        return settlement, None
    if settlement.status == REFUSED:
        stan = trace_number(work.next_number())
        settlement = advance(work, settlement, "ask_again", stan=stan, short="", attempts=0)
    message = SettlementInstruction(
        sender=network.id,
        receiver=network.bank,
        acquirer=network.code,
        stan=settlement.stan,
        rrn=settlement.reference,
        transmitted_at=work.now,
        window=settlement.window,
        currency=settlement.currency,
        positions=tuple(NetPosition(each.member, each.net_amount) for each in lines),
    )
    sent(work, message)
    due = repeat_due_at(work.now, settlement.attempts)
    attempts = settlement.attempts + 1
    return work.change(settlement, attempts=attempts, answer_due_at=due, writer=work.writer), message


def record_answer(
    work: Work, network: Network, settlement_id: str, reply: BankReply
) -> tuple[Settlement, list[SettlementNotice]]:
    """Write down what the bank did; if it has settled, book it, and note what every member is to be told.

    An answer that came before, or to an instruction that is not the last one, changes nothing.
    """
    lines = positions_of(work, settlement_id)
    settlement = work.get(Settlement, settlement_id)
    others = _settlements_of(work, work.get(Window, settlement.window))
    received(work, reply)
    if settlement.status != PENDING or reply.stan != settlement.stan:
        return settlement, []
    if not reply.approved:
        due = work.now + ASKED_AGAIN_AFTER
        return advance(work, settlement, "refuse", answer_due_at=due, short=reply.short), []
    settlement = advance(work, settlement, "settle", answer_due_at=None)
    book(work, "settle", settlement.reference, *_postings(work, network, lines))
    if all(each.status == SETTLED for each in others if each.id != settlement.id):
        advance(work, work.get(Window, settlement.window), "settle")
    members = [each for each in lines if each.member != network.id]
    return settlement, [record_notice(work, each, settlement.reference) for each in members]


def _postings(work: Work, network: Network, lines: list[Position]) -> list[Line]:
    """Return what each member has paid in and was paid, in the network's book; what stays are its own fees."""
    booked = []
    for each in (each for each in lines if each.member != network.id):
        cash = account(work, network.id, "settlement_cash", each.currency)
        due_from = account(work, network.id, "due_from_member", each.currency, each.member)
        due_to = account(work, network.id, "due_to_member", each.currency, each.member)
        booked.append(transfer(cash, due_from, each.due_to_network, "paid_in"))
        booked.append(transfer(due_to, cash, each.due_from_network, "paid_out"))
    return booked


def _settlements_of(work: Work, window: Window) -> list[Settlement]:
    table = Settlement.table()
    return work.records(Settlement, sa.select(table).where(table.c.window == window.id).order_by(table.c.currency))


def _read_window(work: Work, _: Network, window_id: str) -> Window:
    return work.get(Window, window_id)
