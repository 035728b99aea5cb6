"""v1's funding transfers: POST pulls from a card, a reversal gives it back when the payment it was for has failed."""

from contextlib import suppress
from typing import Annotated

from starlette.responses import Response

from payments.facades.mastercard_send.account_uri import AccountUriText
from payments.facades.mastercard_send.codes import APPROVED, DECLINED, FUNDING_LEG, TRANSFER
from payments.facades.mastercard_send.entrance import Visit
from payments.facades.mastercard_send.errors import DUPLICATE, Problem, Refused, declined, unknown_resource
from payments.facades.mastercard_send.fields import PartnerReference, Printable, Shape, text
from payments.facades.mastercard_send.instruction import Instruction
from payments.facades.mastercard_send.paying import Payment, pay, read_by_id
from payments.facades.mastercard_send.v1_payments import DECLINED_WORDS, inner, is_repeat, shown, wants_details
from payments.facades.mastercard_send.v1_replies import status_of, transaction_id
from payments.facades.mastercard_send.v1_shapes import MoneyOrder
from payments.kit.idempotency import Claim, IdempotencyKeyInUse, Replayed
from payments.kit.secrets import Secret

_FIELDS = ("transfer_reference", "sender_account_uri", "currency")


class FundingTransfer(MoneyOrder):
    """``funding_transfer``: from the sender's card, to the partner."""

    transfer_reference: PartnerReference
    sender_account_uri: AccountUriText
    recipient_account_uri: AccountUriText | None = None


class FundingReversal(Shape):
    """``funding_reversal``: why."""

    reversal_reason: Annotated[Printable, text(100, 1)]


async def create_funding(visit: Visit) -> Response:
    """Pull from a card."""
    asked = FundingTransfer.model_validate(await inner(visit, "funding_transfer"))
    reference, account = asked.transfer_reference, asked.sender_account_uri
    order, details = asked.order(), asked.details()
    outcome = await pay(
        visit, Payment(TRANSFER, reference, account, order, details, _FIELDS, is_repeat(visit), FUNDING_LEG)
    )
    if status_of(outcome) == DECLINED and not wants_details(visit):
        raise declined(DECLINED_WORDS)
    return visit.reply(shown(visit, outcome), 201)


async def reverse_funding(visit: Visit) -> Response:
    """Give a pull back; a repeat finds it given back. Raises ``Refused``: 404, and 409 for what cannot be reversed."""
    FundingReversal.model_validate(await inner(visit, "funding_reversal"))
    path = visit.request.path_params
    outcome = await read_by_id(visit, TRANSFER, path["id"])
    instruction, made = outcome.instruction, outcome.made
    if instruction.leg != FUNDING_LEG or made is None or transaction_id(instruction.id) != path["transaction_id"]:
        raise unknown_resource()
    if status_of(outcome) == APPROVED:
        await _give_back(visit, instruction, made.id)
    elif not is_repeat(visit):
        words = f"A funding transfer that is {status_of(outcome)} cannot be reversed"
        raise Refused(409, Problem("transfer", "RESOURCE_ERROR", words, DUPLICATE))
    return visit.reply(shown(visit, await read_by_id(visit, TRANSFER, instruction.id)), 201)


async def _give_back(visit: Visit, instruction: Instruction, made: str) -> None:
    assert visit.awaited.reverse_pull, "there is no route without its flow"
    alike = visit.sandbox.world.vault.fingerprint(Secret(made))
    claim = Claim(f"{instruction.claim.id}:reversal", instruction.claim.operation, alike)
    with suppress(Replayed, IdempotencyKeyInUse):  # it is being given back already
        await visit.awaited.reverse_pull(visit.acquirer, made, claim)
