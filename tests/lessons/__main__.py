"""`python -m tests.lessons` writes what is asked and answered into the pages in docs/lessons."""

import asyncio

from tests.lessons.pages import write

asyncio.run(write())
