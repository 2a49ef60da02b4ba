"""The two-minute tour in the window: a line for each stop, and a button that goes on."""

from PySide6.QtCore import QCoreApplication, QObject, Slot

from engine.queries.answers import Result
from gui.bridge import Bridge
from gui.document import Document
from gui.files import Files
from gui.hints import Hint, Way
from gui.tour import Stop, Tour, stops

TOPIC = "tour"


class Guide(QObject):
    """Leads the tour at the reader's pace; changing something ends it."""

    def __init__(
        self,
        document: Document,
        bridge: Bridge,
        files: Files,
        line: Hint,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._files = document, bridge, files
        self.line = line
        self.tour: Tour | None = None
        self._number = 0

    def begin(self) -> None:
        """Open the study, once the present work is safe."""
        self._files.when_safe(self._begin)

    def leave(self) -> None:
        """The window is the reader's."""
        tour, self.tour = self.tour, None
        if tour is not None:
            tour.stop()
            tour.deleteLater()
        self.line.leave()

    def _begin(self) -> None:
        self.leave()
        self._number = 0
        self.tour = Tour(self._document, self._bridge, self)
        self.tour.reached.connect(self._explain)
        self.tour.ended.connect(self._end)
        self.line.forget()
        words = _tr("Learning from 700 patients with kidney stones. This takes a few seconds.")
        self.line.say(TOPIC, words, Way(_tr("Leave the tour"), self.leave))
        self.tour.begin()

    @Slot(object, object)
    def _explain(self, stop: Stop, result: Result) -> None:
        if self.tour is None:
            return
        self._number += 1
        self._document.accept()
        text = _tr("{0} of {1} · {2}. {3}")
        words = text.format(self._number, len(stops()), stop.title, stop.words)
        last = self._number == len(stops())
        on = Way(_tr("Finish") if last else _tr("Next"), self._go_on)
        self.line.say(TOPIC, words, on, Way(_tr("Leave the tour"), self.leave))
        self.line.first.setFocus()

    def _go_on(self) -> None:
        if self.tour is not None:
            self.tour.go_on()

    @Slot(bool)
    def _end(self, arrived: bool) -> None:  # noqa: FBT001 - a signal's value
        self.leave()
        if arrived:
            self._document.accept()
            words = _tr("Now it is yours: change the question, or draw an arrow.")
            self.line.say("after", words)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Guide", text)
