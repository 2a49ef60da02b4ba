"""The console entry: headless verbs go to the engine before Qt is touched; else a window."""

import ctypes
import multiprocessing
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from engine.cli import HEADLESS, headless
from engine.cli import main as run_headless
from engine.errors import UserError

DEMO_FOLDER = "doscope-demo"
XCB_LIBRARIES = {  # what Qt's X11 plugin loads, and the package that has it on Debian and Ubuntu
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


class NoWindow(UserError):
    """The window cannot open on this machine as it is."""

    kind = "window"


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the exit code: 0 fine, 2 the user can mend it, 1 a bug."""
    multiprocessing.freeze_support()
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):  # numpy's: beside a busy window more
        os.environ.setdefault(name, "1")  # threads take ten times as long, and sums would differ
    arguments = list(sys.argv[1:] if argv is None else argv)
    if headless(arguments):
        return run_headless(arguments)
    try:
        return _demo(arguments[1:]) if arguments[:1] == ["demo"] else _window(arguments)
    except UserError as error:
        sys.stderr.write(f"doscope: {error}\n")
        return 2


def _window(arguments: Sequence[str]) -> int:
    """`doscope [PROJECT]`."""
    for word in arguments[:1]:
        _check_project(word)
    options = [word for word in arguments if word.startswith("-")]
    if options or len(arguments) > 1:
        raise NoWindow(
            f"{' '.join(options or arguments[1:])} is not understood",
            remedy="use `doscope [PROJECT]`, or see `doscope --help`",
        )
    path = Path(arguments[0]) if arguments else None
    if not display_present():
        raise NoWindow(
            "There is no display to open a window on",
            remedy="set DISPLAY or WAYLAND_DISPLAY, or use the command line: `doscope --help`",
        )
    check_libraries()
    return _run(path)


def _check_project(word: str) -> None:
    """Refuse a first word that is neither a verb, an option nor a file."""
    if Path(word).is_dir():
        raise NoWindow(f"{word} is a folder, not a project", remedy="name a project file")
    if word.startswith("-") or Path(word).exists():
        return
    near = get_close_matches(word, (*HEADLESS, "demo"), 1)
    guess = f"did you mean {near[0]}? See" if near else "see"
    raise NoWindow(f"There is no verb or project {word}", remedy=f"{guess} `doscope --help`")


def _demo(arguments: Sequence[str]) -> int:
    """`doscope demo [--headless DIR]`."""
    folder = _demo_folder(arguments)
    if folder is None and not display_present():
        folder = Path(DEMO_FOLDER)
        sys.stderr.write(f"doscope: There is no display: the demo is written into {folder}.\n")
    if folder is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ.setdefault("QT_QPA_FONTDIR", "")
    else:
        check_libraries()
    try:
        from gui.demo import run_demo, write_demo
    except ImportError as error:
        raise _missing(error) from error
    return run_demo() if folder is None else write_demo(folder)


def _run(path: Path | None) -> int:
    try:
        from gui.app import run
    except ImportError as error:
        raise _missing(error) from error
    return run(path)


def display_present() -> bool:
    """On Linux a window needs an X or Wayland display, unless Qt was told to do without."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def check_libraries() -> None:
    """Refuse in one sentence where Qt's X11 plugin would end the program."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    missing = [package for name, package in XCB_LIBRARIES.items() if not _loads(name)]
    if missing:
        raise NoWindow(
            "The window needs system libraries that are not installed",
            remedy=f"on Debian or Ubuntu: apt install {' '.join(missing)}",
        )


def _demo_folder(arguments: Sequence[str]) -> Path | None:
    if not arguments:
        return None
    if len(arguments) == 2 and arguments[0] == "--headless":
        return Path(arguments[1])
    raise NoWindow(
        f"demo {' '.join(arguments)} is not understood",
        remedy="use `doscope demo [--headless DIR]`",
    )


def _missing(error: ImportError) -> UserError:
    """A package that pip installs, or a library of the system that Qt needs."""
    text = str(error)
    library = text.split(":")[0]
    if ".so" in library:
        return NoWindow(
            f"The window needs the system library {library}, which is not installed",
            remedy="on Debian or Ubuntu: apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 "
            "libfontconfig1 libglib2.0-0",
        )
    if error.name and error.name.split(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
        return NoWindow(f"{error.name} is not installed", remedy="run `pip install doscope` again")
    raise error


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
