"""Shutdown: a server waits for its streams to end, and a stream is to end as soon as it is told to stop."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def close_on_signal(close: Callable[[], object]) -> Iterator[None]:
    """Call ``close`` in this event loop when the process is told to stop, before whatever was to happen then.

    Only a process's main thread hears signals; in another one this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {each: signal.getsignal(each) for each in _SIGNALS}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close)
        previous: Any = before[signal.Signals(number)]
        if callable(previous):
            previous(number, frame)

    for each in _SIGNALS:
        if callable(before[each]):
            signal.signal(each, stop)
    try:
        yield
    finally:
        for each in _SIGNALS:
            if signal.getsignal(each) is stop:
                signal.signal(each, before[each])
