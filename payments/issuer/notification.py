"""Notifications: what the issuer tells a cardholder. Each can be read, and is an event when it is sent."""

from typing import ClassVar

from sqlalchemy import Index

from payments.issuer.account import Account
from payments.issuer.card import Card
from payments.issuer.issuer import Issuer
from payments.kit.records import Key, Record, record
from payments.kit.work import Work


@record("issuer_notifications", Index(None, "account", "id"), fixed=True)
class Notification(Record):
    """A message to a cardholder's phone: a ``title`` and a line of ``text``; ``reference`` is the RRN it is about."""

    noun: ClassVar[str] = "notification"
    prefix: ClassVar[str] = "ntf"

    id: Key[str]
    issuer: str
    account: str
    card: str
    title: str
    text: str
    reference: str
    at: int


def notify(
    work: Work, issuer: Issuer, account: Account, card: Card, title: str, text: str, reference: str
) -> Notification:
    """Tell the holder of ``account``; part of the step that did what they are told of. It reads nothing."""
    notification = Notification(
        id=work.new_id(Notification.prefix),
        issuer=issuer.id,
        account=account.id,
        card=card.id,
        title=title,
        text=text,
        reference=reference,
        at=work.now,
    )
    told = {"account": account.id, "card": card.id, "title": title, "text": text}
    work.emit("notification.sent", notification.id, reference, told)
    return work.add(notification)
