"""Paths between exposure and outcome in words: open or closed and why, and what closes them."""

from PySide6.QtCore import QCoreApplication

from engine.identify.influence import in_words
from engine.identify.paths import Closing, JoinedPath, Meet, Stop
from gui.phrases import joined as listed


def verdict(joined: JoinedPath) -> str:
    """Open or closed, and because of what."""
    if not joined.open:
        return _tr("closed: {0}").format("; ".join(map(why_stopped, stopping(joined))))
    opened = [stop for stop in joined.stops if stop.meet is Meet.COLLIDER]
    if joined.causal:
        return _tr("causal and open: this is the effect that is asked about")
    if opened:
        return _tr("open, because {0}").format("; ".join(map(why_opened, opened)))
    if not joined.stops:
        return _tr("open, because a hidden cause joins them directly")
    return _tr("open, because nothing on it is held fixed")


def stopping(joined: JoinedPath) -> list[Stop]:
    """The variables that close a path."""
    return [stop for stop in joined.stops if not stop.passes]


def why_stopped(stop: Stop) -> str:
    """Why a path ends here."""
    if stop.meet is Meet.COLLIDER:
        words = _tr("{0} is a common effect (collider), and it and what it causes are left free")
        return words.format(stop.name)
    return _tr("{0} is held fixed").format(stop.name)


def why_opened(stop: Stop) -> str:
    """Why a collider lets dependence through."""
    if stop.by == (stop.name,):
        words = _tr("the common effect {0} is held fixed")
        return words.format(stop.name)
    words = _tr("{0}, caused by the common effect {1}, is held fixed")
    return words.format(listed(stop.by), stop.name)


def stop_words(stop: Stop) -> str:
    """What happens at a variable, in a sentence: d-separation step by step."""
    return f"{_named(stop)}: {_does(stop)}"


def short_words(stop: Stop) -> str:
    """The same in a few words, for the canvas."""
    names = {
        Meet.CHAIN: _tr("chain"),
        Meet.FORK: _tr("fork"),
        Meet.COLLIDER: _tr("collider"),
    }
    if stop.meet is not Meet.COLLIDER:
        does = _tr("passes") if stop.passes else _tr("stops: held fixed")
    elif not stop.passes:
        does = _tr("stops")
    elif stop.by == (stop.name,):
        does = _tr("opened: held fixed")
    else:
        does = _tr("opened by {0}").format(listed(stop.by))
    return f"{names[stop.meet]}: {does}"


def closing_words(closing: Closing) -> str:
    """What closes a path, and what speaks against it."""
    words = (
        _tr("No longer holding {0} fixed would close it")
        if closing.let_go
        else _tr("Holding {0} fixed would close it")
    ).format(closing.name)
    if closing.reacts:
        words += _tr(", but it reacts to the exposure: this compares different people")
    if closing.opens:
        words += _tr(", but it opens {0}").format(in_words(closing.opens))
    return f"{words}."


def nothing_closes(exposures: tuple[str, ...]) -> str:
    """Where no measured variable closes a path."""
    words = _tr("Nothing measured closes it: measure a hidden cause on it, or set {0} by lot.")
    return words.format(listed(exposures))


def _named(stop: Stop) -> str:
    words = {
        Meet.CHAIN: _tr("{0} (chain)"),
        Meet.FORK: _tr("{0} (fork, a common cause)"),
        Meet.COLLIDER: _tr("{0} (collider, a common effect)"),
    }
    return words[stop.meet].format(stop.name)


def _does(stop: Stop) -> str:
    if stop.meet is not Meet.COLLIDER:
        return _tr("passes") if stop.passes else _tr("stops here, because it is held fixed")
    if not stop.passes:
        return _tr("stops here, unless it or what it causes is held fixed")
    if stop.by == (stop.name,):
        return _tr("would stop here, but is opened because it is held fixed")
    words = _tr("would stop here, but is opened because its descendant {0} is held fixed")
    return words.format(listed(stop.by))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Paths", text)
