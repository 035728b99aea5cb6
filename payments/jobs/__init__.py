"""What happens because time passes: one table of (what falls due, what is done), and the clock moved along it."""

from payments.jobs.keeping import keep_time
from payments.jobs.paying import Payer
from payments.jobs.recovery import recover
from payments.jobs.winding import Coming, Ran, next_due, run_due, wind, wind_by, wind_to_next

__all__ = ["Coming", "Payer", "Ran", "keep_time", "next_due", "recover", "run_due", "wind", "wind_by", "wind_to_next"]
