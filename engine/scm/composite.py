"""A number with atoms as two parts to learn: which atom a row is, and the law of the others."""

from dataclasses import replace

import torch

from engine.data.variable import Kind, Variable
from engine.mechanisms.atoms import atoms_in, codes_of
from engine.scm.cases import Cases, middle
from engine.scm.warping import warp_of

_FEWEST_REST = 10  # rows that are no atom; with fewer all rows stand for the rest


def atoms_of(cases: Cases) -> tuple[float, ...]:
    """The atoms of a number: what repeats, and on a continuum what is exactly at a bound."""
    if cases.k:
        return ()
    ends = (cases.variable.lower, cases.variable.upper)
    return atoms_in(cases.x[cases.once], cases.grid, tuple(end for end in ends if end is not None))


def with_warp(cases: Cases) -> Cases:
    """The cases with the warp that fits best between the target's bounds."""
    return replace(cases, warp=warp_of(cases))


def gate_of(cases: Cases, atoms: tuple[float, ...]) -> Cases:
    """Which atom each row is, as a categorical target; the last category is the rest."""
    places = torch.tensor(atoms, dtype=torch.float64)
    labels = (*(cases.variable.show(value) for value in atoms), "other")
    variable = Variable(cases.variable.name, Kind.CATEGORICAL, categories=labels)
    return replace(cases, variable=variable, x=codes_of(cases.x, places).double(), warp=None)


def rest_of(cases: Cases, atoms: tuple[float, ...]) -> Cases:
    """The rows that are no atom."""
    places = torch.tensor(atoms, dtype=torch.float64)
    kept = (codes_of(cases.x, places) == len(atoms)).nonzero().squeeze(1)
    if len(kept) < _FEWEST_REST:
        kept = torch.arange(cases.n)
    x = cases.x[kept]
    mean, sd = middle(cases.variable.name, x.numpy())
    return with_warp(
        replace(
            cases,
            rows=cases.rows[kept],
            x=x,
            parents=cases.parents[kept],
            design=cases.design[kept],
            weights=cases.weights[kept],
            once=cases.once[kept],
            mean=mean,
            sd=sd,
        )
    )
