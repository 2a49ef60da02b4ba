"""The engine's thread: one plain thread that owns all tensors; the window sends and receives."""

import gc
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from engine.runtime import messages as m

if TYPE_CHECKING:
    from engine.runtime.core import Core

NICE = 5  # the window comes first
SWITCH = 0.001  # seconds until the other thread gets the interpreter


class EngineThread:
    """Starts at once; its libraries load in the thread, so that the window is painted meanwhile."""

    def __init__(self, deliver: Callable[[m.Event], None], recovery: Path | None = None) -> None:
        self._deliver, self._recovery = deliver, recovery
        self._inbox: SimpleQueue[m.Request] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="doscope-engine", daemon=True)
        self._thread.start()

    def send(self, request: m.Request) -> None:
        """Queue a request; never blocks."""
        self._inbox.put(request)

    def close(self, timeout: float = 5.0) -> bool:
        """Ask the thread to finish its slice and end; True when it did in time."""
        self._inbox.put(m.Close())
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        sys.setswitchinterval(SWITCH)
        _step_back()
        try:
            core = self._load()
            while self._serve(core):
                pass
            core.diary.close()
            gc.unfreeze()
        except Exception:  # noqa: BLE001 - the window must hear of it
            self._deliver(m.Crashed(None, traceback.format_exc()))

    def _load(self) -> "Core":
        import torch

        from engine.runtime.core import Core
        from engine.scm.warming import warm_up

        torch.set_num_threads(1)  # a second thread loses more beside a busy window than it gains
        for _ in warm_up():  # the first use of a tensor kernel is slow
            time.sleep(0)
        gc.collect()
        gc.freeze()  # what is loaded now stays: later collections need not look at it
        core = Core(self._deliver, self._recovery)
        self._deliver(m.Started("cpu"))
        core.diary.tell()
        return core

    def _serve(self, core: "Core") -> bool:
        """Take what has come, do one slice; False after Close."""
        while True:
            try:
                patience = core.patience() if core.busy else None
                request = self._inbox.get(block=patience != 0, timeout=patience)
            except Empty:
                break
            if isinstance(request, m.Close):
                return False
            core.receive(request)
        core.work()
        time.sleep(0)  # let the window have the interpreter
        return True


def _step_back() -> None:
    """Give this thread a lower priority than the window's, where the system allows it."""
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        except OSError:
            return
