"""Issuing: putting a card into a cardholder's hand, and blocking and unblocking it."""

from dataclasses import dataclass
from typing import Final

from payments.issuer.account import Account, get_account
from payments.issuer.card import ACTIVE, Card, cvv_fingerprint
from payments.issuer.issuer import Issuer
from payments.kit.errors import NotFound, Refusal
from payments.kit.lifecycle import advance, announce
from payments.kit.secrets import CardNumber, Secret
from payments.kit.work import Work
from payments.switch.directory import Bin
from payments.switch.numbers import luhn_digit

_NUMBER_LENGTH: Final = 16


class NoCardRange(Refusal):
    """This bank has no range of card numbers for such an account."""


class NotItsCardNumber(Refusal):
    """This card number does not belong to the bank that is to issue it."""


class CardNumberTaken(Refusal):
    """There is a card with this number already."""


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """A new card with what is printed on it: number and CVV are known this once and never shown again."""

    card: Card
    number: CardNumber
    cvv: Secret


def issue_card(
    work: Work,
    issuer: Issuer,
    account_id: str,
    number: CardNumber | None,
    expiry: str,
    cvv: Secret | None,
    transaction_limit: int | None = None,
    card_id: str | None = None,
) -> IssuedCard:
    """Issue a card on an account; a step. ``expiry`` is YYMM.

    Number and CVV are made up when they are not given. Raises ``NotFound``, ``NoCardRange``,
    ``NotItsCardNumber`` and ``CardNumberTaken``.
    """
    account = get_account(work, issuer, account_id)
    vault = issuer.world.vault
    number = _free_number(work, issuer, account) if number is None else _checked(work, issuer, account, number)
    cvv = cvv or _derived_cvv(issuer, number)
    card = Card(
        id=card_id or work.new_id(Card.prefix),
        issuer=issuer.id,
        account=account.id,
        fingerprint=vault.fingerprint(number),
        number_encrypted=vault.encrypt(number),
        number_masked=number.masked,
        cvv_fingerprint=cvv_fingerprint(vault, number, cvv),
        expiry=expiry,
        created_at=work.now,
        status=ACTIVE,
        transaction_limit=transaction_limit,
    )
    announce(work, card, {"account": account.id, "number": number.masked, "expiry": expiry})
    return IssuedCard(work.add(card), number, cvv)


def get_card(work: Work, issuer: Issuer, card_id: str) -> Card:
    """Return a card of ``issuer``, in a cold step. Raises ``NotFound``, for another bank's card too."""
    found = work.get(Card, card_id)
    if found.issuer != issuer.id:
        raise NotFound(f"{issuer.name} has no card {card_id}.")
    return found


def block_card(work: Work, issuer: Issuer, card_id: str) -> Card:
    """Block a card: whatever it asks for is declined (62). Raises ``NotFound`` and ``MoveNotAllowed``."""
    return advance(work, get_card(work, issuer, card_id), "block")


def unblock_card(work: Work, issuer: Issuer, card_id: str) -> Card:
    """Let a blocked card pay again. Raises ``NotFound`` and ``MoveNotAllowed``."""
    return advance(work, get_card(work, issuer, card_id), "unblock")


def _checked(work: Work, issuer: Issuer, account: Account, number: CardNumber) -> CardNumber:
    own = issuer.switch.directory.bin_of(number)
    if (own.issuer, own.currency) != (issuer.id, account.currency):
        raise NotItsCardNumber(f"Choose a number from one of {issuer.name}'s own ranges in {account.currency}.")
    if _taken(work, issuer, number):
        raise CardNumberTaken(f"{number.masked} is issued: choose another number, or leave the choice to the bank.")
    return number


def _free_number(work: Work, issuer: Issuer, account: Account) -> CardNumber:
    """Return the next number of the account's range that no card has."""
    prefix = _range_for(issuer, account).bin
    digits = _NUMBER_LENGTH - len(prefix) - 1
    while True:
        body = f"{prefix}{work.next_number() % 10**digits:0{digits}d}"
        number = CardNumber(body + luhn_digit(body))
        if not _taken(work, issuer, number):
            return number


def _range_for(issuer: Issuer, account: Account) -> Bin:
    """Return the issuer's range for the account's product and currency: the network goes by the range's currency."""
    kind = issuer.id, account.product, account.currency
    own = [each for each in issuer.switch.directory.bins.values() if (each.issuer, each.product, each.currency) == kind]
    if not own:
        raise NoCardRange(f"{issuer.name} issues no {account.product} cards in {account.currency}.")
    return min(own, key=lambda each: each.bin)


def _taken(work: Work, issuer: Issuer, number: CardNumber) -> bool:
    return work.find(Card, "fingerprint", issuer.world.vault.fingerprint(number)) is not None


def _derived_cvv(issuer: Issuer, number: CardNumber) -> Secret:
    # Three digits that only the holder of the vault's key can work out, as a real CVV is.
    derived = issuer.world.vault.fingerprint(Secret(f"cvv of {number.reveal()}"))
    return Secret(f"{int(derived[:12], 16) % 1000:03d}")
