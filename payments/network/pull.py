"""Pulls as the network keeps them: written down with their price, cleared, answered."""

from payments.kit.clock import day
from payments.kit.lifecycle import announce
from payments.kit.work import Work
from payments.ledger.entry import book
from payments.network import pricing
from payments.network.item import ACCOUNT_FUNDING, postings, record_item
from payments.network.network import Network
from payments.network.transaction import ANSWERED, FORWARDED, Transaction, trace_of
from payments.switch.codes import APPROVED, INVALID_TRANSACTION
from payments.switch.directory import Bin
from payments.switch.funding_message import AccountFunding, AccountFundingReply
from payments.switch.numbers import network_number
from payments.switch.switch import REPLY_WITHIN
from payments.switch.validity import card_present


def record_pull(work: Work, network: Network, pull: AccountFunding) -> Transaction:
    """Number, price and write down a pull; what nothing prices is declined (12). Part of the step that takes it in."""
    to = network.switch.directory.bin_of(pull.card.number)
    priced = _price(work, to, pull)
    interchange, scheme_fee = priced or (0, 0)
    transaction = Transaction(
        id=work.new_id(Transaction.prefix),
        trace=trace_of(pull),
        network_id=network_number(network.ids.session, work.next_number()),
        type=ACCOUNT_FUNDING,
        acquirer=pull.sender,
        issuer=to.issuer,
        amount=pull.amount,
        currency=pull.currency,
        card_masked=pull.card.number.masked,
        reference=pull.rrn,
        created_at=work.now,
        writer=work.writer,
        status=FORWARDED if priced else ANSWERED,
        answer_due_at=work.now + REPLY_WITHIN if priced else None,
        response_code="" if priced else INVALID_TRANSACTION,
        decided_by="" if priced else network.id,
        interchange_amount=interchange,
        scheme_fee_amount=scheme_fee,
    )
    if not priced:
        announce(work, transaction, {"response_code": INVALID_TRANSACTION})
    return work.add(transaction)


def _price(work: Work, to: Bin, pull: AccountFunding) -> tuple[int, int] | None:
    """Return interchange and scheme fee in minor units, as of a sale; ``None`` when nothing prices such a card."""
    product = pricing.CardProduct(to.product, to.region, bool(to.regulated))
    present = card_present(pull.card.entry_mode)
    priced = pricing.Priced(pull.amount, pull.currency, present, pull.acceptor.mcc, day(work.now))
    try:
        return pricing.interchange(product, priced).amount, pricing.scheme_fee(product, priced).amount
    except pricing.NoFeeProgramme:
        return None


def clear(work: Work, network: Network, transaction: Transaction) -> str:
    """Book an approved pull as an item, and return the window it settles in."""
    item = record_item(
        work,
        network,
        ACCOUNT_FUNDING,
        transaction.reference,
        acquirer=transaction.acquirer,
        issuer=transaction.issuer,
        currency=transaction.currency,
        amount=transaction.amount,
        interchange_amount=transaction.interchange_amount,
        scheme_fee_amount=transaction.scheme_fee_amount,
    )
    book(work, "pull", transaction.reference, *postings(work, item))
    return item.window


def answer(work: Work, network: Network, transaction: Transaction) -> AccountFundingReply:
    """Return the answer a pull was given, for whoever asked or asks again; a reversed one is declined (12)."""
    cleared = transaction.status == ANSWERED and transaction.response_code == APPROVED
    refused = "" if transaction.response_code == APPROVED else transaction.response_code
    return AccountFundingReply(
        sender=network.id,
        receiver=transaction.acquirer,
        stan=transaction.trace.rpartition(".")[2],
        rrn=transaction.reference,
        transmitted_at=work.now,
        code=APPROVED if cleared else refused or INVALID_TRANSACTION,
        decided_by=transaction.decided_by or network.id,
        network_id=transaction.network_id,
        amount=transaction.amount,
        currency=transaction.currency,
        approval_code=transaction.approval_code if cleared else "",
        window=transaction.window if cleared else "",
        interchange_amount=transaction.interchange_amount if cleared else 0,
        scheme_fee_amount=transaction.scheme_fee_amount if cleared else 0,
    )
