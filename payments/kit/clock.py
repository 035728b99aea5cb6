"""The one clock of the sandbox: the only source of time.

Instants are integers: microseconds since the Unix epoch, UTC (``…_at``). The clock is one row. While it runs, it
shows the real time plus an offset; frozen, it stands. It is only ever wound forward.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Final

from payments.kit.errors import Refusal
from payments.kit.records import Key, Mutable, Record, record

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
CLOCK: Final = "clock"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ClockGoesForward(Refusal):
    """The clock is only wound forward."""


@record("kit_clock")
class Clock(Record):
    """The clock's row: what it showed (``shown_at``) at real instant ``set_at``, and whether it stands.

    ``faults_revision`` rises with each change of the switch's faults: whoever reads the clock, and every batch
    does, knows whether what it knows of the faults still holds.
    """

    id: Key[str]
    shown_at: Mutable[int]
    set_at: Mutable[int]
    frozen: Mutable[int]
    faults_revision: Mutable[int] = 0

    def now(self, real: int) -> int:
        """Return what the clock shows at the real instant ``real``."""
        return self.shown_at if self.frozen else self.shown_at + max(0, real - self.set_at)


def real_now() -> int:
    """Return the real time, for reply timers, rate limits and the clock itself; everything else asks the clock."""
    return time.time_ns() // 1000


def instant(moment: datetime) -> int:
    """Return the instant of an aware ``moment``, exactly."""
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """Return the UTC datetime of the instant ``at``, exactly."""
    return _EPOCH + timedelta(microseconds=at)


def day(at: int) -> date:
    """Return the UTC date of the instant ``at``."""
    return moment(at).date()


def rfc3339(at: int) -> str:
    """Return ``at`` as RFC 3339 text with microseconds, such as ``2026-10-14T14:03:07.000000Z``."""
    return moment(at).isoformat(timespec="microseconds").replace("+00:00", "Z")
