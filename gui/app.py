"""The composition root: builds every part once and passes it to whoever needs it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from engine.project import Project
from engine.queries.answers import Result
from engine.runtime.messages import Crashed, Refused, Started
from engine.simulate.examples import EXAMPLES, PICTURES
from gui.actions import Actions
from gui.appearance import Appearance
from gui.beginning import Beginning
from gui.bridge import Bridge, EngineFactory, engine_with_journal
from gui.canvas.view import CanvasView
from gui.commands import THEME_KEY, Commands, Parts
from gui.crash import CrashReporter, log_folder
from gui.dialogs import Dialogs, NativeDialogs
from gui.docks import DATA, QUESTION, TRAINING
from gui.document import Document
from gui.files import Files
from gui.icons import application_icon
from gui.learnt import Learnt
from gui.live import Live
from gui.lower import Headed, Lower
from gui.matrix_offer import MatrixOffer
from gui.mending import Mending
from gui.notices import Notices
from gui.outline.linking import OutlineLink
from gui.pages import Pages
from gui.panels.assumptions import AssumptionsPanel
from gui.panels.concepts import ConceptsPanel
from gui.panels.data import DataPanel
from gui.panels.instant import InstantPanel
from gui.panels.outline import OutlinePanel
from gui.panels.paths import PathsPanel
from gui.panels.pins import PinsPanel
from gui.panels.question import QuestionPanel
from gui.panels.table import TablePanel
from gui.panels.training import TrainingPanel
from gui.panels.trust import TrustPanel
from gui.picture_offer import PictureOffer
from gui.recovery import Recovery
from gui.restyling import Restyling, times
from gui.sizing import remembered_scale
from gui.why import WhyBias
from gui.window import Window

POINT_SIZE = 10.0


@dataclass(frozen=True, slots=True)
class Panels:
    """The panels round the canvas."""

    data: DataPanel
    question: QuestionPanel
    assumptions: AssumptionsPanel
    training: TrainingPanel
    table: TablePanel
    outline: OutlinePanel
    pins: PinsPanel
    trust: TrustPanel
    paths: PathsPanel
    instant: InstantPanel
    concepts: ConceptsPanel


class App(QObject):
    """One window and all it needs; `start` shows it, the engine starts after the first paint."""

    def __init__(
        self,
        settings: QSettings,
        reporter: CrashReporter,
        factory: EngineFactory | None = None,
        dialogs: Dialogs | None = None,
    ) -> None:
        super().__init__()
        self.settings, self.reporter = settings, reporter
        self.appearance = Appearance(str(settings.value(THEME_KEY, "system")), self)
        self.appearance.choose_scale(remembered_scale(settings))
        self.document = Document(self)
        self.bridge = Bridge(factory, self)
        self.live = Live(
            self.document, self.bridge, self
        )  # first: the engine hears before views ask
        self._dress()
        self.canvas = CanvasView(self.document, self.appearance)
        self.panels = self._panels()
        self.pages = Pages(self.canvas)
        self.notices = Notices(self.appearance, self.pages)
        self.actions = Actions(self)
        self.window = Window(
            self.actions,
            self.appearance,
            settings,
            self.notices,
            self._sides(),
            self._lower(),
        )
        self.restyling = Restyling(
            self.appearance, self.window, self.canvas, self.actions, self._font, self
        )
        self.dialogs = dialogs or NativeDialogs(self.window)
        self.files = Files(self.document, self.bridge, self.dialogs, settings, self)
        self.learnt = Learnt(self.document, self.bridge, self)
        self.mending = Mending(self.bridge, self.files, self.notices, self)
        self.beginning = Beginning(
            self.document, self.bridge, self.files, self.canvas, self.notices, self.pages, self
        )
        self.photos = PictureOffer(self.document, self.bridge, self.appearance, self)
        self.notices.add_line(self.photos.line)
        self.beside = MatrixOffer(self.document, self.bridge, self.appearance, self)
        self.notices.add_line(self.beside.line)
        self.commands = Commands(self._parts(), self)
        offer = self.notices.offer
        self.recovery = Recovery(self.document, self.bridge, self.files, offer, self)
        self._closing = self._just_edited = False
        self.pages.fold_with(self.window.docks)
        self._wire()
        self._wire_engine()
        self._wire_views()
        self.show_title()

    def start(self, path: Path | None = None) -> None:
        """Show the window; the engine and the file come once it is on the screen."""
        if path is not None:
            self.window.painted.connect(lambda: self.files.open_path(path))
        elif self.document.project == Project():
            self.beginning.open_welcome()
        self.window.painted.connect(self.bridge.start)
        self.window.show()

    def close(self) -> None:
        """End the engine, let the window go."""
        self.commands.picture_export.cancel()
        self.restyling.cancel()
        self.recovery.release()
        self.bridge.close()
        self.document.undo_stack.clear()  # else it speaks once more while it is taken down
        self.window.deleteLater()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setFont(self._font)

    @Slot()
    def show_title(self) -> None:
        """Name and state of the file, in the title bar and in the toolbar."""
        self.window.show_title(self.files.name, self.files.state)

    def may_close(self) -> bool:
        """True when nothing is lost by closing now; asks at most once."""
        if not self._closing:
            self.files.when_safe(self._close)
        return self._closing

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _close(self) -> None:
        self._closing = True
        self.window.close()

    def _panels(self) -> Panels:
        document, bridge, appearance = self.document, self.bridge, self.appearance
        return Panels(
            DataPanel(document, appearance),
            QuestionPanel(document, bridge, appearance),
            AssumptionsPanel(document, bridge, appearance),
            TrainingPanel(document, bridge, appearance),
            TablePanel(document, appearance),
            OutlinePanel(document),
            PinsPanel(document, appearance),
            TrustPanel(document, bridge, appearance),
            PathsPanel(document, appearance),
            InstantPanel(document, bridge, appearance),
            ConceptsPanel(document, bridge, appearance),
        )

    def _lower(self) -> Lower:
        lower, panels = Lower(), self.panels
        lower.add("assumptions", self.tr("Assumptions"), panels.assumptions)
        lower.add("instant", self.tr("Instant effect"), panels.instant, panels.instant.corner)
        lower.add("trust", self.tr("Trust"), panels.trust)
        lower.add("concepts", self.tr("Concepts"), panels.concepts, panels.concepts.corner)
        lower.add("paths", self.tr("Paths"), panels.paths)
        lower.add("table", self.tr("Table"), panels.table, panels.table.corner)
        lower.add("outline", self.tr("Outline"), panels.outline, panels.outline.corner)
        lower.add("pins", self.tr("Pinned"), panels.pins, panels.pins.corner)
        return lower

    def _sides(self) -> dict[str, QWidget]:
        panels = self.panels
        training = Headed(self.tr("Training"), panels.training, panels.training.corner)
        return {DATA: panels.data, QUESTION: panels.question, TRAINING: training}

    def _parts(self) -> Parts:
        return Parts(
            self.actions,
            self.appearance,
            self.document,
            self.bridge,
            self.canvas,
            self.files,
            self.beginning,
            self.dialogs,
            self.window,
            self.restyling,
            self.settings,
            self.reporter.path,
            self.notices.say,
            self.panels.question,
            self.photos,
        )

    def _wire(self) -> None:
        window, files = self.window, self.files
        window.may_close = self.may_close
        window.file_dropped.connect(files.open_path)
        window.take_files_over(self.canvas.viewport())
        window.recent_chosen.connect(files.open_path)
        window.example_chosen.connect(files.open_example)
        window.show_examples([(e.title, e.summary, e.id) for e in (*EXAMPLES, *PICTURES)])
        files.recent.changed.connect(self._show_recent)
        for part in (files, self.photos):
            part.noticed.connect(self.notices.say)
            part.refused.connect(self.notices.refuse)
        files.graph_placed.connect(self.canvas.fit)
        self.document.file_changed.connect(self.show_title)
        self.document.changed.connect(self._follow)
        self.document.replaced.connect(self.canvas.fit)
        self.notices.undo_wanted.connect(self.document.undo_stack.undo)
        self.notices.log_wanted.connect(self.commands.show_log)
        self.reporter.crashed.connect(self.notices.crash)
        self._show_recent()

    def _wire_engine(self) -> None:
        bridge, status = self.bridge, self.window.status
        bridge.started.connect(self._started)
        bridge.states_changed.connect(self.canvas.show_states)
        bridge.states_changed.connect(status.show_states)
        bridge.progressed.connect(status.show_progress)
        bridge.progressed.connect(self.canvas.show_progress)
        bridge.working.connect(status.show_working)
        bridge.filling.connect(status.show_filling)
        ends = (bridge.table_read, bridge.saved, bridge.opened, bridge.recovered, bridge.refused)
        for ended in (*ends, bridge.pictures_read, bridge.example_made):
            ended.connect(status.end_working)
        bridge.refused.connect(self._refused)
        bridge.crashed.connect(self._crashed)
        status.cancel_wanted.connect(bridge.cancel)

    def _wire_views(self) -> None:
        canvas, panels = self.canvas, self.panels
        self.live.cards.connect(canvas.show_cards)
        self.live.cards.connect(panels.data.show_cards)
        self.live.pictured.connect(canvas.stage.dealer.show_pictures)
        panels.question.pictured.connect(canvas.stage.dealer.show_pictures)
        self.live.checks.connect(panels.assumptions.show_checks)
        self.live.checks.connect(panels.trust.show_checks)
        self.live.balance.connect(panels.assumptions.show_balance)
        self.live.balance.connect(canvas.stage.show_balance)
        panels.trust.mechanisms.environments_told.connect(canvas.stage.environments.show)
        shown = self.actions["mechanisms"].triggered
        shown.connect(lambda: self.window.show_lower("trust"))
        shown.connect(lambda: panels.trust.show_mechanisms())
        panels.question.show_assumptions.connect(canvas.stage.show_absent)
        canvas.noticed.connect(self._canvas_noticed)
        canvas.zoom_changed.connect(self.window.status.show_zoom)
        canvas.focus_variable.connect(panels.data.highlight)
        panels.data.add_wanted.connect(self.commands.draw)
        panels.data.vector_wanted.connect(self.commands.vectors.make)
        panels.data.table_wanted.connect(self.files.open_table)
        panels.data.examples_wanted.connect(self._show_examples)
        OutlineLink(panels.outline, canvas, self.document, self).lend_keys(self.actions)
        panels.outline.noticed.connect(self.notices.say_undoable)
        panels.question.pin_wanted.connect(self._pin)
        panels.question.settled.connect(panels.pins.renew)
        panels.pins.asked.connect(self._renew_pin)
        why = WhyBias(panels.paths, canvas, self.window, self.actions)
        why.offer_at(panels.assumptions)
        self.live.checks.connect(why.show_checks)
        for panel in (panels.data, panels.outline, panels.pins, panels.paths, panels.concepts):
            panel.refused.connect(self.notices.refuse)

    def _pin(self, result: Result) -> None:
        """Keep an answer, and show where it is kept; the keyboard stays where it was."""
        if self.panels.pins.pin(result):
            self.window.lower_dock.show()
            self.window.tabs.show_tab("pins")

    def _renew_pin(self) -> None:
        """The answer to a pin's question may stand already."""
        if self.panels.question.final:
            self.panels.pins.renew(self.panels.question.result)

    def _dress(self) -> None:
        application, self._font = QApplication.instance(), QFont()
        if isinstance(application, QApplication):
            font = QFont(application.font())
            font.setFamilies(["Inter", *font.families()])
            if font.pointSizeF() < POINT_SIZE:
                font.setPointSizeF(POINT_SIZE)
            application.setStyle("Fusion")
            self._font = font
            # some widgets keep what they meet
            application.setFont(times(font, self.appearance.size))

    def _follow(self, old: Project, new: Project) -> None:
        self._just_edited = True
        self.notices.toast.forget_undo()
        QTimer.singleShot(0, self._settle)
        if old.table != new.table:
            self.window.status.show_table(new.table)
        if old.title != new.title:
            self.show_title()

    def _settle(self) -> None:
        self._just_edited = False

    def _canvas_noticed(self, text: str) -> None:
        if self._just_edited:
            self.notices.say_undoable(text)
        else:
            self.notices.say(text)

    def _started(self, event: Started) -> None:
        self.window.status.show_device(event.device)

    def _refused(self, event: Refused) -> None:
        self.notices.refuse(event.error, self.files.way_out(event))

    def _crashed(self, event: Crashed) -> None:
        self.reporter.report(event.text)

    def _show_recent(self) -> None:
        self.window.show_recent(self.files.recent.paths())

    def _show_examples(self) -> None:
        button = self.panels.data.examples
        self.window.submenus["examples"].popup(button.mapToGlobal(button.rect().bottomLeft()))


def run(path: Path | None = None) -> int:
    """The window until it is closed; the exit code."""
    application = new_application()
    reporter = CrashReporter(log_folder())
    reporter.install()
    app = App(QSettings(), reporter, engine_with_journal(log_folder() / "recovery"))
    app.start(path)
    code = application.exec()
    app.close()
    reporter.remove()
    return code


def new_application() -> QApplication:
    """The Qt application under its own name, so that settings and data have their own place."""
    QApplication.setOrganizationName("Doscope")
    QApplication.setApplicationName("Doscope")
    QApplication.setDesktopFileName("doscope")
    application = QApplication(sys.argv[:1])
    application.setWindowIcon(application_icon())
    return application
