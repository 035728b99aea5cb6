"""The deferred advice: what became of a push that was held back, told to who originated it, without their asking.

It travels as a webhook, in Visa's form, to where a credential wants it: signed, and repeated on the sandbox's clock
until it is accepted, as every webhook is.
"""

from typing import Any, Final

import orjson
import sqlalchemy as sa

from payments.acquirer.push import CANCELLED, DECLINED, PAID, Disbursement
from payments.facades.visa_direct.credential import Credential
from payments.facades.visa_direct.row import major, masked
from payments.facades.visa_direct.submission import CLAIMED_AS, Submission, find_submission
from payments.kit.clock import moment
from payments.kit.database import fetch
from payments.kit.events import Event
from payments.kit.idempotency import IdempotencyKey
from payments.kit.money import numeric_code
from payments.kit.world import World
from payments.network.window import Window
from payments.switch.codes import STOPPED
from payments.switch.directory import Bin
from payments.switch.iso8583_countries import numeric_country
from payments.switch.iso8583_rate import put_rate

FORM: Final = "visa_direct_advice"
PATH: Final = "/visadirect/v1/pushpayment/advice/receive/deferredoct"
TYPES: Final = tuple(f"disbursement.{each}" for each in (PAID, DECLINED, CANCELLED))

_ORIGINAL_CREDIT: Final = "26"
_HELD: Final = "02"


def lend_writer(world: World) -> None:
    """Lend the webhooks of ``world`` what writes an advice."""
    world.render[f"webhook:{FORM}"] = lambda told, _: (200, written(*told))


def written(connection: sa.Connection, user: str, event: Event) -> str:
    """Return the advice that a credential's originator is sent of an event, as JSON; '' if it is not for them."""
    pushes, credentials = Disbursement.table(), Credential.table()
    found = fetch(connection, Disbursement, sa.select(pushes).where(pushes.c.id == event.subject))
    owners = fetch(connection, Credential, sa.select(credentials).where(credentials.c.id == user))
    if not found or not owners or found[0].release_at is None or found[0].sender != owners[0].sender:
        return ""
    return orjson.dumps(_advice(connection, owners[0], found[0], event)).decode()


def _advice(connection: sa.Connection, credential: Credential, push: Disbursement, event: Event) -> dict[str, Any]:
    asked = _submission(connection, push)
    begun, now = moment(push.created_at), moment(event.at)
    details = orjson.loads(asked.details) if asked else {}
    window = fetch(connection, Window, sa.select(Window.table()).where(Window.table().c.id == push.window))
    settles = window[0].settles_at if window else event.at
    return {
        "amount": major(push.amount, push.currency),
        "acquringBin": asked.acquiring_bin if asked else credential.acquiring_bin,
        "originalActionCode": STOPPED if push.status == CANCELLED else push.response_code,
        "approvalCode": push.approval_code,
        "dateReconciliation": f"{moment(settles):%Y-%m-%d}",
        "accountNumberMasked": masked(push.card_masked),
        "transactionTypeCode": _ORIGINAL_CREDIT,
        "localTransactionDate": f"{begun:%m%d}",
        "localTransactionTime": f"{begun:%H:%M:%S}",
        "serviceProcessingType": details.get("serviceProcessingType") or {"requestType": _HELD},
        "transactionIdentifier": push.network_id.zfill(15),
        "dateAndTimeTransmission": f"{now:%Y-%m-%dT%H:%M:%S}.{event.at // 1000 % 1000:03d}",
        "systemsTraceAuditNumber": asked.stan if asked else push.stan,
        "retrievalReferenceNumber": asked.rrn if asked else push.reference,
        "amountInTransactionCurrency": numeric_code(push.currency),
        "countryCodePrimaryAccountNumber": _country(connection, push).zfill(6),
        **_billing(push),
    }


def _billing(push: Disbursement) -> dict[str, str]:
    """Return what a push that was converted brings the cardholder, its rate as DE 10 has it; nothing of any other."""
    if not push.rate:
        return {}
    rate = put_rate(push.rate)
    return {
        "cardholderBillingAmount": major(push.recipient_amount, push.recipient_currency),
        "cardholderBillingCurrency": numeric_code(push.recipient_currency),
        "cardHolderBillingConvRate": rate[1:],
        "cardHolderBillingConvRateDecimalPosition": rate[:1],
    }


def _submission(connection: sa.Connection, push: Disbursement) -> Submission | None:
    """Return the request at this door that has made a push, if one has and its key is still kept."""
    keys = IdempotencyKey.table().c
    claims = sa.select(keys.id).where(keys.resource == push.id, keys.id.startswith(CLAIMED_AS, autoescape=True))
    claim = connection.execute(claims).scalar()
    return find_submission(connection, claim.removeprefix(CLAIMED_AS)) if claim else None


def _country(connection: sa.Connection, push: Disbursement) -> str:
    ranges = Bin.table()
    (known,) = fetch(connection, Bin, sa.select(ranges).where(ranges.c.bin == push.card_masked[:6]))
    return numeric_country(known.country)
