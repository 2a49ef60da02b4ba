"""Pieces of sentences: spans of plain text with a style, templates, lists."""

from dataclasses import dataclass, replace
from string import Formatter

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence; `style` is "", "strong", "quiet" or "warn"."""

    text: str
    style: str = ""


Sentence = tuple[Span, ...]


def tr(text: str) -> str:
    """`text` in the user's language."""
    return QCoreApplication.translate("sentences", text)


def plain(sentence: Sentence) -> str:
    """The sentence without styles: for copying and for screen readers."""
    return "".join(span.text for span in sentence)


def strong(text: str) -> Sentence:
    """What the eye should find first."""
    return (Span(text, "strong"),)


def quiet(text: str) -> Sentence:
    """Said, but in the background."""
    return (Span(text, "quiet"),) if text else ()


def say(template: str, **parts: str | Sentence) -> Sentence:
    """`template` with {names} replaced by words, or by spans that keep their style."""
    spans: list[Span] = []
    for text, name, _, _ in Formatter().parse(template):
        if text:
            spans.append(Span(text))
        if name is not None:
            part = parts[name]
            spans.extend((Span(part),) if isinstance(part, str) else part)
    return tuple(span for span in spans if span.text)


def joined(items: tuple[str, ...]) -> str:
    """a, b and c."""
    return plain(listed(tuple((Span(item),) for item in items)))


def listed(items: tuple[Sentence, ...]) -> Sentence:
    """The same for sentences that keep their styles."""
    spans: list[Span] = []
    for number, item in enumerate(items):
        if number:
            spans.append(Span(f" {tr('and')} " if number == len(items) - 1 else ", "))
        spans.extend(item)
    return tuple(spans)


def capital(sentence: Sentence) -> Sentence:
    """The sentence with a capital first letter."""
    if not sentence:
        return ()
    first = sentence[0]
    return (replace(first, text=first.text[:1].upper() + first.text[1:]), *sentence[1:])
