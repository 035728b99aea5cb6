"""The bank's inbox: which flow each message from a member starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from payments.bank import payout, reserve, settlement
from payments.bank.bank import Bank
from payments.switch.bank_message import FundsReceived, PayMerchant, SettlementInstruction
from payments.switch.message import Message

FLOWS: dict[type[Message], Callable[[Bank, Any], Awaitable[Any]]] = {
    FundsReceived: reserve.take_in,
    PayMerchant: payout.pay_merchant,
    SettlementInstruction: settlement.carry_out,
}


async def receive(bank: Bank, message: Message) -> Any:
    """Start the flow ``message`` calls for and return the reply."""
    return await FLOWS[type(message)](bank, message)
