"""What the tests of a graph came to, in words."""

from collections.abc import Sequence

from engine.queries.answers import IndependenceTest
from gui.numerals import MINUS, shown
from gui.phrases import tr


def tests_words(tests: Sequence[IndependenceTest]) -> str:
    """How many tests, how many contradict the graph, and what they could have seen."""
    if not tests:
        return tr("This graph implies no independence: no data can contradict it.")
    rejected = sum(test.rejected for test in tests)
    counted = tr("1 test") if len(tests) == 1 else tr("{0} tests").format(len(tests))
    if rejected == 1:
        return tr("{0}, 1 contradicts the graph").format(counted)
    if rejected:
        return tr("{0}, {1} contradict the graph").format(counted, rejected)
    words = tr("{0}, none contradicts the graph").format(counted)
    seen = [test for test in tests if test.detectable is not None]
    if seen:
        weakest = max(seen, key=lambda test: test.detectable or 0.0)
        words += tr(" (could have seen a {0} above {1})").format(
            measure(weakest.method, long=True), decimal(weakest.detectable or 0.0)
        )
    return tr("{0}; other graphs fit as well").format(words)


def decimal(value: float) -> str:
    """−.05 or .12: two digits, no leading zero, a true minus; "0" for nothing."""
    text = f"{abs(value):.2f}"
    if float(text) == 0:
        return shown(".00")
    return (MINUS if value < 0 else "") + shown(text.removeprefix("0"))


def measure(method: str, *, long: bool = False) -> str:
    """How the effect of a test is called: a partial correlation, or Cramér's V."""
    if "partial" in method.lower() or "correlation" in method.lower():
        return "partial correlation" if long else "partial r"
    return "Cramér's V" if long else "V"
