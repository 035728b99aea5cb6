"""The places of the world one starts with: its institutions, their card ranges, the merchants and senders.

All of them are made up. Amounts are minor units of the currency beside them.
"""

from typing import Final, NamedTuple

from payments.switch.directory import ACQUIRER, BANK, ISSUER, NETWORK, Bin, Member
from payments.switch.published_cards import RANGES

CURRENCIES: Final = ("USD", "EUR", "JPY", "BHD")

MEMBERS: Final = (
    Member("opennet", "OpenNet", NETWORK, "900000", "US"),
    Member("reserve_bank", "Alder Reserve Bank", BANK, "900001", "US"),
    Member("first_prairie", "First Prairie Bank", ISSUER, "400012", "US"),
    Member("coastline", "Coastline Credit Union", ISSUER, "400034", "US"),
    Member("harbor", "Harbor Acquiring", ACQUIRER, "400100", "US"),
    Member("summit", "Summit Merchant", ACQUIRER, "400200", "US"),
)

BINS: Final = (
    Bin("400012", "first_prairie", "debit", "US", 1, "USD", 1),
    Bin("400034", "coastline", "debit", "US", 0, "USD", 1),
    Bin("400056", "coastline", "credit", "US", 0, "USD", 1),
    Bin("400078", "coastline", "debit", "EU", 0, "EUR", 1, "DE"),
    Bin("400090", "coastline", "debit", "US", 0, "JPY", 1, "JP"),
    Bin("400091", "coastline", "debit", "US", 0, "BHD", 1, "BH"),
    # Each of these shows something that an eligibility inquiry can answer.
    Bin("400171", "coastline", "prepaid", "US", 0, "USD", 1, fast_funds_cross_border=0),
    Bin("400172", "coastline", "prepaid", "US", 0, "USD", 1, reloadable=0),
    Bin("400173", "coastline", "debit", "US", 0, "USD", 0, fast_funds_cross_border=0),
    Bin("400174", "coastline", "credit", "US", 0, "USD", 1, gambling=0),
    Bin("400175", "coastline", "debit", "EU", 0, "EUR", 1, "DE", push_cross_border=0, pull_cross_border=0),
    Bin("400176", "coastline", "debit", "EU", 0, "EUR", 1, "DE", blocked_origins="KP US"),
    Bin("400177", "coastline", "credit", "US", 0, "USD", 0, "US", "business", 0, push_domestic=0, push_cross_border=0),
    Bin("400178", "coastline", "debit", "US", 0, "USD", 0),
    *(Bin(*each[:7]) for each in RANGES.values()),  # of the card numbers that schemes publish
)
"""Six digits, issuer, product, region, regulated (12 CFR 235), currency, fast funds; country, platform and the rest as
far as they are not what is usual."""

CAPITAL: Final = {"USD": 1_000_000_00, "EUR": 250_000_00, "JPY": 25_000_000, "BHD": 100_000_000}
"""What every member has paid into its reserve at the bank, from its own equity, in each currency."""


class Shop(NamedTuple):
    """A merchant to open: ``fee_basis_points`` of a sale plus ``fee_fixed`` is what its acquirer takes."""

    id: str
    acquirer: str
    acceptor: str
    name: str
    city: str
    country: str
    mcc: str
    currency: str
    fee_basis_points: int
    fee_fixed: int


SHOPS: Final = (
    Shop(
        "mch_blue_door_books",
        "harbor",
        "BLUEDOORBOOKS01",
        "Blue Door Books",
        "Alder",
        "US",
        "5942",
        "USD",
        260,
        10,
    ),
    Shop(
        "mch_larkspur_cafe",
        "summit",
        "LARKSPURCAFE001",
        "Larkspur Cafe",
        "Alder",
        "US",
        "5814",
        "USD",
        275,
        5,
    ),
    Shop(
        "mch_bora_ceramics",
        "harbor",
        "BORACERAMICS001",
        "Bora Ceramics",
        "Trieste",
        "IT",
        "5947",
        "EUR",
        140,
        5,
    ),
    Shop(
        "mch_kitsune_paper",
        "harbor",
        "KITSUNEPAPER001",
        "Kitsune Paper",
        "Kyoto",
        "JP",
        "5943",
        "JPY",
        325,
        0,
    ),
    Shop(
        "mch_manama_pearls",
        "summit",
        "MANAMAPEARLS001",
        "Manama Pearls",
        "Manama",
        "BH",
        "5944",
        "BHD",
        200,
        50,
    ),
)


class Payer(NamedTuple):
    """A sender of disbursements to open, with ``funds`` paid in beforehand."""

    id: str
    acquirer: str
    acceptor: str
    name: str
    kind: str
    address: str
    city: str
    country: str
    currency: str
    funds: int
    region: str = "OR"


PAYERS: Final = (
    Payer(
        "snd_city_of_alder",
        "harbor",
        "CITYOFALDER0001",
        "City of Alder",
        "government",
        "1 Town Square",
        "Alder",
        "US",
        "USD",
        10_000_00,
    ),
    Payer(
        "snd_brightwater",
        "summit",
        "BRIGHTWATER0001",
        "Brightwater Mutual",
        "company",
        "40 Quay Street",
        "Alder",
        "US",
        "USD",
        5_000_00,
    ),
    Payer(
        "snd_blue_door_books",
        "harbor",
        "BLUEDOORBOOKS02",
        "Blue Door Books",
        "merchant",
        "7 Mill Lane",
        "Alder",
        "US",
        "USD",
        1_000_00,
    ),
    Payer(
        "snd_ines_moreau",
        "summit",
        "INESMOREAU00001",
        "Ines Moreau",
        "person",
        "12 Fern Row",
        "Alder",
        "US",
        "USD",
        300_00,
    ),
    Payer(
        "snd_opal_payouts",
        "harbor",
        "OPALPAYOUTS0001",
        "Opal Payouts",
        "company",
        "12 Harbor Row",
        "Alder",
        "US",
        "USD",
        100_000_00,
    ),
)
