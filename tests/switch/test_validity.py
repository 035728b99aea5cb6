"""Authorization validity and capture tolerance, by scheme rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.switch.validity import authorization_expires_at, capture_limit, capture_tolerance_percent

DAY = 86_400_000_000
APPROVED_AT = 1_795_435_200_000_000

mccs = st.integers(0, 9999).map("{:04}".format)


@pytest.mark.parametrize(
    ("mcc", "card_present", "initiated_by", "estimated", "days"),
    [
        ("5814", True, "cardholder", False, 5),
        ("5999", False, "cardholder", False, 10),
        ("5999", False, "merchant", False, 5),
        ("7011", True, "cardholder", True, 30),
        ("7011", True, "cardholder", False, 5),
        ("7512", False, "merchant", True, 30),
        ("3351", True, "cardholder", True, 30),
        ("3999", True, "cardholder", True, 30),
        ("4411", False, "cardholder", True, 30),
        ("3350", True, "cardholder", True, 5),
        ("5999", False, "cardholder", True, 10),
    ],
)
def test_an_authorization_lasts_as_the_rule_says(
    mcc: str, card_present: bool, initiated_by: str, estimated: bool, days: int
) -> None:
    expires_at = authorization_expires_at(APPROVED_AT, mcc, card_present, initiated_by, estimated)
    assert expires_at - APPROVED_AT == days * DAY


def test_an_unknown_initiator_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        authorization_expires_at(APPROVED_AT, "5999", False, "issuer", False)


@given(st.integers(0, 2**52), mccs, st.booleans(), st.sampled_from(["cardholder", "merchant"]))
def test_an_estimate_never_shortens_an_authorization(
    approved_at: int, mcc: str, card_present: bool, initiated_by: str
) -> None:
    final = authorization_expires_at(approved_at, mcc, card_present, initiated_by, False)
    estimated = authorization_expires_at(approved_at, mcc, card_present, initiated_by, True)
    assert approved_at < final <= estimated <= approved_at + 30 * DAY


@pytest.mark.parametrize(
    ("mcc", "percent"),
    [
        ("5812", 20),
        ("5813", 20),
        ("5814", 20),
        ("4121", 20),
        ("7230", 20),
        ("7011", 15),
        ("7512", 15),
        ("4411", 15),
    ]
    + [(mcc, 0) for mcc in ("5411", "5542", "5815", "5811", "3350", "4000", "7010")],
)
def test_tolerance_goes_by_merchant_category(mcc: str, percent: int) -> None:
    assert capture_tolerance_percent(mcc) == percent


def test_a_tip_fits_within_a_fifth_of_the_bill_rounded_down() -> None:
    assert capture_limit(5841, "5812") == 7009
    assert capture_limit(5841, "5411") == 5841


@given(st.integers(1, 10**12), mccs)
def test_the_limit_is_never_above_the_rule_nor_below_the_authorization(amount: int, mcc: str) -> None:
    limit = capture_limit(amount, mcc)
    assert amount <= limit
    assert (limit - amount) * 100 <= amount * capture_tolerance_percent(mcc)
