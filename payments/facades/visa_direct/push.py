"""pushfundstransactions: money to a card (OCT), and what became of it by its status identifier."""

from typing import Final

from payments.facades.visa_direct.call import Answer, Call
from payments.facades.visa_direct.fields import check
from payments.facades.visa_direct.order import draft_of, pushing
from payments.facades.visa_direct.transaction import look_up, transact

PATH: Final = "/visadirect/fundstransfer/v1/pushfundstransactions"


async def post(call: Call) -> Answer:
    """Push money to a card."""
    body = call.fields
    check("push", body, bool(call.credential.strict))
    ask = pushing(call, body)
    return await transact(call, await draft_of(call, "push", body), ask, PATH)


async def get(call: Call) -> Answer:
    """Tell how a push stands."""
    return await look_up(call, "push")
