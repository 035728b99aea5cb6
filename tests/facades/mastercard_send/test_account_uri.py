"""Account URIs are read strictly and never shown whole."""

from __future__ import annotations

import pytest

from payments.facades.mastercard_send.account_uri import InvalidAccountUri, read_uri

CARD = "5102589999999913"


@pytest.mark.parametrize(
    ("text", "masked", "expiry"),
    [
        (f"pan:{CARD}", "pan:************9913", ""),
        (f"pan:{CARD};exp=2050-02", "pan:************9913", "5002"),
        (f"pan:{CARD};exp=2050-02;cvc=123", "pan:************9913", "5002"),
        (f"pan:{CARD};cvc=123", "pan:************9913", ""),
        ("raw:1234567890123456", "raw:************3456", ""),
        ("raw:12345678", "raw:********", ""),
        ("raw:#CASH", "raw:#CASH", ""),
        ("raw:#NA", "raw:#NA", ""),
        ("manual_entry_alias:123456789012", "manual_entry_alias:********9012", ""),
        ("mappingId:0123456789abcdef0123456789abcdef", f"mappingId:{'*' * 28}cdef", ""),
        ("iban:DE89370400440532013000", f"iban:{'*' * 18}3000", ""),
    ],
)
def test_a_uri_is_read_and_masked(text: str, masked: str, expiry: str) -> None:
    uri = read_uri(text)
    assert (uri.masked, uri.expiry) == (masked, expiry)
    assert text.partition(":")[2].partition(";")[0] not in repr(uri) or text.startswith("raw:#")


@pytest.mark.parametrize(
    "text",
    [
        *("", "ABC", CARD, "pan:", f"PAN:{CARD}", f" pan:{CARD}", f"pan:{CARD} ", f"pan:{CARD}\n", f"pan:{CARD};"),
        *(
            "pan:5102589999999914",
            "pan:510258999999991",
            "pan:51025899999999130",
            "pan:５102589999999913",
        ),
        *(f"pan:{CARD};exp=2050-2", f"pan:{CARD};exp=50-02", f"pan:{CARD};exp=2050-00", f"pan:{CARD};exp=1999-01"),
        *(f"pan:{CARD};cvc=12", f"pan:{CARD};cvc=1234", f"pan:{CARD};cvc=123;exp=2050-02", f"pan:{CARD};pin=1234"),
        *("raw:", "raw:" + "1" * 51, "raw:#GOLD", "manual_entry_alias:123", "mappingId:short", "iban:de00", "nope:1"),
    ],
)
def test_anything_else_is_no_uri(text: str) -> None:
    with pytest.raises(InvalidAccountUri) as raised:
        read_uri(text)
    assert CARD not in str(raised.value)
