"""The other resources: merchants, senders, accounts, cards, books, windows."""

from __future__ import annotations

from tests.api.calling import PUSH, Api


async def test_a_merchant_is_taken_on_and_sells(either: Api) -> None:
    shop = {"name": "Tea", "city": "Alder", "country": "US", "mcc": "5812", "currency": "USD", "acquirer": "summit"}
    merchant = await either.post("/merchants", shop)
    assert (merchant["name"], merchant["acquirer"], merchant["mcc"]) == ("Tea", "summit", "5812")
    assert await either.get(f"/merchants/{merchant['id']}") == merchant
    assert merchant in (await either.get("/merchants"))["data"]
    assert (await either.pay(merchant=merchant["id"]))["status"] == "authorized"
    balance = await either.get(f"/merchants/{merchant['id']}/balance")
    assert (balance["pending"], balance["available"], balance["currency"]) == (0, 0, "USD")


async def test_a_sender_is_taken_on_topped_up_and_disburses(either: Api) -> None:
    who = {"name": "Acme", "kind": "company", "city": "Alder", "country": "US", "currency": "USD"}
    sender = await either.post("/senders", who)
    assert await either.get(f"/senders/{sender['id']}") == sender
    top_up = await either.post(f"/senders/{sender['id']}/top_ups", {"amount": 10_000}, key="top-1")
    assert (top_up["status"], len(top_up["entries"])) == ("credited", 2)
    before = await either.available()
    pushed = await either.post(
        "/disbursements", PUSH | {"sender": sender["id"], "business_application": "FD"}, key="push-1"
    )
    assert pushed["status"] == "paid"
    assert await either.available() == before + 2500
    balance = await either.get(f"/senders/{sender['id']}/balance")
    assert balance["available"] == 10_000 - 2500 - pushed["fee_amount"]
    assert {(await either.get(f"/ledger/entries/{each}"))["book"] for each in pushed["entries"]} == {
        *("harbor", "opennet", "first_prairie"),
    }
    (told, *_) = (await either.get("/accounts/acct_nora_patel/notifications"))["data"]
    assert told["reference"] == pushed["reference"]
    assert either.is_clean()


async def test_an_unknown_push_is_found_out_by_enquiry(either: Api) -> None:
    await either.post("/sandbox/faults", {"kind": "lose_reply", "receiver": "opennet", "message": "original_credit"})
    pushed = await either.post("/disbursements", PUSH, key="push-1")
    assert pushed["status"] == "unknown"
    assert (await either.get("/senders/snd_city_of_alder/balance"))["held"] == 2500 + pushed["fee_amount"]
    assert (await either.get("/disbursements", status="unknown"))["data"][0]["id"] == pushed["id"]
    found = await either.post(f"/disbursements/{pushed['id']}/enquire", status=200)
    assert found["status"] == "paid"
    assert (await either.get(f"/disbursements/{pushed['id']}"))["status"] == "paid"
    assert (await either.get("/senders/snd_city_of_alder/balance"))["held"] == 0
    assert either.is_clean()


async def test_an_account_a_deposit_and_a_card_whose_number_is_shown_once(either: Api) -> None:
    account = await either.post("/accounts", {"holder": "Ida Berg", "product": "debit", "currency": "USD"})
    assert await either.get(f"/accounts/{account['id']}") == account
    await either.post(f"/accounts/{account['id']}/deposits", {"amount": 9_000}, key="dep-1")
    card = await either.post("/cards", {"account": account["id"], "expiry": "07/31", "transaction_limit": 8_000})
    number, cvv = card.pop("number"), card.pop("cvv")
    assert card["masked"] == f"{number[:6]}{'•' * 6}{number[-4:]}"
    assert await either.get(f"/cards/{card['id']}") == card
    assert (await either.get("/cards", account=account["id"]))["data"] == [card]
    shown = {"number": number, "expiry": "07/31", "cvv": cvv}
    assert (await either.pay(card=shown, amount=8_001))["decline"]["code"] == "61"
    assert (await either.pay(card=shown, amount=8_000))["status"] == "authorized"
    balance = await either.get(f"/accounts/{account['id']}/balance")
    assert balance == {"ledger": 9_000, "held": 8_000, "available": 1_000, "currency": "USD"}


async def test_a_blocked_card_pays_nothing_until_it_is_unblocked(api: Api) -> None:
    assert (await api.post("/cards/card_nora_patel/block", status=200))["status"] == "blocked"
    assert (await api.pay())["decline"]["code"] == "62"
    assert (await api.post("/cards/card_nora_patel/block", status=409))["code"] == "move_not_allowed"
    assert (await api.post("/cards/card_nora_patel/unblock", status=200))["status"] == "active"
    assert (await api.pay())["status"] == "authorized"


async def test_the_cardholder_sees_transactions_and_a_statement_with_running_balance(either: Api) -> None:
    payment = await either.pay(capture=True)
    (pending, *_) = (await either.get("/accounts/acct_nora_patel/transactions"))["data"]
    assert (pending["type"], pending["status"], pending["amount"]) == ("authorization", "pending", 5841)
    await either.post("/sandbox/clock/wind", {"seconds": 2 * 86_400}, 200)
    lines = (await either.get("/accounts/acct_nora_patel/statement"))["data"]
    assert lines[0]["reference"] == payment["reference"]
    assert [line["balance"] for line in lines if line["kind"] in ("post", "transfer")] == [41_218 - 5841, 41_218]
    first = await either.get("/accounts/acct_nora_patel/statement", limit=1)
    second = await either.get("/accounts/acct_nora_patel/statement", limit=1, after=first["next"])
    assert [*first["data"], *second["data"]] == lines[:2]


async def test_books_balance_now_at_an_instant_and_after_an_event(either: Api) -> None:
    start = (await either.get("/sandbox/clock"))["now"]
    position = (await either.events())[-1]["position"]
    before = await either.get("/books/harbor/trial_balance")
    await either.pay(capture=True)
    await either.post("/sandbox/clock/wind", {"seconds": 2 * 86_400}, 200)
    after = await either.get("/books/harbor/trial_balance")
    assert before["balanced"]
    assert after["balanced"]
    assert before["totals"] != after["totals"]
    assert amounts(await either.get("/books/harbor/trial_balance", at=start)) == amounts(before)
    assert amounts(await either.get("/books/harbor/trial_balance", event=position)) == amounts(before)
    problem = await either.get("/books/harbor/trial_balance", 422, at=start, event=position)
    assert problem["code"] == "invalid_request"


def amounts(trial_balance: dict[str, object]) -> dict[str, tuple[int, int]]:
    rows = trial_balance["rows"]
    assert isinstance(rows, list)
    return {row["account"]: (row["debit"], row["credit"]) for row in rows if row["debit"] or row["credit"]}


async def test_ledger_accounts_stand_as_they_are_and_as_they_were(api: Api) -> None:
    start = (await api.get("/sandbox/clock"))["now"]
    await api.pay(capture=True)
    await api.post("/sandbox/clock/wind", {"seconds": 2 * 86_400}, 200)
    path = "/ledger/accounts/first_prairie.cardholder.USD.acct_nora_patel/balance"
    now, then = await api.get(path), await api.get(path, at=start)
    assert (now["ledger"], now["side"], now["at"]) == (41_218 - 5841, "credit", None)
    assert (then["ledger"], then["available"], then["at"]) == (41_218, None, start)
    assert {each["id"] for each in (await api.get("/books"))["data"]} >= {"harbor", "opennet", "first_prairie"}
    accounts = (await api.get("/books/first_prairie/accounts", limit=100))["data"]
    assert "first_prairie.cardholder.USD.acct_nora_patel" in {each["id"] for each in accounts}
    await api.get("/books/nowhere/accounts", 404)


async def test_entries_are_found_by_what_they_belong_to(api: Api) -> None:
    payment = await api.pay()
    (entry,) = (await api.get("/ledger/entries", reference=payment["reference"]))["data"]
    assert [entry["id"]] == payment["entries"]
    assert (await api.get("/ledger/entries", reference="NOBODY"))["data"] == []


async def test_settlement_windows_close_and_settle(either: Api) -> None:
    (window,) = (await either.get("/settlement_windows"))["data"]
    assert window["status"] == "open"
    await either.pay(capture=True)
    await either.post("/sandbox/clock/wind", {"seconds": 5 * 86_400}, 200)
    assert (await either.get(f"/settlement_windows/{window['id']}"))["status"] == "settled"
