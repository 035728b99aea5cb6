"""The lines of a batch, as they were given and checked.

A line is a fact: who is to get how much, or what is wrong with it. What became of it is told by its disbursement, whose
id it was given when it was loaded: that id can be made once and never again, so no line is ever paid twice.
"""

from typing import ClassVar

from payments.acquirer.acquirer import Acquirer
from payments.acquirer.batch import DisbursementBatch
from payments.acquirer.push import DisbursementOrder
from payments.kit.records import Key, Mutable, Record, record
from payments.switch.message import Party, PresentedCard


@record("acquirer_batch_lines")
class BatchLine(Record):
    """A line of a batch, by batch and number. Of a wrong one (it has ``problems``, JSON) no card number is kept.

    ``disbursement`` is the id its disbursement has or will have; ``refusal`` is the code with which paying it was
    refused, if it was.
    """

    noun: ClassVar[str] = "batch_line"

    id: Key[str]
    batch: str
    number: int
    reference: str
    amount: int
    currency: str
    card_masked: str
    card_encrypted: str
    card_expiry: str
    business_application: str
    recipient_name: str
    statement_text: str
    disbursement: str
    problems: str
    refusal: Mutable[str] = ""


def line_id(batch: str, number: int) -> str:
    """Return the id of the line at ``number``; ids sort as the lines stand."""
    return f"{batch}-{number:07d}"


def line_order(acquirer: Acquirer, batch: DisbursementBatch, line: BatchLine) -> DisbursementOrder:
    """Return the order of the disbursement that pays ``line``."""
    return DisbursementOrder(
        claim=None,
        sender=batch.sender,
        card=PresentedCard(acquirer.world.vault.card_number(line.card_encrypted), line.card_expiry),
        amount=line.amount,
        currency=line.currency,
        channel=batch.channel,
        business_application=line.business_application,
        recipient=Party(line.recipient_name),
        statement_text=line.statement_text,
        id=line.disbursement,
    )
