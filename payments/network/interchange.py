"""What a presentment costs, and what a refund gives back of that."""

from typing import NamedTuple

from payments.kit.clock import day
from payments.kit.money import share
from payments.kit.work import Work
from payments.network import pricing
from payments.network.item import SALE
from payments.network.network import Network
from payments.network.presentment import CLEARED, Presentment
from payments.switch import message as wire
from payments.switch.codes import INVALID_AMOUNT, INVALID_TRANSACTION, RECORD_NOT_FOUND
from payments.switch.directory import UnknownBin
from payments.switch.message import RefundPresentment
from payments.switch.validity import card_present


class Price(NamedTuple):
    """What an item costs in minor units, or the ``refusal`` (a response code) of one that cannot be cleared."""

    interchange_amount: int = 0
    scheme_fee_amount: int = 0
    programme: str = ""
    rate: str = ""
    refusal: str = ""


def price_of_sale(work: Work, network: Network, sale: wire.Presentment) -> Price:
    """Price a sale by its card's range, how the card was read, the merchant's category and the day."""
    try:
        found = network.switch.directory.bin_of(sale.card.number)
        card = pricing.CardProduct(found.product, found.region, bool(found.regulated))
        present = card_present(sale.card.entry_mode)
        priced = pricing.Priced(sale.amount, sale.currency, present, sale.acceptor.mcc, day(work.now))
        interchange, scheme_fee = pricing.interchange(card, priced), pricing.scheme_fee(card, priced)
    except (UnknownBin, pricing.NoFeeProgramme):
        return Price(refusal=INVALID_TRANSACTION)
    return Price(interchange.amount, scheme_fee.amount, interchange.programme, interchange.rate)


def price_of_refund(work: Work, refund: RefundPresentment) -> Price:
    """Set aside what of its sale, and of the sale's interchange, a refund gives back; there is no fee on it.

    Part of a step that has declared to find, and to lock, the sale by its ARN.
    """
    sale = work.find(Presentment, "arn", refund.original_arn)
    if sale is None or sale.status != CLEARED or sale.type != SALE or sale.acquirer != refund.sender:
        return Price(refusal=RECORD_NOT_FOUND)
    refunded = sale.refunded_amount + refund.amount
    if refunded > sale.amount or refund.currency != sale.currency:
        return Price(refusal=INVALID_AMOUNT)
    # After a rejected refund the parts given back may be a cent ahead of the whole; the next one waits for it.
    returned = max(sale.returned_amount, share(sale.interchange_amount, refunded, sale.amount))
    work.change(sale, refunded_amount=refunded, returned_amount=returned)
    return Price(returned - sale.returned_amount, 0, sale.programme, sale.rate)


def take_back_refund(work: Work, rejected: Presentment) -> None:
    """Undo what ``price_of_refund`` set aside for a refund that was ``rejected``; for a sale there is nothing."""
    sale = work.find(Presentment, "arn", rejected.original_arn)
    if sale is not None:
        refunded = sale.refunded_amount - rejected.amount
        returned = sale.returned_amount - rejected.interchange_amount
        work.change(sale, refunded_amount=refunded, returned_amount=returned)
