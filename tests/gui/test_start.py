"""The console entry: nothing of Qt for headless verbs, sentences instead of tracebacks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import UserError
from gui import start

ROOT = Path(__file__).parents[2]
BARE = {
    key: value
    for key, value in os.environ.items()
    if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
}


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**BARE, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["convert", "no.dag", "no.dot"]])
def test_headless_verbs_load_no_qt(arguments: list[str]) -> None:
    done = run(
        "import sys\n"
        "from gui.start import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_linear_algebra_has_one_thread_unless_somebody_says_otherwise() -> None:
    code = "from gui.start import main\nimport os, sys\nassert 'numpy' not in sys.modules\n"
    code += "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
    code += "sys.stderr.write(os.environ['OPENBLAS_NUM_THREADS'])"
    assert run(code, OPENBLAS_NUM_THREADS="3").stderr.endswith("3")
    BARE.pop("OPENBLAS_NUM_THREADS", None)
    assert run(code).stderr.endswith("1")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
def test_without_a_display_one_sentence_says_what_to_do() -> None:
    done = run("import sys; from gui.start import main; sys.exit(main([]))")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "display" in done.stderr
    assert "doscope --help" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["no-such-file.doscope"], ["a", "b"], ["--frobnicate"], ["demo", "--fast"]]
)
def test_arguments_that_make_no_sense(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("doscope: ")
    assert err.count("\n") == 1


def test_a_mistyped_verb_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["fti", "g.dag", "d.csv", "-o", "m.doscope"]) == 2
    err = capsys.readouterr().err
    assert err == (
        "doscope: There is no verb or project fti: did you mean fit? See `doscope --help`.\n"
    )


def test_a_folder_is_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main([str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_a_missing_system_library_is_named() -> None:
    error = start._missing(ImportError("libEGL.so.1: cannot open shared object file"))
    assert "libEGL.so.1" in str(error)
    assert "apt install" in str(error)


def test_a_missing_package_is_named() -> None:
    error = start._missing(ImportError("No module named 'PySide6'", name="PySide6.QtWidgets"))
    assert "pip install" in str(error)


def test_an_import_error_of_our_own_is_a_bug() -> None:
    with pytest.raises(ImportError):
        start._missing(ImportError("No module named 'gui.nothing'", name="gui.nothing"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 libraries")
def test_missing_x11_libraries_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(start, "_loads", lambda library: library != "libxcb-cursor.so.0")
    with pytest.raises(UserError) as caught:
        start.check_libraries()
    assert caught.value.remedy.endswith("apt install libxcb-cursor0")
