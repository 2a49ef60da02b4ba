"""What can be done with an answer: another kind of plot, a copy, a table, a pin."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gui.appearance import Appearance
from gui.phrases import plain
from gui.plots.compare import ComparePlot
from gui.plots.drawing import Drawing
from gui.plots.picture import Kind
from gui.widgets.chip import Chip
from gui.widgets.flow import FlowLayout
from gui.widgets.picker import Choice, Picker
from gui.widgets.sentence import SentenceLabel

SENTENCE, PICTURE, SVG, TABLE = "sentence", "picture", "svg", "table"
SAVE, SHOW = "save", "show"


class AnswerTools(QWidget):
    """A row of chips below the plot; `pin_wanted` and `save_wanted(plot)` are for others to do."""

    pin_wanted = Signal()
    save_wanted = Signal(object)
    kind_chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        sentence: SentenceLabel,
        plot: Drawing,
        others: tuple[Drawing, ...] = (),
    ) -> None:
        super().__init__()
        self.sentence, self.plot, self.others = sentence, plot, others
        self.more = ""  # said after the sentence where it is copied
        self.kind = Picker(appearance, self.tr("Plot"))
        self.kind.picked.connect(self.kind_chosen)
        self.copy = Picker(appearance, self.tr("Copy"))
        self.copy.offer(self._ways(), self.tr("Copy"))
        self.copy.picked.connect(self.use)
        self.pin = Chip(appearance, self.tr("Pin"))
        self.pin.setToolTip(self.tr("Keep this answer beside others, below the canvas"))
        self.pin.setAccessibleName(self.tr("Pin this answer"))
        self.pin.clicked.connect(self.pin_wanted)
        flow = FlowLayout(self)
        for widget in (self.kind, self.copy, self.pin):
            flow.addWidget(widget)

    def sync(self) -> None:
        """Offer the kinds that the plot can show."""
        plot = self.plot
        offered = isinstance(plot, ComparePlot) and plot.adds_up
        self.kind.setVisible(offered)
        if isinstance(plot, ComparePlot) and offered:
            bars = plot.picture is not None and bool(plot.picture.categories)
            first = self.tr("Bars") if bars else self.tr("Density")
            names = {Kind.DENSITY: first, Kind.CUMULATIVE: self.tr("Share at or below")}
            choices = [Choice(kind, name) for kind, name in names.items()]
            self.kind.offer(choices, names[plot.kind])

    def show_for_pictures(self, *, pictures: bool) -> None:
        """Pictures cannot be pinned, and have one kind of plot."""
        self.pin.setVisible(not pictures)
        if pictures:
            self.show()
        self.sync()

    @Slot(object)
    def use(self, way: str) -> None:
        """Copy, save or show; the plot that has the keyboard, else the first."""
        plot = next((p for p in (self.plot, *self.others) if p.hasFocus()), self.plot)
        if way == SENTENCE:
            said = plain(self.sentence.sentence)
            QGuiApplication.clipboard().setText(" ".join(filter(None, (said, self.more))))
        elif way == SAVE:
            self.save_wanted.emit(plot)
        else:
            verbs = {
                PICTURE: plot.copy_picture,
                SVG: plot.copy_svg,
                TABLE: plot.copy_table,
                SHOW: plot.show_table,
            }
            verbs[way]()

    def _ways(self) -> tuple[Choice, ...]:
        return (
            Choice(SENTENCE, self.tr("Copy sentence")),
            Choice(PICTURE, self.tr("Copy picture")),
            Choice(SVG, self.tr("Copy as SVG")),
            Choice(TABLE, self.tr("Copy as table")),
            Choice(SHOW, self.tr("Show as table")),
            Choice(SAVE, self.tr("Save plot…")),
        )
