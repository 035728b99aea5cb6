"""Named examples of request bodies: they work as they are in the seeded world."""

from typing import Any, Final

_NORA: Final = {"number": "4000121111104242", "expiry": "12/29", "cvv": "123", "entry_mode": "contactless"}


PAYMENT: Final[dict[str, Any]] = {
    "a sale at the till": {
        "summary": "Nora taps her card for two books; taken at once",
        "value": {
            "merchant": "mch_blue_door_books",
            "amount": 5841,
            "currency": "USD",
            "card": _NORA,
            "capture": True,
            "description": "two books",
        },
    },
    "an authorization": {
        "summary": "Held now, captured later; the card is one of the sandbox, by id",
        "value": {
            "merchant": "mch_blue_door_books",
            "amount": 5841,
            "currency": "USD",
            "card": {"id": "card_nora_patel"},
        },
    },
    "a decline": {
        "summary": "Liam's account is empty: declined with 51, insufficient_funds",
        "value": {
            "merchant": "mch_blue_door_books",
            "amount": 1200,
            "currency": "USD",
            "card": {"id": "card_liam_ortiz"},
        },
    },
    "no decimals": {
        "summary": "Yen have no decimals: 500 is 500 JPY",
        "value": {
            "merchant": "mch_kitsune_paper",
            "amount": 500,
            "currency": "JPY",
            "card": {"id": "card_kenji_mori"},
        },
    },
}


CAPTURE: Final[dict[str, Any]] = {
    "all that is left": {"summary": "Everything that was authorized", "value": {}},
    "a part": {"summary": "20.00, and more later", "value": {"amount": 2000, "final": False}},
}


REFUND: Final[dict[str, Any]] = {
    "a part": {
        "summary": "One of two books came back",
        "value": {"payment": "pay_01k8z0q4v3e7r9t2m5n6p8s1w4", "amount": 2500, "reason": "one book came back"},
    },
}


DISBURSEMENT: Final[dict[str, Any]] = {
    "relief by a city": {
        "summary": "The City of Alder pays Nora from its app",
        "value": {
            "sender": "snd_city_of_alder",
            "amount": 2500,
            "currency": "USD",
            "card": {"id": "card_nora_patel"},
            "channel": "mobile_app",
            "business_application": "GD",
            "recipient_name": "Nora Patel",
            "statement_text": "City of Alder, relief",
        },
    },
    "a claim paid by a company": {
        "summary": "An insurer pays Omar at the branch",
        "value": {
            "sender": "snd_brightwater",
            "amount": 120000,
            "currency": "USD",
            "card": {"id": "card_omar_diallo"},
            "channel": "bank_branch",
            "programme": "insurance_claim",
            "recipient_name": "Omar Diallo",
        },
    },
    "one person pays another": {
        "summary": "Ines pays Omar, with money from her bank account; who both are is asked for",
        "value": {
            "sender": "snd_ines_moreau",
            "amount": 1500,
            "currency": "USD",
            "card": {"id": "card_omar_diallo"},
            "channel": "mobile_app",
            "programme": "person_to_person",
            "source_of_funds": "deposit_account",
            "recipient": {"name": "Omar Diallo", "city": "Alder", "region": "OR", "country": "US"},
        },
    },
}

ELIGIBILITY: Final[dict[str, Any]] = {
    "a card of the sandbox": {
        "summary": "Nora's card: fast funds, push and pull allowed",
        "value": {"card": {"id": "card_nora_patel"}},
    },
    "winnings": {
        "summary": "A range to which no winnings may be pushed",
        "value": {"card": {"number": "4001741111111118"}, "business_application": "GP"},
    },
}

CARD_VALIDATION: Final[dict[str, Any]] = {
    "everything matches": {
        "summary": "Nora's card, CVV, address and name",
        "value": {
            "card": _NORA,
            "address": {"street": "12 Juniper Lane", "postal_code": "53001"},
            "name": {"first": "Nora", "last": "Patel"},
        },
    },
    "somebody else's": {
        "summary": "Nora's card, under a name that is not hers",
        "value": {"card": {"id": "card_nora_patel"}, "name": {"first": "Greta", "last": "Lindholm"}},
    },
}

PUSH_LIMIT: Final[dict[str, Any]] = {
    "what a card may receive": {
        "summary": "Any one card: 2,500.00 USD a push, 10 pushes a day, 20,000.00 USD a week",
        "value": {
            "per": "card",
            "currency": "USD",
            "transaction_amount": 250_000,
            "windows": [{"days": 1, "count": 10}, {"days": 7, "amount": 2_000_000}],
        },
    },
    "what a sender may pay out": {
        "summary": "The City of Alder: 5,000.00 USD a day of government disbursements, an event at 90 %",
        "value": {
            "per": "sender",
            "currency": "USD",
            "sender": "snd_city_of_alder",
            "programme": "government_disbursement",
            "windows": [{"days": 1, "amount": 500_000}],
        },
    },
}

_NORA_IN_PERSON: Final = {"name": "Nora Patel", "city": "Alder", "country": "US", "card": {"id": "card_nora_patel"}}

FUNDING: Final[dict[str, Any]] = {
    "a wallet filled": {
        "summary": "Brightwater takes 25.00 from Nora's card, for her wallet",
        "value": {
            "sender": "snd_brightwater",
            "amount": 2500,
            "currency": "USD",
            "card": {"id": "card_nora_patel"},
            "payer": {"name": "Nora Patel", "city": "Alder", "country": "US"},
            "channel": "mobile_app",
            "business_application": "FT",
        },
    },
}

TRANSFER: Final[dict[str, Any]] = {
    "Nora pays Omar": {
        "summary": "Pulled from Nora's card, pushed to Omar's",
        "value": {
            "sender": "snd_brightwater",
            "amount": 2500,
            "currency": "USD",
            "payer": _NORA_IN_PERSON,
            "recipient": {"name": "Omar Diallo", "card": {"id": "card_omar_diallo"}},
            "channel": "mobile_app",
            "statement_text": "the concert",
        },
    },
    "given back": {
        "summary": "Theo's card is blocked: the push is declined, and the pull reversed",
        "value": {
            "sender": "snd_brightwater",
            "amount": 2500,
            "currency": "USD",
            "payer": _NORA_IN_PERSON,
            "recipient": {"name": "Theo Marsh", "card": {"id": "card_theo_marsh"}},
            "channel": "mobile_app",
        },
    },
}

QUOTE: Final[dict[str, Any]] = {
    "dollars to euros": {
        "summary": "What 100.00 USD bring on Lucia's card",
        "value": {"sender": "snd_city_of_alder", "amount": 10000, "card": {"id": "card_lucia_ferri"}},
    },
    "so many yen": {
        "summary": "What it costs that 15,000 JPY arrive in Japan",
        "value": {
            "sender": "snd_city_of_alder",
            "recipient_amount": 15000,
            "recipient_country": "JP",
            "recipient_currency": "JPY",
        },
    },
}

RATE: Final[dict[str, Any]] = {
    "a new rate": {
        "summary": "A dollar is worth 0.95 euros from now on",
        "value": {"currency": "USD", "recipient_currency": "EUR", "rate": "0.95"},
    },
    "a rate from a day on": {
        "summary": "And 0.97 from 2030 on",
        "value": {
            "currency": "USD",
            "recipient_currency": "EUR",
            "rate": "0.97",
            "valid_from": "2030-01-01T00:00:00Z",
        },
    },
}

WIND: Final[dict[str, Any]] = {
    "to the next thing due": {"summary": "Whatever it is", "value": {"next": True}},
    "by a duration": {"summary": "Two days: cleared, settled, paid out", "value": {"seconds": 172_800}},
    "to an instant": {"summary": "The clock only goes forward", "value": {"to": "2030-01-02T10:30:00Z"}},
}


FAULT: Final[dict[str, Any]] = {
    "a lost reply": {
        "summary": "The acquirer never hears the answer, and reverses",
        "value": {
            "kind": "lose_reply",
            "sender": "harbor",
            "receiver": "opennet",
            "message": "authorization_request",
        },
    },
    "an unknown push": {
        "summary": "Nobody knows whether the money arrived, until somebody asks",
        "value": {"kind": "lose_reply", "receiver": "opennet", "message": "original_credit"},
    },
}

ADJUSTMENT: Final[dict[str, Any]] = {
    "a part": {
        "summary": "5.00 too much were sent",
        "value": {"disbursement": "dsb_01k8z0q4v3e7r9t2m5n6p8s1w4", "amount": 500},
    },
    "all that is left": {
        "summary": "It went to the wrong person",
        "value": {"disbursement": "dsb_01k8z0q4v3e7r9t2m5n6p8s1w4"},
    },
}

OUTCOME: Final[dict[str, Any]] = {
    "a decline": {
        "summary": "The next push to Nora is declined by her bank with 51",
        "value": {"outcome": "decline", "card": {"id": "card_nora_patel"}, "code": "51"},
    },
    "found out tomorrow": {
        "summary": "The city's next push is unknown for a day, then found paid",
        "value": {"outcome": "lost_then_approved", "sender": "snd_city_of_alder", "seconds": 86400},
    },
    "returned": {
        "summary": "Omar refuses whatever is pushed to him, an hour later",
        "value": {"outcome": "returned", "card": {"id": "card_omar_diallo"}, "seconds": 3600, "times": None},
    },
    "deferred": {
        "summary": "The network keeps the city's next three pushes for a day: time to cancel",
        "value": {"outcome": "deferred", "sender": "snd_city_of_alder", "seconds": 86400, "times": 3},
    },
}
