"""How a session begins: the welcome, three questions about a table, hints, and the tour."""

from PySide6.QtCore import QObject, Slot

from engine.project import Project
from gui import drafting
from gui.bridge import Bridge
from gui.canvas.view import CanvasView
from gui.document import Document
from gui.drafting import Draft
from gui.files import Files
from gui.guide import Guide
from gui.hints import Hint, Way
from gui.notices import Notices
from gui.pages import Pages
from gui.starter import Starter
from gui.welcome import Welcome


class Beginning(QObject):
    """Turns the pages of the middle, and says in one line what could come next."""

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        files: Files,
        canvas: CanvasView,
        notices: Notices,
        pages: Pages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._files = document, bridge, files
        self._canvas, self._notices, self.pages = canvas, notices, pages
        appearance = canvas.appearance
        self.welcome, self.starter = Welcome(appearance), Starter(appearance)
        self.hint = Hint(appearance)
        self.guide = Guide(document, bridge, files, Hint(appearance), self)
        for line in (self.hint, self.guide.line):
            notices.add_line(line)
        pages.add("welcome", self.welcome)
        pages.add("starter", self.starter)
        self._connect()

    def open_welcome(self) -> None:
        """The first page, whatever is open."""
        self.welcome.show_recent(self._files.recent.paths())
        self.pages.turn_to("welcome")
        self.welcome.take_keyboard()

    def open_starter(self) -> None:
        """Three questions about the table."""
        table = self._document.project.table
        if table is None:
            return
        self.starter.ask(table, self._document.project.tiers)
        self.pages.turn_to("starter")
        self.starter.take_keyboard()

    def open_canvas(self) -> None:
        """Back to the graph."""
        self.pages.turn_to("canvas")
        self._canvas.setFocus()

    @Slot(object)
    def draft(self, draft: Draft) -> None:
        """One undo step: the draft's graph and question; then it is learnt."""
        background = _unused(self.tr("background"), self._document.project)
        label = self.tr("Draft what {0} does to {1}").format(draft.treatment, draft.outcome)
        self._document.apply(label, lambda p: drafting.drafted(p, draft, background))
        self.open_canvas()
        self._canvas.fit()
        self._bridge.fit()

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _connect(self) -> None:
        welcome, starter, files = self.welcome, self.starter, self._files
        welcome.empty_wanted.connect(self.open_canvas)
        welcome.table_wanted.connect(files.open_table)
        welcome.project_wanted.connect(files.open)
        welcome.tour_wanted.connect(self.guide.begin)
        welcome.example_wanted.connect(files.open_example)
        welcome.recent_wanted.connect(files.open_path)
        starter.drafted.connect(self.draft)
        starter.left.connect(self.open_canvas)
        files.recent.changed.connect(self._show_recent)
        self._document.changed.connect(self._follow)
        self._document.replaced.connect(self._restart)
        self.pages.turned.connect(lambda: self._suggest(self._document.project))
        self.pages.turned.connect(self._notices.toast.hide)  # it spoke of the page before

    @Slot(object, object)
    def _follow(self, old: Project, new: Project) -> None:
        came = new.table is not None and old.table is not new.table
        if self.pages.shown == "welcome" and not _blank(new):
            if came and not new.graph.variables:
                self.open_starter()
            else:
                self.pages.turn_to("canvas")
        elif self.pages.shown == "starter":
            if new.table is None:
                self.pages.turn_to("canvas")
            self.starter.follow(new)
        self._suggest(new)

    @Slot()
    def _restart(self) -> None:
        self.hint.forget()
        self._suggest(self._document.project)
        self.pages.turn_to("canvas")

    def _suggest(self, project: Project) -> None:
        """What could come next, if anything."""
        if self.pages.shown != "canvas":
            self.hint.leave()
        elif project.table is not None and not project.graph.variables:
            words = self.tr("There is a table and no graph yet. Three questions make a draft.")
            self.hint.say("draft", words, Way(self.tr("Three questions…"), self.open_starter))
        elif project.assumed:
            count = len(project.assumed)
            words = self.tr(
                "{0} arrows are assumed by the draft. Click a question mark to confirm its arrow,"
                " or delete what is wrong."
            ).format(count)
            if count == 1:
                words = self.tr("1 arrow is assumed by the draft. Confirm it, or delete it.")
            self.hint.say("assumed", words, Way(self.tr("Confirm all"), self._confirm_all))
        else:
            self.hint.leave()

    def _confirm_all(self) -> None:
        self._document.apply(self.tr("Confirm every arrow"), drafting.confirm_all)

    def _show_recent(self) -> None:
        self.welcome.show_recent(self._files.recent.paths())


def _blank(project: Project) -> bool:
    return project.table is None and not project.graph.variables


def _unused(stem: str, project: Project) -> str:
    taken = {*project.graph.variables, *(project.table.names if project.table else ())}
    names = (stem, *(f"{stem} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
