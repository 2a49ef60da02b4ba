"""How the rows came about, in the data panel: short words, sentences, and entries of its menu."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from engine.data.design import SetWhere
from engine.data.rows import set_rows
from engine.data.table import Table
from engine.project import Project
from gui import edits
from gui.experiment import ExperimentDialog
from gui.numerals import count

Change = Callable[[str, Callable[[Project], Project]], None]  # label of the step, and the verb


def badges(table: Table, name: str) -> tuple[str, ...]:
    """What a column has to do with how the rows came about, a word each."""
    design = table.design
    words = {
        _tr("weights"): design.weights == name,
        _tr("cluster"): design.cluster == name,
        _tr("marker"): any(item.column == name for item in design.experiments),
        _tr("partly set"): name in design.varied,
    }
    return tuple(word for word, said in words.items() if said)


def sentences(table: Table, name: str) -> tuple[str, ...]:
    """The same in sentences."""
    design, said = table.design, []
    if design.weights == name:
        said.append(_tr("Each row counts as much as its value here says"))
    if design.cluster == name:
        said.append(_tr("Rows with the same value here belong together"))
    of = [item.variable for item in design.experiments if item.column == name]
    if of:
        words = _tr(" and ").join(dict.fromkeys(of))
        said.append(_tr("Says in which rows an experimenter set {0}").format(words))
    if name in design.varied:
        number = count(int(set_rows(table, name).sum()))
        text = _tr("Set by an experimenter in {0} rows, which teach nothing of its causes")
        said.append(text.format(number))
    return tuple(said)


class DesignEntries:
    """Adds to a variable's menu what it may say of the rows; each choice is one undo step."""

    def __init__(self, parent: QWidget, change: Change) -> None:
        self._parent, self._change = parent, change

    def add(self, menu: QMenu, table: Table, name: str) -> None:
        """Entries for the column `name`."""
        design = table.design
        menu.setToolTipsVisible(True)
        menu.addSeparator()
        weights = _choice(menu, _tr("Use as row weights"), checked=design.weights == name)
        weights.setToolTip(_tr("Each row counts as much as its value here says."))
        weights.triggered.connect(lambda on: self.weigh(name, on))
        cluster = _choice(
            menu, _tr("Use as cluster (rows that belong together)"), checked=design.cluster == name
        )
        cluster.setToolTip(
            _tr("Rows with the same value here, such as visits of one patient, count as one unit.")
        )
        cluster.triggered.connect(lambda on: self.cluster(name, on))
        experiment = menu.addAction(
            _tr("Rows where {0} was set by an experimenter…").format(name.replace("&", "&&"))
        )
        experiment.setToolTip(_tr("Such rows say what it causes, but nothing of what causes it."))
        experiment.triggered.connect(lambda: self.ask(table, name))
        for item in design.experiments:
            if name in (item.variable, item.column):
                words = removal_words(table, item).replace("&", "&&")
                menu.addAction(words).triggered.connect(_once(self.forget, item))

    def weigh(self, name: str, on: bool) -> None:  # noqa: FBT001 - a signal's value
        """Row weights by this column, or none."""
        label = _tr("Use {0} as row weights") if on else _tr("Do not weigh by {0}")
        column = name if on else ""
        self._change(label.format(name), lambda project: edits.weigh_by(project, column))

    def cluster(self, name: str, on: bool) -> None:  # noqa: FBT001 - a signal's value
        """Clusters by this column, or none."""
        label = _tr("Use {0} as cluster") if on else _tr("Do not cluster by {0}")
        column = name if on else ""
        self._change(label.format(name), lambda project: edits.cluster_by(project, column))

    def ask(self, table: Table, name: str) -> None:
        """A dialog: which variable was set, and in which rows."""
        dialog = ExperimentDialog(table, name, self._parent)
        dialog.chosen.connect(self.set_where)
        dialog.open()

    def set_where(self, item: SetWhere) -> None:
        """The user says in which rows a variable was set."""
        label = _tr("Rows where {0} was set").format(item.variable)
        self._change(label, lambda project: edits.set_where(project, item))

    def forget(self, item: SetWhere) -> None:
        """It was not set there, after all."""
        label = _tr("No rows where {0} was set by {1}").format(item.variable, item.column)
        verb = partial(edits.not_set_where, variable=item.variable, column=item.column)
        self._change(label, verb)


def removal_words(table: Table, item: SetWhere) -> str:
    """Not set after all: akt where aktinhib is 1."""
    values = where_words(table, item)
    return _tr("Not set after all: {0} where {1}").format(item.variable, values)


def where_words(table: Table, item: SetWhere) -> str:
    """aktinhib is 1; arm is pill or surgery."""
    marker = table.variable(item.column)
    shown = [marker.show(value) for value in item.values[:4]]
    more = [_tr("{0} more").format(len(item.values) - 4)] if len(item.values) > 4 else []
    return _tr("{0} is {1}").format(item.column, _tr(" or ").join([*shown, *more]))


def _choice(menu: QMenu, text: str, *, checked: bool) -> QAction:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(checked)
    return action


def _once(verb: Callable[[SetWhere], None], item: SetWhere) -> Callable[[], None]:
    def run() -> None:
        verb(item)

    return run


def _tr(text: str) -> str:
    return QCoreApplication.translate("Design", text)
