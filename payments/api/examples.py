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
            "business_application": "FD",
            "recipient_name": "Omar Diallo",
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
