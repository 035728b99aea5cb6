"""Setting the clock: start it, freeze it, let it run, wind it forward. All of them are steps.

What falls due on the way is not run here: ``jobs`` moves the clock from one due thing to the next.
"""

from payments.kit.clock import CLOCK, Clock, ClockGoesForward, real_now, rfc3339
from payments.kit.work import Work


def start_clock(work: Work, _: object, at: int | None, frozen: bool) -> Clock:
    """Start the clock of a new world at ``at`` (``None``: the real time); a clock that is there stays."""
    known = work.get_or_none(Clock, CLOCK)
    if known is not None:
        return known
    real = real_now()
    return work.add(Clock(CLOCK, real if at is None else at, real, int(frozen)))


def freeze(work: Work, _: object) -> Clock:
    """Stop the clock where it is."""
    return _set(work, work.now, frozen=1, said="clock.frozen")


def let_run(work: Work, _: object) -> Clock:
    """Let the clock run on in real time from where it is."""
    return _set(work, work.now, frozen=0, said="clock.running")


def wind_to(work: Work, _: object, at: int) -> Clock:
    """Set the clock to the instant ``at``; it stands or runs as before. Raises ``ClockGoesForward``."""
    if at < work.now:
        raise ClockGoesForward(f"It is {rfc3339(work.now)} here: wind to a later instant.")
    return _set(work, at, work.get(Clock, CLOCK).frozen, said="clock.wound")


def _set(work: Work, at: int, frozen: int, said: str) -> Clock:
    clock = work.get(Clock, CLOCK)
    work.emit(said, CLOCK, "", {"from": rfc3339(work.now), "to": rfc3339(at)})
    return work.change(clock, shown_at=at, set_at=real_now(), frozen=frozen)
