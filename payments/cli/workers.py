"""Serving with several processes on one PostgreSQL: a parent that starts them, minds them, and stops with them.

Each listens on a socket of its own at the one address, so that the kernel spreads connections evenly: of several that
accept on one socket, whoever wakes first takes nearly all. One that dies is replaced, and what it left half done
another takes over. If the parent dies, so do they.
"""

import multiprocessing
import os
import signal
import socket
import threading
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Semaphore
from types import FrameType
from typing import Final

from rich.console import Console

from payments.cli.serving import Server, announce, listen, share
from payments.kit.clock import SECOND, real_now
from payments.settings import Settings

_SPAWN: Final = multiprocessing.get_context("spawn")
_STOP_WITHIN: Final = 10 * SECOND
_GIVE_UP_AFTER: Final = 5
"""How often in a row a worker may die before it serves: then something is wrong with all of them."""


def serve_together(settings: Settings, out: Console) -> int:
    """Serve with ``settings.workers`` processes until told to stop, and return the exit code."""
    listen(settings).close()  # which fails if anybody else is there; sharing would not
    with share(settings) as kept:
        crew = Crew(replace(settings, port=kept.getsockname()[1]), kept, out)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, crew.stop)
        return crew.serve()


class Crew:
    """The parent and its workers."""

    def __init__(self, settings: Settings, kept: socket.socket, out: Console) -> None:
        """Start nothing yet; ``kept`` keeps the address meanwhile."""
        self._settings = settings
        self._kept = kept
        self._out = out
        self._workers: list[SpawnProcess] = []
        self._ready = _SPAWN.Semaphore(0)
        self._stopping = False

    def serve(self) -> int:
        """Start the workers, replace those that die, and return when all are to stop."""
        failures, announced = 0, False
        while not self._stopping and failures < _GIVE_UP_AFTER:
            dead = [each for each in self._workers if not each.is_alive()]
            failures = failures + len(dead) if dead and not announced else failures
            self._workers = [each for each in self._workers if each.is_alive()]
            for each in dead:
                self._out.print(f"[red]Worker {each.pid} died[/] (exit code {each.exitcode}): starting another.")
            while len(self._workers) < self._settings.workers:
                self._start()
            if not announced and self._ready.acquire(block=True, timeout=0.05):
                announced = True
                announce(self._settings, self._kept, self._out)
            wait([each.sentinel for each in self._workers], timeout=0.2)
        self._end()
        return 0 if self._stopping else 1

    def stop(self, _: int, __: FrameType | None) -> None:
        """Take the signal to stop."""
        self._stopping = True

    def _start(self) -> None:
        worker = _SPAWN.Process(target=work, args=(self._settings, self._ready))
        worker.start()
        self._workers.append(worker)

    def _end(self) -> None:
        deadline = real_now() + _STOP_WITHIN
        for each in self._workers:
            each.terminate()
        for each in self._workers:
            each.join(max(0, deadline - real_now()) / SECOND)
            if each.is_alive():
                each.kill()
                each.join()


def work(settings: Settings, ready: Semaphore) -> None:
    """Serve as one of several workers, until told to stop or until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent passes it on
    server = Server(settings, ready.release)
    threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    with share(settings) as listening:
        server.run(sockets=[listening])


def _stop_with_parent(server: Server) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
