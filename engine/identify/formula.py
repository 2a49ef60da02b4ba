"""An identified expression, written for people and for LaTeX."""

from dataclasses import dataclass

from engine.identify.estimand import Expression, Probability, product, summed
from engine.scm.conditional import Conditional

SPECIAL = {"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"} | {
    character: f"\\{character}" for character in "&%$#_{}"
}


@dataclass(frozen=True, slots=True)
class Formula:
    """P(outcome | do(treatments)) = Σ_over Π factors · P(weights).

    `shifted` treatments are set to their own value + δ and read so by what they cause; the factors
    of `natural` read them as they came about.
    """

    treatments: tuple[str, ...]
    outcome: str
    factors: tuple[Conditional, ...]
    over: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    shifted: frozenset[str] = frozenset()
    natural: frozenset[str] = frozenset()

    def moved(self, factor: Conditional) -> frozenset[str]:
        """The treatments that a factor reads at their own value + δ."""
        return frozenset() if factor.target in self.natural else self.shifted


def expression(formula: Formula) -> Expression:
    """The right side in the algebra of estimands; for formulas without shifts."""
    terms = [Probability((factor.target,), factor.given) for factor in formula.factors]
    terms += [Probability(formula.weights)] if formula.weights else []
    return summed(formula.over, product(terms))


def text(formula: Formula) -> str:
    """The formula in one line of plain text."""
    do = [f"{v} += δ" if v in formula.shifted else v for v in formula.treatments]
    terms = [f"Σ_{{{', '.join(formula.over)}}}"] if formula.over else []
    for factor in formula.factors:
        moved = formula.moved(factor)
        given = tuple(f"{v} + δ" if v in moved else v for v in factor.given)
        terms.append(str(Conditional(factor.target, given)))
    terms += [f"P({', '.join(formula.weights)})"] if formula.weights else []
    return f"P({formula.outcome} | do({', '.join(do)})) = {' '.join(terms)}"


def latex(formula: Formula) -> str:
    """The formula in LaTeX mathematics (needs amsmath); names are upright text."""
    do = [
        f"{upright(v)} \\mathrel{{+}}= \\delta" if v in formula.shifted else upright(v)
        for v in formula.treatments
    ]
    terms = [f"\\sum_{{{_list(formula.over)}}}"] if formula.over else []
    for factor in formula.factors:
        moved = formula.moved(factor)
        given = [f"{upright(v)} + \\delta" if v in moved else upright(v) for v in factor.given]
        bar = f" \\mid {', '.join(given)}" if given else ""
        terms.append(f"P({upright(factor.target)}{bar})")
    terms += [f"P({_list(formula.weights)})"] if formula.weights else []
    left = f"P({upright(formula.outcome)} \\mid \\operatorname{{do}}({', '.join(do)}))"
    return f"{left} = {' '.join(terms)}"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(upright(name) for name in names)


def upright(name: str) -> str:
    """A name as LaTeX text, with the characters that LaTeX reserves escaped."""
    return f"\\text{{{''.join(SPECIAL.get(c, c) for c in name)}}}"
