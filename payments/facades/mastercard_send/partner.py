"""Partners: who may come in through this door, for which sender of ours, and with which keys."""

from collections.abc import Sequence
from typing import ClassVar, Final

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import Index

from payments.acquirer.sender import Sender
from payments.kit.database import fetch
from payments.kit.errors import Refusal
from payments.kit.records import Key, Mutable, Record, record
from payments.kit.work import Work
from payments.kit.world import Institution

DEMO_PARTNERS: Final = {
    "ptnr_BEeCrYJHh2BXTXPy_PEtp-8DBOo": "snd_brightwater",
    "ptnr_city_of_alder_0000000000001": "snd_city_of_alder",
    "ptnr_blue_door_books_00000000001": "snd_blue_door_books",
}
"""The partners of every new world, and for whom each sends. The first id is the one in Mastercard's documentation."""


class NotAPublicKey(Refusal):
    """This is no RSA public key or certificate in PEM."""


class PartnerTaken(Refusal):
    """There is a partner with this id already."""


class ConsumerKeyTaken(Refusal):
    """There is such a consumer key already."""


@record("mastercard_send_partners", fixed=True)
class Partner(Record):
    """A partner: everything that comes in under its id is done for ``sender``, a sender of ``acquirer``.

    ``networks`` are those whose cards it may pay (words, '' any).
    """

    noun: ClassVar[str] = "partner"
    prefix: ClassVar[str] = "ptnr"

    id: Key[str]
    acquirer: str
    sender: str
    currency: str
    networks: str
    created_at: int

    def onboarded(self, brand: str) -> bool:
        """Tell whether it may pay the cards of a network."""
        return not self.networks or brand in self.networks.split()


@record("mastercard_send_consumer_keys", Index(None, "partner"))
class ConsumerKey(Record):
    """A consumer key of a partner, with the public key (PEM) that its requests are signed for.

    ``encryption_key`` (PEM, '' none) is the public key to which answers in Send 2.0 are encrypted; with one, requests
    must be encrypted as well. ``disabled_at`` is set once it counts no more.
    """

    noun: ClassVar[str] = "consumer_key"

    id: Key[str]
    partner: str
    public_key: str
    encryption_key: str
    created_at: int
    disabled_at: Mutable[int | None] = None


def open_partner(work: Work, _: Institution, partner_id: str, sender_id: str, networks: Sequence[str] = ()) -> Partner:
    """Take on a partner (a step). Raises ``NotFound`` and ``PartnerTaken``."""
    if work.get_or_none(Partner, partner_id):
        raise PartnerTaken("Choose another id.")
    return _opened(work, partner_id, work.get(Sender, sender_id), networks)


def open_demo_partners(work: Work, _: Institution) -> None:
    """Take on the partners one starts with, unless they are there (a step)."""
    for partner_id, sender_id in DEMO_PARTNERS.items():
        sender = work.get_or_none(Sender, sender_id)
        if sender and not work.get_or_none(Partner, partner_id):
            _opened(work, partner_id, sender)


def _opened(work: Work, partner_id: str, sender: Sender, networks: Sequence[str] = ()) -> Partner:
    work.emit("mastercard_send.partner_opened", partner_id, "", {"sender": sender.id})
    return work.add(Partner(partner_id, sender.acquirer, sender.id, sender.currency, " ".join(networks), work.now))


def register_key(
    work: Work, _: Institution, key: str, partner_id: str, public_key: str, encryption_key: str
) -> ConsumerKey:
    """Register a consumer key (a step). Raises ``NotFound``, ``ConsumerKeyTaken`` and ``NotAPublicKey``."""
    partner = work.get(Partner, partner_id)
    if work.get_or_none(ConsumerKey, key):
        raise ConsumerKeyTaken("Choose another one.")
    for each in (public_key, encryption_key):
        if each:
            rsa_key(each)
    work.emit("mastercard_send.key_registered", partner.id, "", {"encrypts": bool(encryption_key)})
    return work.add(ConsumerKey(key, partner.id, public_key, encryption_key, work.now))


def disable_key(work: Work, _: Institution, key: str) -> ConsumerKey:
    """Disable a consumer key for good (a step). Raises ``NotFound``."""
    known = work.get(ConsumerKey, key)
    if known.disabled_at is not None:
        return known
    work.emit("mastercard_send.key_disabled", known.partner, "", {})
    return work.change(known, disabled_at=work.now)


def rsa_key(pem: str) -> RSAPublicKey:
    """Return the RSA key in a public key or certificate. Raises ``NotAPublicKey``."""
    try:
        read = pem.encode("ascii")
        if "BEGIN CERTIFICATE" in pem:
            key = x509.load_pem_x509_certificate(read).public_key()
        else:
            key = load_pem_public_key(read)  # type: ignore[assignment]
    except ValueError:
        raise NotAPublicKey("Send an RSA public key or certificate in PEM.") from None
    if not isinstance(key, RSAPublicKey):
        raise NotAPublicKey("Send an RSA key: requests are signed with RSA-SHA256.")
    return key


def find_partner(connection: sa.Connection, partner_id: str) -> tuple[Partner | None, list[ConsumerKey]]:
    """Return a partner, and its consumer keys that count."""
    partners, keys = Partner.table(), ConsumerKey.table()
    found = fetch(connection, Partner, sa.select(partners).where(partners.c.id == partner_id))
    own = sa.select(keys).where(keys.c.partner == partner_id, keys.c.disabled_at.is_(None))
    return next(iter(found), None), fetch(connection, ConsumerKey, own) if found else []
