"""Long work of the window's own thread, a slice at a time, so that every click still finds it."""

from collections.abc import Generator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import UserError

SLICE = 0.012  # seconds of work between two looks at what the user did
WAIT = 15  # milliseconds until the next look where the work waits for another thread


class Slices(QObject):
    """At most one generator at a time; each of its steps should take a few milliseconds."""

    progressed = Signal(float)  # share done, 0 … 1
    ended = Signal(object)  # what the generator returned
    failed = Signal(object)  # UserError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Generator[float | None, None, object] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    @property
    def running(self) -> bool:
        """Whether there is work left."""
        return self._work is not None

    def start(self, work: Generator[float | None, None, object]) -> None:
        """Begin; what was going on is given up."""
        self.cancel()
        self._work = work
        self._timer.start(0)

    def cancel(self) -> None:
        """Give the work up: it is as if it had never begun."""
        self._timer.stop()
        work, self._work = self._work, None
        if work is not None:
            work.close()

    def _go_on(self) -> None:
        work, end, share = self._work, perf_counter() + SLICE, None
        if work is None:
            return
        try:
            while perf_counter() < end:
                step = next(work)
                if step is None:
                    break
                share = step
        except StopIteration as stop:
            self._finish()
            self.ended.emit(stop.value)
        except UserError as error:
            self._finish()
            self.failed.emit(error)
        except BaseException:
            self._finish()
            raise
        else:
            self._timer.setInterval(WAIT if step is None else 0)
            if share is not None:
                self.progressed.emit(share)

    def _finish(self) -> None:
        self._timer.stop()
        self._work = None
