"""The two ways a thing can go wrong that are not bugs: a refusal and a fault."""

import re
from typing import ClassVar


class Refusal(Exception):
    """The house will not do what was asked, and nothing has changed.

    The class name in snake_case is the stable code, the docstring's first line the title; what the
    instance is given says what to do about it. Doors turn a refusal into a problem reply.
    """

    code: ClassVar[str] = "refusal"
    title: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Derive the stable code and the title from the class itself."""
        super().__init_subclass__()
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()
        cls.title = (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def __init__(self, detail: str = "") -> None:
        """Keep ``detail``: one sentence for the person who asked, without any card number or key."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class NotFound(Refusal):
    """There is no such thing."""


class Fault(Exception):
    """Something outside did not answer as it should; the flow that asked knows what to do."""
