"""A file of orders: carried out line by line, reckoned up, wound through settlement and verified."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from payments.shop.amounts import shown
from payments.shop.client import Client, Json, Refused
from payments.shop.evening import verdict, wind_through_settlement
from payments.shop.orders import BadLine, Order, read_orders
from payments.shop.price_list import merchant_fee
from payments.shop.reckoning import Reckoning
from payments.shop.telling import Teller

BAD_LINES_SHOWN = 20

Outcome = tuple[str, str, str]
"""What it was, what became of it, in which currency."""


class Batch:
    """The orders of one file on their way: what became of each, and what every balance must come to."""

    def __init__(self, client: Client, tell: Teller) -> None:
        """Begin with nothing done."""
        self.client = client
        self.tell = tell
        self.reckoning = Reckoning(client)
        self.counts: Counter[Outcome] = Counter()
        self.amounts: dict[Outcome, int] = defaultdict(int)
        self.bad: list[BadLine] = []
        self._cards = _accounts_by_card(client)
        self._merchants: dict[str, Json] = {}

    def carry_out(self, order: Order, key: str) -> None:
        """Send one order, under an idempotency key of its own, and note what it must do to whom."""
        self._look_before(order)
        try:
            made = self.client.post(order.path, order.body, key)
        except Refused as refused:
            self.bad.append(BadLine(order.line, _advice(refused)))
            return
        outcome = (order.type, made["status"], order.body["currency"])
        self.counts[outcome] += 1
        self.amounts[outcome] += order.body["amount"]
        self._expect(order, made)

    def _look_before(self, order: Order) -> None:
        """Read the balances an order will touch, before it does; if it names what is not there, the API says so."""
        with suppress(Refused):
            self._expect_changes(order, 0, 0, 0)

    def _expect(self, order: Order, made: Json) -> None:
        amount = order.body["amount"]
        if made["status"] in ("captured", "authorized"):
            taken = made["captured_amount"]
            fee = merchant_fee(taken, *self._merchant_fee(order.body["merchant"])) if taken else 0
            self._expect_changes(order, -amount, taken - fee, 0)
        elif made["status"] == "paid":
            self._expect_changes(order, amount, 0, -amount - made["fee_amount"])

    def _expect_changes(self, order: Order, cardholder: int, merchant: int, sender: int) -> None:
        body, expect = order.body, self.reckoning.expect
        if account := self._cards.get(body["card"].get("number") or body["card"].get("id")):
            expect(account, f"/v1/accounts/{account}/balance", cardholder, "available")
        if order.type == "payment":
            id = body["merchant"]
            bank_account = f"reserve_bank.merchant_account.{body['currency']}.{id}"
            expect(f"{id}, paid out", f"/v1/ledger/accounts/{bank_account}/balance", merchant)
        else:
            expect(body["sender"], f"/v1/senders/{body['sender']}/balance", sender, "available")

    def _merchant_fee(self, id: str) -> tuple[int, int]:
        if id not in self._merchants:
            self._merchants[id] = self.client.get(f"/v1/merchants/{id}")
        merchant = self._merchants[id]
        return merchant["fee_basis_points"], merchant["fee_fixed"]


def carry_out_file(client: Client, path: Path, out: IO[str]) -> int:
    """Carry out the orders in ``path``; return 0: all right, 1: money is wrong, 2: lines were left out."""
    tell = Teller(client, out)
    batch = Batch(client, tell)
    tell.chapter(
        f"Orders from {path.name}",
        "Each line is one payment or disbursement, under an idempotency key of its own.",
    )
    for order in _with_progress(tell.console, path):
        if isinstance(order, BadLine):
            batch.bad.append(order)
        else:
            batch.carry_out(order, f"{client.name}-line-{order.line}")
    _show(tell.console, batch)
    tell.chapter("The night and the next morning", "Clearing, settlement and payout.")
    wind_through_settlement(client, tell, quietly=True)
    right = verdict(client, tell, batch.reckoning)
    if batch.bad:
        tell.console.print(
            f"{len(batch.bad)} line(s) were not carried out: mend them, and run them alone.", style="bold red"
        )
    return 1 if not right else 2 if batch.bad else 0


def _with_progress(console: Console, path: Path) -> Iterator[Order | BadLine]:
    with path.open(encoding="utf-8") as file:
        total = sum(1 for line in file if line.strip())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        path.open(encoding="utf-8") as file,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        yield from progress.track(read_orders(file), total=total, description="orders")


def _show(console: Console, batch: Batch) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for heading in ("what", "became", "how many", "together"):
        table.add_column(heading, justify="right" if heading in ("how many", "together") else "left")
    for outcome, count in sorted(batch.counts.items()):
        kind, status, currency = outcome
        table.add_row(kind, status, str(count), shown(batch.amounts[outcome], currency))
    if batch.bad:
        table.add_row("line", "not carried out", str(len(batch.bad)), "")
    console.print(table)
    for line in batch.bad[:BAD_LINES_SHOWN]:
        console.print(f"  line {line.line}: {line.advice}", style="red", markup=False)
    if len(batch.bad) > BAD_LINES_SHOWN:
        console.print(f"  … and {len(batch.bad) - BAD_LINES_SHOWN} more.", style="red")


def _advice(refused: Refused) -> str:
    fields = "; ".join(f"{error['field'] or 'the line'}: {error['problem']}" for error in refused.errors)
    return f"{fields or refused.detail} ({refused.code})"


def _accounts_by_card(client: Client) -> dict[str, str]:
    cards = list(client.all("/v1/sandbox/cards"))
    return {card["number"]: card["account"] for card in cards} | {card["id"]: card["account"] for card in cards}
