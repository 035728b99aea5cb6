"""Settlement, the bank's side: carry out the network's instruction, all of it or nothing."""

from collections.abc import Iterator

from payments.bank.bank import Bank
from payments.bank.order import Order, known_order, order_lock, record_order, reply_to
from payments.bank.reserve import has_reserve, reserve_lock
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.account import Account
from payments.ledger.balance import guarded_balance
from payments.ledger.chart import account
from payments.ledger.entry import Line, book, transfer
from payments.switch.bank_message import BankReply, NetPosition, SettlementInstruction
from payments.switch.codes import FORMAT_ERROR, INSUFFICIENT_FUNDS, NOT_PERMITTED
from payments.switch.trail import received


async def carry_out(bank: Bank, instruction: SettlementInstruction) -> BankReply:
    """Move the members' net positions between their reserves; if one member is short nothing moves."""
    return await bank.step(answer_instruction, instruction)


def _instruction_reads(bank: Bank, instruction: SettlementInstruction) -> list[Lock]:
    reserves = [reserve_lock(bank, each.member, instruction.currency) for each in instruction.positions]
    return [order_lock(instruction), *reserves]


@hot(_instruction_reads)
def answer_instruction(work: Work, bank: Bank, instruction: SettlementInstruction) -> BankReply:
    """Carry an instruction out once however often it is sent.

    Refused are one that does not sum to zero (30), one with a member that has no reserve (57), and one that a
    member has not the money for (51, naming every such member); then nothing moves.
    """
    received(work, instruction)
    order = known_order(work, instruction) or _carry_out(work, bank, instruction)
    return reply_to(work, bank, instruction, order)


def _carry_out(work: Work, bank: Bank, instruction: SettlementInstruction) -> Order:
    if sum(each.amount for each in instruction.positions):
        return record_order(work, bank, instruction, FORMAT_ERROR)
    if not all(has_reserve(work, bank, each.member, instruction.currency) for each in instruction.positions):
        return record_order(work, bank, instruction, NOT_PERMITTED)
    reserves = {
        each.member: account(work, bank.id, "reserve", instruction.currency, each.member)
        for each in instruction.positions
        if each.amount
    }
    short = [
        each.member
        for each in instruction.positions
        if each.amount < 0 and guarded_balance(work, reserves[each.member]).available < -each.amount
    ]
    if short:
        return record_order(work, bank, instruction, INSUFFICIENT_FUNDS, ",".join(short))
    book(work, "settle", instruction.rrn, *_moves(reserves, instruction.positions))
    return record_order(work, bank, instruction)


def _moves(reserves: dict[str, Account], positions: tuple[NetPosition, ...]) -> Iterator[Line]:
    """Yield one transfer after another from those who pay to those who are paid, until all are even."""
    payers = [(reserves[each.member], -each.amount) for each in positions if each.amount < 0]
    paid = [(reserves[each.member], each.amount) for each in positions if each.amount > 0]
    while payers and paid:
        (payer, owed), (payee, due) = payers.pop(), paid.pop()
        amount = min(owed, due)
        yield transfer(payer, payee, amount, "net_position")
        if owed > amount:
            payers.append((payer, owed - amount))
        if due > amount:
            paid.append((payee, due - amount))
