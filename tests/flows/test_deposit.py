"""Money from outside: cardholders' deposits, senders' top-ups, members' capital. And how accounts and cards begin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from payments.acquirer import top_up
from payments.acquirer.authorization import authorize
from payments.acquirer.merchant import CurrencyNotKept, Merchant, open_merchant
from payments.acquirer.payment import Order
from payments.acquirer.sender import COMPANY, open_sender
from payments.issuer import account as cardholders
from payments.issuer import deposit
from payments.issuer.account import CREDIT, DEBIT, Account, open_account, overdrawn_account
from payments.issuer.issuer import Issuer
from payments.issuer.issuing import (
    CardNumberTaken,
    NoCardRange,
    NotItsCardNumber,
    block_card,
    issue_card,
    unblock_card,
)
from payments.kit.errors import NotFound
from payments.kit.idempotency import Claim, Replayed
from payments.kit.lifecycle import MoveNotAllowed
from payments.kit.secrets import CardNumber, Secret
from payments.kit.work import Work
from payments.ledger.balance import Balance
from payments.ledger.chart import account as house_account
from payments.ledger.entry import book, transfer
from payments.network import capital
from payments.sandbox import Sandbox
from payments.switch.bank_message import FundsReceived, NetPosition, PayMerchant, SettlementInstruction
from payments.switch.directory import UnknownBin
from payments.switch.message import PresentedCard
from payments.switch.numbers import luhn_digit
from tests.flows.world import (
    BOOKS,
    CITY,
    GRETA,
    NOON,
    NORA,
    WINDOW,
    arm,
    balance,
    balances,
    mirrors_agree,
    open_world,
    postings,
    push,
    rows,
    sell,
)

NORAS = "first_prairie.cardholder.USD.acct_nora_patel"
GRETAS = "coastline.cardholder.USD.acct_greta_lindholm"
CITYS = f"harbor.sender.USD.{CITY}"

# ── the stories ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_deposit_is_in_the_account_and_in_the_reserve(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        before = balances(sandbox)
        made = await deposit.deposit(sandbox.issuers["first_prairie"], "acct_nora_patel", 100_00)
        assert (made.status, made.amount, made.currency) == ("credited", 100_00, "USD")
        assert moved(sandbox, before) == {
            NORAS: 100_00,
            "first_prairie.settlement_cash.USD": 100_00,
            "reserve_bank.reserve.USD.first_prairie": 100_00,
            "reserve_bank.vault.USD": 100_00,
        }
        mirrors_agree(sandbox)


async def test_paying_off_a_credit_card_is_a_deposit(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        await sell(sandbox, 300_00, GRETA)
        owed = balance(sandbox, GRETAS)
        await deposit.deposit(sandbox.issuers["coastline"], "acct_greta_lindholm", 120_00)
        # a line of credit counts from the cardholder's side: what was spent is below nothing
        assert (owed, balance(sandbox, GRETAS)) == (-300_00, -180_00)
        assert postings(sandbox, "deposit")["coastline"][-1] == (
            "transfer",
            "settlement_cash.USD",
            "cardholder.USD.acct_greta_lindholm",
            120_00,
        )
        mirrors_agree(sandbox)


async def test_what_is_overdrawn_is_repaid_first(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        prairie = sandbox.issuers["first_prairie"]
        await prairie.step(overdraw, "acct_liam_ortiz", 30_00)
        before = balances(sandbox)
        await deposit.deposit(prairie, "acct_liam_ortiz", 20_00)
        await deposit.deposit(prairie, "acct_liam_ortiz", 25_00)
        change = moved(sandbox, before)
        assert change["first_prairie.overdrawn.USD.acct_liam_ortiz"] == -30_00
        assert change["first_prairie.cardholder.USD.acct_liam_ortiz"] == 15_00
        mirrors_agree(sandbox)


def overdraw(work: Work, issuer: Issuer, account_id: str, amount: int) -> None:
    """Book what nobody may refuse, as a late presentment does."""
    overdrawn = overdrawn_account(work, work.get(Account, account_id))
    work.get(Balance, overdrawn.id)
    equity = house_account(work, issuer.id, "equity", "USD")
    book(work, "forced", "", transfer(overdrawn, equity, amount, "forced"))


async def test_a_top_up_is_the_senders_to_send(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor, before = sandbox.acquirers["harbor"], balances(sandbox)
        assert (await top_up.top_up(harbor, CITY, 5_000_00)).status == "credited"
        assert moved(sandbox, before) == {
            CITYS: 5_000_00,
            "harbor.settlement_cash.USD": 5_000_00,
            "reserve_bank.reserve.USD.harbor": 5_000_00,
            "reserve_bank.vault.USD": 5_000_00,
        }
        assert (await push(sandbox, 12_000_00)).status == "paid"


async def test_capital_goes_into_equity_and_reserve(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        before = balances(sandbox)
        await deposit.capitalize(sandbox.issuers["coastline"], "EUR", 7)
        await top_up.capitalize(sandbox.acquirers["summit"], "JPY", 8)
        await capital.capitalize(sandbox.network, "BHD", 9)
        assert moved(sandbox, before) == {
            "coastline.equity.EUR": 7,
            "coastline.settlement_cash.EUR": 7,
            "reserve_bank.reserve.EUR.coastline": 7,
            "reserve_bank.vault.EUR": 7,
            "summit.equity.JPY": 8,
            "summit.settlement_cash.JPY": 8,
            "reserve_bank.reserve.JPY.summit": 8,
            "reserve_bank.vault.JPY": 8,
            "opennet.equity.BHD": 9,
            "opennet.settlement_cash.BHD": 9,
            "reserve_bank.reserve.BHD.opennet": 9,
            "reserve_bank.vault.BHD": 9,
        }
        mirrors_agree(sandbox)


def moved(sandbox: Sandbox, before: dict[str, int]) -> dict[str, int]:
    now = balances(sandbox)
    change = {each: now.get(each, 0) - before.get(each, 0) for each in now.keys() | before.keys()}
    return {each: amount for each, amount in change.items() if amount}


# ── something is lost, late or doubled on the way ───────────────────────────────────────────────────

Ask = Callable[[Sandbox], Awaitable[Any]]
Again = Callable[[Sandbox, str], Awaitable[Any]]

FLOWS: dict[str, tuple[str, Ask, Again]] = {
    "deposit": (
        NORAS,
        lambda sandbox: deposit.deposit(sandbox.issuers["first_prairie"], "acct_nora_patel", 100_00),
        lambda sandbox, id: deposit.tell_bank(sandbox.issuers["first_prairie"], id),
    ),
    "top_up": (
        CITYS,
        lambda sandbox: top_up.top_up(sandbox.acquirers["harbor"], CITY, 100_00),
        lambda sandbox, id: top_up.tell_bank(sandbox.acquirers["harbor"], id),
    ),
    "capital": (
        "opennet.equity.USD",
        lambda sandbox: capital.capitalize(sandbox.network, "USD", 100_00),
        lambda sandbox, id: capital.tell_bank(sandbox.network, id),
    ),
}


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "delay", "duplicate"])
@pytest.mark.parametrize("flow", FLOWS)
async def test_whatever_is_lost_money_comes_in_once(database_url: str, flow: str, kind: str) -> None:
    credited, ask, again = FLOWS[flow]
    async with open_world(database_url) as sandbox:
        before = balances(sandbox)
        await arm(sandbox, kind, "", "reserve_bank", "funds_received", times=2)
        made = await ask(sandbox)
        if kind != "duplicate":
            assert made.status == "pending"
            assert made.answer_due_at is not None
            assert credited not in moved(sandbox, before)
        await again(sandbox, made.id)
        made = await again(sandbox, made.id)
        assert (made.status, made.answer_due_at) == ("credited", None)
        assert await again(sandbox, made.id) == made
        assert moved(sandbox, before)[credited] == 100_00
        assert moved(sandbox, before)["reserve_bank.vault.USD"] == 100_00
        mirrors_agree(sandbox)


async def test_a_repeated_deposit_request_gets_the_first_answer(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        prairie = sandbox.issuers["first_prairie"]
        sandbox.world.render["create_deposit"] = lambda made, entries: (201, made.status)
        claim = Claim.on("key_demo", "first", "create_deposit", b"{}")
        await deposit.deposit(prairie, "acct_nora_patel", 5_00, claim)
        with pytest.raises(Replayed) as replayed:
            await deposit.deposit(prairie, "acct_nora_patel", 5_00, claim)
        assert (replayed.value.status, replayed.value.body) == (201, "credited")
        assert balance(sandbox, NORAS) == 412_18 + 5_00


async def test_the_bank_takes_in_pays_out_and_settles_nothing_for_who_has_no_reserve(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        before = balances(sandbox)
        named: dict[str, Any] = {"sender": "stranger", "receiver": "reserve_bank", "acquirer": "999999"}
        named |= {"transmitted_at": NOON, "rrn": "628712000001"}
        money: dict[str, Any] = {"amount": 1_00, "currency": "USD"}
        strange = NetPosition("stranger", 1_00), NetPosition("harbor", -1_00)
        for message in (
            FundsReceived(**named, **money, stan="000001"),
            PayMerchant(**named, **money, stan="000002", merchant=BOOKS, merchant_name="Blue Door Books"),
            SettlementInstruction(**named, stan="000003", window=WINDOW, currency="USD", positions=strange),
        ):
            assert (await sandbox.switch.send(message)).code == "57"
        assert balances(sandbox) == before


async def test_money_for_nobody_is_not_taken_in(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        before = balances(sandbox)
        with pytest.raises(NotFound):
            await deposit.deposit(sandbox.issuers["coastline"], "acct_nobody", 1_00)
        with pytest.raises(NotFound):
            await deposit.deposit(sandbox.issuers["coastline"], "acct_nora_patel", 1_00)
        with pytest.raises(NotFound):
            await top_up.top_up(sandbox.acquirers["summit"], CITY, 1_00)
        with pytest.raises(cardholders.CurrencyNotKept):
            await deposit.capitalize(sandbox.issuers["coastline"], "CHF", 1_00)
        assert balances(sandbox) == before


# ── how accounts, cards, merchants and senders begin ────────────────────────────────────────────────


async def test_a_new_card_on_a_new_account_pays_until_it_is_blocked(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        coastline = sandbox.issuers["coastline"]
        opened = await coastline.step(open_account, "Ines Vogel", DEBIT, "USD")
        issued = await coastline.step(issue_card, opened.id, None, "3012", None)
        assert issued.number.bin == "400034"
        assert issued.number.reveal()[-1] == luhn_digit(issued.number.reveal()[:-1])
        assert issued.card.number_masked == issued.number.masked
        await deposit.deposit(coastline, opened.id, 50_00)

        assert await pay(sandbox, issued.number, issued.cvv) == ("authorized", "00")
        assert await pay(sandbox, issued.number, Secret("9999")) == ("declined", "N7")
        blocked = await coastline.step(block_card, issued.card.id)
        assert blocked.status == "blocked"
        assert await pay(sandbox, issued.number, issued.cvv) == ("declined", "62")
        with pytest.raises(MoveNotAllowed):
            await coastline.step(block_card, issued.card.id)
        with pytest.raises(NotFound):
            await sandbox.issuers["first_prairie"].step(unblock_card, issued.card.id)
        await coastline.step(unblock_card, issued.card.id)
        assert await pay(sandbox, issued.number, issued.cvv) == ("authorized", "00")


async def pay(sandbox: Sandbox, number: CardNumber, cvv: Secret) -> tuple[str, str]:
    card = PresentedCard(number, "3012", cvv)
    payment = await authorize(sandbox.acquirers["harbor"], Order(None, BOOKS, card, 10_00, "USD"))
    return payment.status, payment.response_code


async def test_numbers_made_up_are_different_and_of_the_accounts_own_range(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        coastline = sandbox.issuers["coastline"]
        line = await coastline.step(open_account, "Ines Vogel", CREDIT, "USD", 1_000_00)
        euros = await coastline.step(open_account, "Ines Vogel", DEBIT, "EUR")
        cards = [await coastline.step(issue_card, line.id, None, "3012", None) for _ in range(3)]
        assert len({each.number.reveal() for each in cards}) == 3
        assert {each.number.bin for each in cards} == {"400056"}
        in_euros = await coastline.step(issue_card, euros.id, None, "3012", None)
        assert in_euros.number.bin == "400078"


async def test_a_card_number_is_its_issuers_and_unused(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        prairie, coastline = sandbox.issuers["first_prairie"], sandbox.issuers["coastline"]
        credit = await prairie.step(open_account, "Ines Vogel", CREDIT, "USD", 1_00)
        yen = await prairie.step(open_account, "Ines Vogel", DEBIT, "JPY", 0)
        for issuer, account, number, refusal in (
            (prairie, "acct_nora_patel", NORA, CardNumberTaken),
            (coastline, "acct_omar_diallo", "4000129999999999", NotItsCardNumber),
            (prairie, "acct_nora_patel", "5555550000000000", UnknownBin),
            (prairie, credit.id, None, NoCardRange),
            (prairie, yen.id, None, NoCardRange),
            (prairie, yen.id, "4000129999999999", NotItsCardNumber),
            (prairie, "acct_nobody", None, NotFound),
            (prairie, "acct_omar_diallo", None, NotFound),
        ):
            chosen = CardNumber(number) if number else None
            with pytest.raises(refusal):
                await issuer.step(issue_card, account, chosen, "3012", None)


async def test_nobody_keeps_accounts_in_a_currency_the_house_has_not(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor, before = sandbox.acquirers["harbor"], len(rows(sandbox, Balance))
        with pytest.raises(CurrencyNotKept):
            await harbor.step(open_merchant, "Alpine Skis", "Chur", "CH", "5941", "CHF")
        with pytest.raises(CurrencyNotKept):
            await harbor.step(open_sender, "Alpine Skis", COMPANY, "Chur", "CH", "CHF")
        with pytest.raises(cardholders.CurrencyNotKept):
            await sandbox.issuers["coastline"].step(open_account, "Ines Vogel", DEBIT, "CHF")
        assert len(rows(sandbox, Balance)) == before


async def test_a_new_merchant_and_a_new_sender_have_numbers_for_the_wire(database_url: str) -> None:
    async with open_world(database_url) as sandbox:
        harbor = sandbox.acquirers["harbor"]
        merchant: Merchant = await harbor.step(open_merchant, "Alder Bikes", "Alder", "US", "5940", "USD")
        payer = await harbor.step(open_sender, "Alder Bikes", COMPANY, "Alder", "US", "USD", "2 Mill Lane")
        assert len(merchant.acceptor) == len(payer.acceptor) == 15
        assert merchant.acceptor != payer.acceptor
        assert merchant.id.startswith("mch_")
        assert payer.id.startswith("snd_")
