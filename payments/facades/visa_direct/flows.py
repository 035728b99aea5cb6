"""The flows this door hands requests to: one for each operation, plugged in here and nowhere else.

An operation without a flow in ``FLOWS``, or an inquiry without one in ``INQUIRIES``, has no route: its path is unknown.
"""

from typing import Final

from payments.facades.visa_direct.contract import Flow, Inquiries
from payments.facades.visa_direct.flow_adjustment import ADJUSTMENT, stop
from payments.facades.visa_direct.flow_inquiry import attributes, validate
from payments.facades.visa_direct.flow_pull import PULL, REVERSE
from payments.facades.visa_direct.flow_push import PUSH

FLOWS: Final[dict[str, Flow]] = {"push": PUSH, "pull": PULL, "reverse": REVERSE, "adjustment": ADJUSTMENT}
"""The operations that can be carried out."""

INQUIRIES: Final = Inquiries(cancel=stop, attributes=attributes, validate=validate)
"""What can be asked and is answered at once."""
