"""The window on a real X display, with the mouse and keys of another program."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WAIT = 60.0  # seconds, for a machine that is busy with other things
Report = dict[str, object]

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("Xvfb", "xdotool"))), reason="needs Xvfb and xdotool"
)


class Display:
    """An X server of its own, the window on it, and what the window says."""

    def __init__(self, folder: Path) -> None:
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        self.environment = os.environ | {
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
        }
        self.window = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.canvas._under_x", str(folder)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        self.report: Report = {}

    def until(self, holds: Callable[[Report], bool]) -> Report:
        """The first report that has it."""
        while not (self.report and holds(self.report)):
            line = self.lines.get(timeout=WAIT)
            if not line:
                error = self.window.stderr.read() if self.window.stderr else ""
                if "platform plugin" in error:
                    pytest.skip("Qt lacks a library for X11 here")
                pytest.fail(f"the window ended: {error[-2000:]}")
            self.report = json.loads(line)
        return self.report

    def tool(self, *words: object) -> None:
        """xdotool."""
        subprocess.run(
            ["xdotool", *map(str, words)], env=self.environment, check=True, timeout=WAIT
        )

    def drag(self, start: list[int], end: list[int]) -> None:
        """With the left button, in steps, as a hand does."""
        self.tool("mousemove", *start, "mousedown", 1)
        for share in (0.1, 0.3, 0.6, 0.9, 1.0):
            x, y = (round(a + share * (b - a)) for a, b in zip(start, end, strict=True))
            self.tool("mousemove", x, y)
        self.tool("mousemove", end[0] + 1, end[1], "mousemove", *end, "mouseup", 1)

    def close(self) -> None:
        for process in (self.window, self.server):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        self.reader.join()
        for pipe in (self.window.stdout, self.window.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        for line in self.window.stdout or ():
            self.lines.put(line)
        self.lines.put("")


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    made = Display(tmp_path)
    yield made
    made.close()


def test_drag_zoom_drop_and_clipboard(display: Display) -> None:
    first = display.until(lambda now: "id" in now)
    nodes, free = first["nodes"], first["free"]
    assert isinstance(nodes, dict)
    assert isinstance(free, list)
    display.tool("windowfocus", "--sync", first["id"])

    display.drag(nodes["age"], [nodes["age"][0] + 40, nodes["age"][1] + 30])
    moved = display.until(lambda now: now["positions"] != first["positions"])
    assert moved["positions"]["age"] != first["positions"]["age"]  # type: ignore[index]

    x, y = moved["nodes"]["days"]  # type: ignore[index]
    display.tool("mousemove", x, y, "keydown", "ctrl", "click", 4, "keyup", "ctrl")
    zoomed = display.until(lambda now: now["zoom"] != first["zoom"])
    assert zoomed["zoom"] == pytest.approx(1.2 * float(first["zoom"]), rel=1e-3)  # type: ignore[arg-type]
    assert zoomed["nodes"]["days"] == pytest.approx([x, y], abs=3)  # type: ignore[index]

    display.drag(zoomed["column"], free)  # type: ignore[arg-type]
    dropped = display.until(lambda now: "ward" in now["variables"])  # type: ignore[operator]

    display.tool("mousemove", *dropped["nodes"]["dose"], "click", 1)  # type: ignore[index]
    display.until(lambda now: now["selected"] == ["dose"])
    display.tool("key", "ctrl+c")
    copied = display.until(lambda now: "dose" in str(now["clipboard"]))
    assert str(copied["clipboard"]).startswith("dag {")
    display.tool("key", "ctrl+v")
    display.until(lambda now: "dose 2" in now["variables"])  # type: ignore[operator]
