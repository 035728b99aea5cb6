"""What the day's story must come to, worked out from the price list alone. All amounts are US cents."""

from payments.shop.amounts import share
from payments.shop.price_list import (
    INTERCHANGE,
    PUSH_FEE,
    PUSH_INTERCHANGE,
    PUSH_SCHEME_FEE,
    SCHEME_FEE,
    merchant_fee,
)
from payments.shop.reckoning import Reckoning

BASKET = (
    ("The Clearing House, hardback", 3200),
    ("Double Entry for All, paperback", 2250),
    ("sales tax", 391),
)
SALE = sum(price for _, price in BASKET)
RETURNED = 2411
"""Double Entry for All comes back: 22.50, and its part of the tax, 1.61."""
RELIEF = 25_000
POSTCARDS = 1900
TOTE_BAG = 1200

SHOP_FEE_BASIS_POINTS, SHOP_FEE_FIXED = 260, 10
"""What Blue Door Books pays Harbor: 2.6 % + 10 cents a sale."""


def expect_the_day(reckoning: Reckoning) -> None:
    """Say what every balance must come to; before anything happens."""
    _expect_customers(reckoning)
    _expect_banks(reckoning)
    _expect_nothing_left_over(reckoning)


def _expect_customers(reckoning: Reckoning) -> None:
    fee = merchant_fee(SALE, SHOP_FEE_BASIS_POINTS, SHOP_FEE_FIXED)
    account = "/v1/accounts/acct_{}/balance".format
    reckoning.expect("Nora Patel's account", account("nora_patel"), RELIEF + RETURNED - SALE)
    reckoning.expect("Liam Ortiz's account", account("liam_ortiz"), 0)
    reckoning.expect(
        "Blue Door Books' bank account",
        _ledger("reserve_bank.merchant_account", "mch_blue_door_books"),
        SALE - fee - RETURNED,
    )
    reckoning.expect(
        "City of Alder, prefunded", "/v1/senders/snd_city_of_alder/balance", -RELIEF - PUSH_FEE, "available"
    )
    reckoning.expect("Harbor's fees from the shop", _ledger("harbor.merchant_fees"), fee)
    reckoning.expect("Harbor's fees from the city", _ledger("harbor.disbursement_fees"), PUSH_FEE)


def _expect_banks(reckoning: Reckoning) -> None:
    earned = INTERCHANGE.of(SALE)
    given_back = share(earned, RETURNED, SALE)
    interchange = earned - given_back + PUSH_INTERCHANGE.of(RELIEF)
    scheme_fees = SCHEME_FEE.of(SALE) + PUSH_SCHEME_FEE.of(RELIEF)
    nora = RELIEF + RETURNED - SALE
    fee = merchant_fee(SALE, SHOP_FEE_BASIS_POINTS, SHOP_FEE_FIXED)
    paid_out = SALE - fee - RETURNED
    reckoning.expect("Interchange earned by First Prairie", _ledger("first_prairie.interchange_income"), interchange)
    reckoning.expect("Interchange paid by Harbor", _ledger("harbor.interchange_expense"), interchange)
    reckoning.expect("Scheme fees paid by Harbor", _ledger("harbor.scheme_fees"), scheme_fees)
    reckoning.expect("Scheme fees earned by OpenNet", _ledger("opennet.scheme_fees"), scheme_fees)
    cash = {"first_prairie": nora + interchange, "opennet": scheme_fees}
    cash["harbor"] = -nora - interchange - scheme_fees - paid_out
    for bank, change in cash.items():
        name = {"first_prairie": "First Prairie", "opennet": "OpenNet", "harbor": "Harbor"}[bank]
        reckoning.expect(f"{name}'s reserve", _ledger("reserve_bank.reserve", bank), change)


def _expect_nothing_left_over(reckoning: Reckoning) -> None:
    reckoning.expect("Nora Patel, held", "/v1/accounts/acct_nora_patel/balance", 0, "held")
    for part in ("pending", "available", "held"):
        reckoning.expect(f"Blue Door Books, {part}", "/v1/merchants/mch_blue_door_books/balance", 0, part)
    for bank, name in (("harbor", "Harbor"), ("first_prairie", "First Prairie")):
        reckoning.expect(f"{name} still owes OpenNet", _ledger(f"{bank}.due_to_network"), 0)
        reckoning.expect(f"OpenNet still owes {name}", _ledger(f"{bank}.due_from_network"), 0)


def _ledger(account: str, owner: str = "") -> str:
    return f"/v1/ledger/accounts/{account}.USD{'.' if owner else ''}{owner}/balance"
