"""Hypothesis strategies: one for each card message, within what the network specification allows."""

from typing import Any, Final

from hypothesis import strategies as st

from payments.kit.secrets import CardNumber, Secret
from payments.network.rate import decimal
from payments.switch import funding_message as f
from payments.switch import message as m
from payments.switch import push_message as p
from payments.switch.quote_message import QuoteReply, QuoteRequest

CURRENCIES: Final = st.sampled_from(["USD", "EUR", "JPY", "BHD", "CHF", "ALL"])
# 1970 to 2100, in microseconds.
INSTANTS: Final = st.integers(0, 4_102_444_800_000_000)
AMOUNTS: Final = st.integers(0, 10**12 - 1)
SIGNED_AMOUNTS: Final = st.integers(1 - 10**12, 10**12 - 1)
# Any script, any control character: no more than what eight of them in one element leave room for.
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORDS: Final = st.from_regex(r"[a-z_]{0,20}", fullmatch=True)
IDS: Final = st.from_regex(r"[0-9]{1,12}|[a-z]{1,4}_[0-9a-z]{1,26}|", fullmatch=True)
FLAGS: Final = st.booleans()


def _digits(shortest: int, longest: int | None = None) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=shortest, max_size=longest or shortest)


STANS: Final = _digits(6)
NETWORK_IDS: Final = st.just("") | _digits(15)
APPROVAL_CODES: Final = st.just("") | st.from_regex(r"[A-Z0-9]{6}", fullmatch=True)
NUMBERS: Final = st.builds(CardNumber, _digits(12, 19))
CVVS: Final = st.builds(Secret, _digits(3, 4))
EXPIRIES: Final = st.just("") | st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])", fullmatch=True)
ACCEPTORS: Final = st.builds(
    m.CardAcceptor,
    merchant=IDS,
    name=TEXTS,
    city=TEXTS,
    country=st.sampled_from(["US", "CH", "XK"]) | TEXTS,
    mcc=_digits(4),
    terminal=IDS,
)
PARTIES: Final = st.builds(
    m.Party,
    name=TEXTS,
    address=TEXTS,
    city=TEXTS,
    country=TEXTS,
    reference=st.from_regex(r"[ -~]{0,16}"),
    region=TEXTS,
    postal_code=TEXTS,
    kind=st.sampled_from(["consumer", "organization", ""]),
)
TOTALS: Final = st.builds(m.Totals, currency=CURRENCIES, due_to_network=AMOUNTS, due_from_network=AMOUNTS)


def cards(cvvs: st.SearchStrategy[Secret | None]) -> st.SearchStrategy[m.PresentedCard]:
    """Return cards as they are presented, with one of ``cvvs``."""
    return st.builds(m.PresentedCard, number=NUMBERS, expiry=EXPIRIES, cvv=cvvs, entry_mode=_digits(2))


KEPT_CARDS: Final = cards(st.none())
PRESENTED_CARDS: Final = cards(st.none() | CVVS)

_TRACE: Final[dict[str, st.SearchStrategy[Any]]] = {
    "sender": IDS,
    "receiver": IDS,
    "stan": STANS,
    "rrn": st.from_regex(r"[A-Z0-9]{12}", fullmatch=True),
    "transmitted_at": INSTANTS,
    "network_id": NETWORK_IDS,
}
_MESSAGE: Final = _TRACE | {"acquirer": IDS}
_REPLY: Final = _TRACE | {"code": st.sampled_from(["00", "05", "51", "N7"]), "decided_by": IDS}
_MONEY: Final[dict[str, st.SearchStrategy[Any]]] = {"amount": AMOUNTS, "currency": CURRENCIES}
_SALE: Final = _MESSAGE | _MONEY | {"card": KEPT_CARDS, "acceptor": ACCEPTORS}
_ORIGINAL: Final[dict[str, st.SearchStrategy[Any]]] = {
    "original_stan": STANS,
    "original_transmitted_at": INSTANTS,
}
_PRICED: Final[dict[str, st.SearchStrategy[Any]]] = {"window": TEXTS, "interchange_amount": SIGNED_AMOUNTS}
# As DE 10 can carry it: seven digits, of which up to nine are decimals.
RATES: Final = st.builds(decimal, st.integers(1, 10**7 - 1), st.integers(0, 9))
_CONVERTED: Final[dict[str, st.SearchStrategy[Any]]] = {
    "billing_amount": AMOUNTS,
    "billing_currency": CURRENCIES,
    "rate": RATES | st.just(""),
}
_COUNTRIES: Final = st.sampled_from(["US", "IT", ""])
_ARN: Final = {"arn": _digits(23)}
_RELEASED: Final = {"release_at": INSTANTS}
_REPLIED: Final = _MONEY | _PRICED | {"approval_code": APPROVAL_CODES, "scheme_fee_amount": AMOUNTS}
_CREDITED: Final = _REPLY | _REPLIED | _CONVERTED | _RELEASED
_KNOWN: Final = {"network_id": _digits(15)}

_UNDOING: Final = _SALE | _ORIGINAL | _PRICED | {"reason": st.sampled_from(["4000", "4021"]), "repeat": FLAGS}

ORIGINAL_REPLIES: Final = st.builds(m.OriginalCreditReply, **_CREDITED)

# Every card message there is; a test sees to it that none is missing.
MESSAGES: Final[dict[type[m.Message | m.Reply], st.SearchStrategy[Any]]] = {
    m.AuthorizationRequest: st.builds(m.AuthorizationRequest, **_SALE | {"card": PRESENTED_CARDS}),
    m.AuthorizationReply: st.builds(m.AuthorizationReply, **_REPLY | _MONEY | {"approval_code": APPROVAL_CODES}),
    m.Reversal: st.builds(
        m.Reversal,
        **_SALE | _ORIGINAL,
        reason=st.sampled_from(["4000", "4021"]),
        replacement_amount=AMOUNTS,
        repeat=FLAGS,
    ),
    m.ReversalReply: st.builds(m.ReversalReply, **_REPLY),
    m.Presentment: st.builds(
        m.Presentment, **_SALE | _ARN | _PRICED, approval_code=APPROVAL_CODES, final=FLAGS, repeat=FLAGS
    ),
    m.RefundPresentment: st.builds(
        m.RefundPresentment, **_SALE | _ARN | _PRICED, original_arn=_digits(23), repeat=FLAGS
    ),
    m.PresentmentReply: st.builds(m.PresentmentReply, **_REPLY | _MONEY | _ARN | _PRICED, scheme_fee_amount=AMOUNTS),
    m.OriginalCredit: st.builds(
        m.OriginalCredit,
        **_SALE | _PRICED | _RELEASED | _CONVERTED | {"card": PRESENTED_CARDS},
        quote=IDS,
        business_application=st.sampled_from(["AA", "PP", "FD", ""]),
        channel=WORDS,
        payer=PARTIES,
        recipient=PARTIES,
        source_of_funds=WORDS | st.just("prefunded"),
        statement_text=TEXTS,
    ),
    m.OriginalCreditReply: ORIGINAL_REPLIES,
    m.Enquiry: st.builds(m.Enquiry, **_MESSAGE | _ORIGINAL),
    m.EnquiryReply: st.builds(m.EnquiryReply, **_REPLY, original=st.none() | ORIGINAL_REPLIES),
    m.SettlementAdvice: st.builds(
        m.SettlementAdvice,
        **_MESSAGE,
        window=TEXTS,
        totals=st.lists(TOTALS, max_size=4).map(tuple),
    ),
    QuoteRequest: st.builds(
        QuoteRequest,
        **_MESSAGE | _MONEY,
        billing_amount=AMOUNTS,
        billing_currency=CURRENCIES,
        payer_country=_COUNTRIES,
        recipient_country=_COUNTRIES,
    ),
    QuoteReply: st.builds(
        QuoteReply,
        **_REPLY | _MONEY | _CONVERTED,
        mid_rate=RATES | st.just(""),
        margin_basis_points=AMOUNTS,
        margin_amount=AMOUNTS,
        quote=IDS,
        quote_expires_at=INSTANTS,
        requires=TEXTS,
    ),
    m.SettlementAdviceReply: st.builds(m.SettlementAdviceReply, **_REPLY),
    p.Cancellation: st.builds(p.Cancellation, **_MESSAGE | _ORIGINAL),
    p.CancellationReply: st.builds(p.CancellationReply, **_REPLY),
    p.OriginalCreditAdvice: st.builds(
        p.OriginalCreditAdvice, **_SALE | _REPLIED | _CONVERTED | {"code": _REPLY["code"], "decided_by": IDS}
    ),
    p.OriginalCreditAdviceReply: st.builds(p.OriginalCreditAdviceReply, **_REPLY | _MONEY),
    p.OriginalCreditReturn: st.builds(
        p.OriginalCreditReturn, **_MESSAGE | _MONEY | _CONVERTED | _KNOWN, reason=st.just(p.CREDIT_NOT_ACCEPTED)
    ),
    p.OriginalCreditReturnReply: st.builds(p.OriginalCreditReturnReply, **_REPLY, window=TEXTS),
    p.Adjustment: st.builds(p.Adjustment, **_SALE | _CONVERTED, reason=st.just(p.ORIGINAL_CREDIT_ADJUSTMENT)),
    p.AdjustmentReply: st.builds(p.AdjustmentReply, **_REPLY | _MONEY, window=TEXTS),
    f.AccountFunding: st.builds(
        f.AccountFunding,
        **_SALE | _PRICED | {"card": PRESENTED_CARDS},
        business_application=st.sampled_from(["AA", "PP", "FT", ""]),
        channel=WORDS,
        payer=PARTIES,
        recipient=PARTIES,
    ),
    f.AccountFundingReply: st.builds(f.AccountFundingReply, **_REPLY | _REPLIED),
    f.FundingReversal: st.builds(f.FundingReversal, **_UNDOING),
    f.FundingReversalReply: st.builds(f.FundingReversalReply, **_REPLY | _MONEY | _PRICED, scheme_fee_amount=AMOUNTS),
    f.FundingAdjustment: st.builds(f.FundingAdjustment, **_UNDOING),
    f.FundingAdjustmentReply: st.builds(
        f.FundingAdjustmentReply, **_REPLY | _MONEY | _PRICED, scheme_fee_amount=AMOUNTS
    ),
}
ANY_MESSAGE: Final = st.one_of(*MESSAGES.values())
