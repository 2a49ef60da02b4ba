"""What would make an effect identified, in words for the assumptions panel."""

from PySide6.QtCore import QCoreApplication

from engine.identify.remedies import Remedy, Way
from gui.marks import Line, Mark
from gui.phrases import joined


def remedy_line(remedy: Remedy) -> Line:
    """What to do, and that it would be enough."""
    quiet = _tr("would identify it, if the rest of the graph is right")
    return Line(Mark.WAY_OUT, _deed(remedy), quiet)


def _deed(remedy: Remedy) -> str:
    match remedy.way:
        case Way.MEASURE:
            return _tr("Measuring {0}").format(*remedy.names)
        case Way.HIDDEN_CAUSE:
            return _tr("Measuring the hidden cause behind {0} ↔ {1}").format(*remedy.names)
        case Way.MEDIATOR:
            words = _tr("Measuring what lies between {0} and {1}, if no hidden cause works on it")
            return words.format(*remedy.names)
    return _tr("Setting {0} by lot (an experiment)").format(joined(remedy.names))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Remedies", text)
