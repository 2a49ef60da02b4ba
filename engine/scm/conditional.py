"""What is fitted: the law of one variable given others, by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conditional:
    """P(target | given), `given` in a fixed order.

    The mechanism of a variable is the one given its parents, if it shares no hidden cause with
    another; identified estimands may need others.
    """

    target: str
    given: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"P({self.target} | {', '.join(self.given)})" if self.given else f"P({self.target})"
