"""The sandbox's clock: read it, freeze it, let it run, wind it forward through everything that falls due."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, Body
from pydantic import AwareDatetime, Field, model_validator
from starlette.responses import Response

from payments.api import examples
from payments.api.documentation import problems
from payments.api.door import Door
from payments.api.fields import Reply, Shape
from payments.api.hot_route import ApiRoute, Calling, hot_router
from payments.api.listing import ListReply, json_reply, list_reply
from payments.api.refusals import InvalidRequest
from payments.api.rows import one
from payments.kit.clock import CLOCK, DAY, SECOND, Clock, ClockGoesForward, instant, real_now, rfc3339
from payments.kit.winding import freeze, let_run

FARTHEST: Final = 366 * DAY
"""How far one request may wind: every day on the way is lived through."""


class WindClock(Shape):
    """Wind ``to`` an instant, by ``seconds``, or to the ``next`` thing due: one of the three."""

    to: AwareDatetime | None = Field(default=None, examples=["2026-10-16T10:30:00Z"])
    seconds: int | None = Field(default=None, ge=1, le=FARTHEST // SECOND, strict=True, examples=[86400])
    next: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if [self.to, self.seconds, self.next].count(None) != 2:
            raise ValueError("give to, seconds or next: one of the three")
        return self


class ClockReply(Reply):
    """The clock of the sandbox: everything but reply timers and rate limits goes by it."""

    object: Literal["clock"]
    now: str
    frozen: bool


class RanReply(Reply):
    """A job that ran on the way: which, at what time on the clock, and how much there was to do."""

    job: str = Field(examples=["present_captures"])
    at: str
    done: int


class WoundReply(Reply):
    """Where the clock stands now, and what ran on the way."""

    object: Literal["wound"]
    now: str
    ran: list[RanReply]


class ComingReply(Reply):
    """A job, and when it is due next."""

    job: str
    at: str


hot = hot_router("sandbox")
router = APIRouter(route_class=ApiRoute, tags=["sandbox"])


@router.get("/sandbox/clock", response_model=ClockReply, responses=problems())
async def get_clock(call: Calling) -> Response:
    """Read the clock."""
    return json_reply(await _clock(call.door))


@hot.post("/sandbox/clock/freeze", response_model=ClockReply, responses=problems())
async def freeze_clock(call: Calling) -> Response:
    """Stop the clock where it is."""
    call.key.must_be_operator()
    await call.door.sandbox.operator.step(freeze)
    return json_reply(await _clock(call.door))


@hot.post("/sandbox/clock/run", response_model=ClockReply, responses=problems())
async def run_clock(call: Calling) -> Response:
    """Let the clock run on in real time from where it is."""
    call.key.must_be_operator()
    await call.door.sandbox.operator.step(let_run)
    return json_reply(await _clock(call.door))


@hot.post(
    "/sandbox/clock/wind",
    response_model=WoundReply,
    responses=problems(400, 413, 415, back=ClockGoesForward("It is 2026-10-14T14:03:07.000000Z here.")),
)
async def wind_clock(call: Calling, order: Annotated[WindClock, Body(openapi_examples=examples.WIND)]) -> Response:
    """Wind the clock forward; whatever falls due on the way runs, in order, and is awaited."""
    call.key.must_be_operator()
    door = call.door
    ran = await _wind(door, order)
    now = (await _clock(door))["now"]
    shapes = [{"job": each.job, "at": rfc3339(each.at), "done": each.done} for each in ran]
    return json_reply({"object": "wound", "now": now, "ran": shapes})


@router.get("/sandbox/due", response_model=ListReply[ComingReply], responses=problems())
async def list_due(call: Calling) -> Response:
    """List what falls due next, soonest first: each job with its next time."""
    call.key.must_be_operator()
    coming = await call.door.powers.due(call.door.sandbox)
    return list_reply([{"job": each.job, "at": rfc3339(each.at)} for each in coming], None)


async def _clock(door: Door) -> dict[str, Any]:
    clock: Clock = await door.read(one, Clock, CLOCK)
    now = clock.now(real_now())
    return {"object": "clock", "now": rfc3339(now), "frozen": bool(clock.frozen)}


async def _wind(door: Door, order: WindClock) -> Sequence[Any]:
    powers, sandbox = door.powers, door.sandbox
    if order.next:
        return await powers.wind_to_next(sandbox)
    if order.seconds is not None:
        return await powers.wind_by(sandbox, order.seconds * SECOND)
    assert order.to is not None
    clock: Clock = await door.read(one, Clock, CLOCK)
    if instant(order.to) - clock.now(real_now()) > FARTHEST:
        raise InvalidRequest("Wind at most 366 days at once.")
    return await powers.wind(sandbox, instant(order.to))
