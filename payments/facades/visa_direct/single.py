"""The forms of one transaction: a push, a pull, the reversal of a pull, an adjustment. POST, then GET how it stands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from payments.facades.visa_direct.call import Answer, Call, Endpoint
from payments.facades.visa_direct.fields import check
from payments.facades.visa_direct.order import Asking, adjusting, draft_of, pulling, pushing, reversing
from payments.facades.visa_direct.transaction import look_up, transact


@dataclass(frozen=True, slots=True)
class Form:
    """An operation's path, and what a request for it asks of its flow. Not all can be asked about later."""

    operation: str
    path: str
    prepare: Callable[[Call, dict[str, Any]], Awaitable[Asking]]
    lasting: bool = True

    def post(self) -> Endpoint:
        """Return what answers the POST."""
        return lambda call: _post(self, call)

    def get(self) -> Endpoint:
        """Return what answers the GET by status identifier."""
        return lambda call: look_up(call, self.operation)


async def _post(form: Form, call: Call) -> Answer:
    body = call.fields
    check(form.operation, body, bool(call.credential.strict))
    ask = await form.prepare(call, body)
    return await transact(call, await draft_of(call, form.operation, body), ask, form.path)


_TRANSFER: Final = "/visadirect/fundstransfer/v1"

FORMS: Final = (
    Form("push", f"{_TRANSFER}/pushfundstransactions", pushing),
    Form("pull", f"{_TRANSFER}/pullfundstransactions", pulling),
    Form("reverse", f"{_TRANSFER}/reversefundstransactions", reversing),
    Form("adjustment", "/visadirect/v1/adjustment", adjusting, lasting=False),
)
