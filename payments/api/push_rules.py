"""Push programmes, and the rules of the network and the acquirers that the operator can switch."""

from dataclasses import asdict
from typing import Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from payments.acquirer.name_rule import NameRule, set_name_rule
from payments.acquirer.programme import PROGRAMMES
from payments.api.documentation import problems
from payments.api.fields import Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import ListReply, json_reply, list_reply
from payments.kit.database import fetch
from payments.network.programme import PushRules, switch_push_rules


class PushProgramme(Reply):
    """A kind of push: who may send it, what must be known of the payer and the recipient, where money may come from.

    ``mastercard_transaction_type`` is the transaction type indicator of the same push at Mastercard, if one is
    published.
    """

    programme: str
    object: Literal["push_programme"]
    title: str
    business_applications: list[str]
    senders: list[str]
    payer: list[str]
    payer_kind: str | None
    recipient: list[str]
    sources_of_funds: list[str]
    channels: list[str]
    mcc: str
    mastercard_transaction_type: str | None


class SetPushRules(Shape):
    """Which rules are to be switched on or off."""

    names: bool | None = Field(default=None, description="Names must say enough: declined with 64 if not.")
    source_of_funds: bool | None = Field(default=None, description="A source of funds must be said.")
    strict_names: bool | None = Field(default=None, description="Names have 30 characters at most and no '?'.")


class PushRulesReply(Reply):
    """Which rules are on."""

    object: Literal["push_rules"]
    names: bool
    source_of_funds: bool
    strict_names: bool


hot = hot_router("push limits")
router = APIRouter(route_class=ApiRoute, tags=["push limits"])


@router.get("/push_programmes", response_model=ListReply[PushProgramme], responses=problems())
async def list_push_programmes(call: Calling) -> Response:
    """List every kind of push there is."""
    call.key.must_be_operator()
    return list_reply([_programme_shape(asdict(each)) for each in PROGRAMMES.values()], None)


def _programme_shape(columns: dict[str, Any]) -> dict[str, Any]:
    optional = {name: columns[name] or None for name in ("payer_kind", "mastercard_transaction_type")}
    return {"object": "push_programme"} | columns | optional


@router.get("/push_rules", response_model=PushRulesReply, responses=problems())
async def get_push_rules(call: Calling) -> Response:
    """Say which rules are on."""
    call.key.must_be_operator()
    return json_reply(await call.door.read(_read_rules))


@hot.post("/push_rules", response_model=PushRulesReply, responses=problems(400, 413, 415))
async def set_push_rules(call: Calling, order: SetPushRules) -> Response:
    """Switch rules on or off; it holds from the next push on."""
    call.key.must_be_operator()
    sandbox = call.door.sandbox
    switches = {"names": order.names, "source_of_funds": order.source_of_funds}
    if given := {name: int(each) for name, each in switches.items() if each is not None}:
        await sandbox.network.step(switch_push_rules, given)
    if order.strict_names is not None:
        for acquirer in sandbox.acquirers.values():
            await acquirer.step(set_name_rule, order.strict_names)
    return json_reply(await call.door.read(_read_rules))


def _read_rules(connection: sa.Connection) -> dict[str, Any]:
    (rules,) = fetch(connection, PushRules, sa.select(PushRules.table())) or [PushRules("")]
    strict = fetch(connection, NameRule, sa.select(NameRule.table()).where(NameRule.table().c.strict == 1))
    return {
        "object": "push_rules",
        "names": bool(rules.names),
        "source_of_funds": bool(rules.source_of_funds),
        "strict_names": bool(strict),
    }
