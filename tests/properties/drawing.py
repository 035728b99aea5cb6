"""Games: how lists of moves are drawn, what is common in life coming often and what lies about a limit too."""

from __future__ import annotations

from hypothesis import strategies as st

from payments.kit.clock import DAY, HOUR, MINUTE
from payments.seed.people import PEOPLE
from payments.seed.places import PAYERS, SHOPS
from payments.switch.faults import KINDS
from payments.switch.outcome import OUTCOMES
from tests.properties.moves import (
    Adjust,
    Ask,
    Block,
    Break,
    Cancel,
    Capture,
    CaptureWithTip,
    Convert,
    Crash,
    Decide,
    Deposit,
    Enquire,
    Move,
    Pay,
    PayOut,
    Push,
    Refund,
    Stage,
    Together,
    TopUp,
    Void,
    Wind,
    WindToNext,
)

MESSAGES = (
    *("", "authorization_request", "reversal", "presentment", "refund_presentment", "original_credit", "enquiry"),
    *("settlement_instruction", "settlement_advice", "pay_merchant", "funds_received", "quote_request"),
    *("cancellation", "original_credit_advice", "original_credit_return", "adjustment"),
)
HOPS = (("", ""), ("", "opennet"), ("opennet", ""), ("", "coastline"), ("harbor", ""), ("", "reserve_bank"))

# Nora has 412.18, Ada may pay 50.00 at once, Greta has a limit of 5,000.00: what lies about these comes often.
small = st.integers(1, 40_00)
limits = st.sampled_from((50_00, 50_01, 206_09, 206_10, 412_17, 412_18, 412_19, 5_000_00, 5_000_01, 10_000_00))
amounts = st.one_of(small, small, small, limits)
maybe_amounts = st.none() | amounts
percents = st.sampled_from((0, 100, 50, 30, 1, 101))
newest = st.sampled_from((0, 0, 0, 1, 2))
people = st.sampled_from((*(PEOPLE[0], PEOPLE[5], PEOPLE[6]) * 5, *PEOPLE[:8]))


purchases = st.builds(
    Pay,
    amounts,
    people,
    st.sampled_from((*SHOPS[:2] * 3, SHOPS[2])),
    captured=st.booleans(),
    entry_mode=st.sampled_from(("07", "81")),
    cvv=st.sampled_from((*("",) * 10, "123", "999")),
    currency=st.sampled_from((*("",) * 15, "EUR")),
)
captures = st.builds(Capture, percents, st.booleans(), newest)
tips = st.builds(CaptureWithTip, st.sampled_from((20, 1, 21)), st.booleans(), newest)
voids = st.builds(Void, newest)
refunds = st.builds(Refund, percents, newest)
pushes = st.builds(Push, amounts, people, st.sampled_from(PAYERS), st.sampled_from((False, False, False, True)))
decisions = st.builds(Decide, st.booleans(), newest)
asked = st.builds(Ask, amounts, st.sampled_from(PEOPLE[7:]), st.sampled_from(PAYERS), st.booleans())
conversions = st.builds(Convert, newest, st.sampled_from((*PEOPLE[7:] * 3, PEOPLE[0])))
enquiries = st.builds(Enquire, newest)
stagings = st.builds(Stage, st.sampled_from([*OUTCOMES]), people, st.sampled_from((None, 60, 3600, 90_000)))
cancellations = st.builds(Cancel, newest)
adjustments = st.builds(Adjust, percents, newest)
deposits = st.builds(Deposit, amounts, people)
top_ups = st.builds(TopUp, amounts, st.sampled_from(PAYERS))
payouts = st.builds(PayOut, maybe_amounts, st.sampled_from(SHOPS[:2]))
blocks = st.builds(Block, people, st.booleans())
nexts = st.builds(WindToNext)
durations = st.builds(Wind, st.sampled_from((MINUTE, HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY)))
breaks = st.builds(
    Break, st.sampled_from(KINDS), st.sampled_from(MESSAGES), st.sampled_from(HOPS), st.sampled_from((1, 2, 3, 40))
)

Moves = st.SearchStrategy[Move]


def weighted(*choices: tuple[int, Moves]) -> Moves:
    """One of several, each as often as its weight says."""
    return st.sampled_from([each for weight, each in choices for _ in range(weight)]).flatmap(lambda each: each)


flows = weighted(
    *((6, purchases), (6, captures), (2, tips), (1, voids), (4, refunds), (4, pushes), (1, enquiries), (2, decisions)),
    *((6, purchases), (6, captures), (2, tips), (1, voids), (4, refunds), (4, pushes), (1, enquiries)),
    *((2, asked), (2, conversions)),
    *((1, deposits), (1, top_ups), (1, payouts), (1, blocks)),
    *((3, stagings), (1, cancellations), (2, adjustments)),
)
at_once = st.lists(weighted((6, flows), (1, nexts)), min_size=2, max_size=4).map(tuple)
anything = weighted(
    *((16, flows), (2, nexts), (2, durations), (4, breaks)),
    *((1, st.builds(Together, at_once)), (1, st.builds(Crash, at_once, st.integers(1, 12)))),
)
parts = st.builds(lambda first, then: first + then, st.lists(purchases, max_size=3), st.lists(anything, max_size=8))
games = st.lists(parts, min_size=1, max_size=5).map(lambda played: [move for each in played for move in each])
"""Lists of moves, in parts because a list of lists is drawn longer than a list, and shrinks as well."""
