"""Settlement, the issuer's side: book the totals the network advises, not the balance of the moment."""

from typing import ClassVar

from payments.issuer.issuer import Issuer
from payments.kit.records import Key, Record, record
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.chart import account
from payments.ledger.entry import book, transfer
from payments.switch.codes import APPROVED
from payments.switch.message import SettlementAdvice, SettlementAdviceReply, Totals
from payments.switch.trail import received, sent


@record("issuer_settlements", fixed=True)
class Settlement(Record):
    """The totals of one window and currency as they were advised and booked, in minor units."""

    noun: ClassVar[str] = "settlement"

    id: Key[str]
    issuer: str
    window: str
    currency: str
    due_to_network: int
    due_from_network: int
    reference: str
    booked_at: int


async def settle(issuer: Issuer, advice: SettlementAdvice) -> SettlementAdviceReply:
    """Book the totals of a settled window."""
    return await issuer.step(answer_advice, advice)


def _advice_reads(issuer: Issuer, advice: SettlementAdvice) -> list[Lock]:
    return [Lock(Settlement, _settlement_id(issuer, advice, each)) for each in advice.totals]


@hot(_advice_reads)
def answer_advice(work: Work, issuer: Issuer, advice: SettlementAdvice) -> SettlementAdviceReply:
    """Book each currency's totals once, however often they are advised."""
    received(work, advice)
    for totals in advice.totals:
        if work.get_or_none(Settlement, _settlement_id(issuer, advice, totals)) is None:
            _book_totals(work, issuer, advice, totals)
    reply = SettlementAdviceReply(
        sender=issuer.id,
        receiver=advice.sender,
        stan=advice.stan,
        rrn=advice.rrn,
        transmitted_at=work.now,
        code=APPROVED,
        decided_by=issuer.id,
    )
    sent(work, reply)
    return reply


def _book_totals(work: Work, issuer: Issuer, advice: SettlementAdvice, totals: Totals) -> None:
    own, currency = issuer.id, totals.currency
    cash = account(work, own, "settlement_cash", currency)
    due_to = account(work, own, "due_to_network", currency)
    due_from = account(work, own, "due_from_network", currency)
    book(
        work,
        "settle",
        advice.rrn,
        transfer(due_to, cash, totals.due_to_network, "paid_in"),
        transfer(cash, due_from, totals.due_from_network, "paid_out"),
    )
    work.add(
        Settlement(
            id=_settlement_id(issuer, advice, totals),
            issuer=own,
            window=advice.window,
            currency=currency,
            due_to_network=totals.due_to_network,
            due_from_network=totals.due_from_network,
            reference=advice.rrn,
            booked_at=work.now,
        )
    )


def _settlement_id(issuer: Issuer, advice: SettlementAdvice, totals: Totals) -> str:
    return f"{issuer.id}.{advice.window}.{totals.currency}"
