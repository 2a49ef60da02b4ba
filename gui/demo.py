"""`doscope demo`: the tour in the window, or without one its pictures and a report in a folder."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import (
    QCoreApplication,
    QEventLoop,
    QMessageLogContext,
    QObject,
    QSettings,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from engine.project import Project
from engine.queries.answers import DoAnswer, ImagineAnswer, Result, SeeAnswer, Unanswerable
from gui import imagined, sentences
from gui.app import App, new_application
from gui.crash import CrashReporter, log_folder
from gui.phrases import plain
from gui.tour import Stop, Tour, tr

PAUSE_MS = 9_000  # what one stop takes to read
MOST_MS = 180_000  # a tour without a window that takes longer has gone wrong
SIZE = (1280, 800)
THEMES = ("light", "dark")
REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Page:
    """One stop in the report: pictures by theme, the answer in words, its numbers."""

    title: str
    words: str
    answer: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    pictures: dict[str, str]


def run_demo() -> int:
    """The window, with the tour in it; the exit code."""
    application = new_application()
    reporter = CrashReporter(log_folder())
    reporter.install()
    app = App(QSettings(), reporter)
    guide = Guide(app)
    app.window.painted.connect(guide.tour.begin)
    app.start()
    code = application.exec()
    app.close()
    reporter.remove()
    return code


def write_demo(folder: Path) -> int:
    """The same without a window: pictures of each stop and a report into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication.instance() or new_application()
    with TemporaryDirectory(prefix="doscope-") as scratch:
        reporter = CrashReporter(Path(scratch))
        settings = QSettings(str(Path(scratch) / "demo.ini"), QSettings.Format.IniFormat)
        app = App(settings, reporter)
        camera = Camera(app, folder)
        with _quiet():
            camera.run()
        project = app.document.project
        app.document.undo_stack.clear()
        app.close()
        application.processEvents()
    if not camera.arrived:
        sys.stderr.write(tr("The demo did not come to its end.") + "\n")
        return 1
    (folder / REPORT).write_text(report_text(project, camera.pages), encoding="utf-8")
    sys.stdout.write(f"{folder / REPORT}\n")
    return 0


class Guide(QObject):
    """Leads the tour in the window: a line for each stop, then the time to read it."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._app = app
        self.tour = Tour(app.document, app.bridge, self)
        self.tour.reached.connect(self._explain)
        self.tour.ended.connect(self._hand_over)

    @Slot(object, object)
    def _explain(self, stop: Stop, result: Result) -> None:
        self._app.notices.say(f"{stop.title}. {stop.words}")
        QTimer.singleShot(PAUSE_MS, self.tour.go_on)

    @Slot(bool)
    def _hand_over(self, arrived: bool) -> None:  # noqa: FBT001 - a signal's value
        if arrived:
            self._app.document.accept()
            self._app.notices.say(tr("Now it is yours: change the question, or draw an arrow."))


class Camera(QObject):
    """Takes the tour without a window, with a picture of each stop in each theme."""

    def __init__(self, app: App, folder: Path) -> None:
        super().__init__(app)
        self._app, self._folder = app, folder
        self._loop = QEventLoop(self)
        self.pages: list[Page] = []
        self.arrived = False
        self.tour = Tour(app.document, app.bridge, self)
        self.tour.reached.connect(self._take)
        self.tour.ended.connect(self._end)

    def run(self) -> None:
        """From start to end, or until it is clear that it does not end."""
        self._app.window.painted.connect(self.tour.begin)
        self._app.start()
        self._app.window.resize(*SIZE)
        QTimer.singleShot(MOST_MS, self._loop, self._loop.quit)
        self._loop.exec()

    @Slot(object, object)
    def _take(self, stop: Stop, result: Result) -> None:
        self._app.document.accept()
        number = len(self.pages) + 1
        pictures = {}
        for theme in THEMES:
            self._app.appearance.choose(theme)
            QCoreApplication.processEvents()
            pictures[theme] = f"{number}-{stop.name}-{theme}.png"
            self._app.window.grab().save(str(self._folder / pictures[theme]))
        project = self._app.document.project
        self.pages.append(
            Page(
                stop.title,
                stop.words,
                words_of(result, project),
                numbers_of(result, project),
                pictures,
            )
        )
        self.tour.go_on()

    @Slot(bool)
    def _end(self, arrived: bool) -> None:  # noqa: FBT001 - a signal's value
        self.arrived = arrived
        self._loop.quit()


def words_of(result: Result, project: Project) -> tuple[str, ...]:
    """The answer in sentences."""
    table = project.table
    if table is None:
        return ()
    match result:
        case SeeAnswer():
            found = (sentences.see_sentence(result, table), sentences.model_sentence(result, table))
            return tuple(filter(None, map(plain, found)))
        case DoAnswer():
            said = plain(sentences.do_sentence(result, table))
            footing = plain(sentences.footing_sentence(result.footing))
            rests = ", ".join(sentences.rests_list(result.footing))
            support = sentences.support_words(result, table)
            return tuple(filter(None, (said, footing, _rests(rests), support)))
        case ImagineAnswer():
            said = plain(imagined.imagine_sentence(result, table))
            return tuple(filter(None, (said, imagined.convention_words(result, table))))
        case Unanswerable(reason):
            return (reason,)
    return ()


def numbers_of(result: Result, project: Project) -> tuple[tuple[str, str], ...]:
    """Name and value, to four digits."""
    match result:
        case SeeAnswer():
            values = {
                tr("all rows"): result.before_value,
                tr("matching rows"): result.data_value,
                tr("the model"): result.model_value,
            }
        case DoAnswer():
            low, high = result.interval or (None, None)
            values = {
                tr("compared with"): result.before_value,
                tr("after do(…)"): result.after_value,
                tr("difference"): result.difference,
                tr("90 %, from"): low,
                tr("90 %, to"): high,
            }
        case ImagineAnswer() if project.table is not None:
            chances = result.units[result.outcome].probabilities
            labels = project.table.variable(result.outcome).categories
            values = dict(zip(labels, [] if chances is None else chances.tolist(), strict=False))
        case _:
            values = {}
    return tuple((name, f"{value:.4f}") for name, value in values.items() if value is not None)


def report_text(project: Project, pages: list[Page]) -> str:
    """The report as one HTML page beside its pictures."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    source = files("resources").joinpath("report", "demo.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(source).render(project=project, pages=pages)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Qt's remark that a platform without a screen ignores size hints."""

    def tell(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if "propagateSizeHints" in text:
            return
        if callable(before):
            before(kind, context, text)
        else:
            sys.stderr.write(f"{text}\n")

    before = qInstallMessageHandler(tell)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _rests(names: str) -> str:
    return tr("Rests on: {0}. No data can test that.").format(names) if names else ""
