"""A number with atoms and bounds, in closed form: a gate, and a line for what is no atom."""

import torch
from torch import Tensor

from engine.mechanisms.atoms import Atoms, Gate, atoms_in, codes_of
from engine.mechanisms.linear import Linear
from engine.mechanisms.logistic import Logistic, fit_softmax
from engine.mechanisms.table import fit_table
from engine.scm.cases import Cases
from engine.scm.closed import few_cells, fit_line
from engine.scm.warping import warp_of


def atoms_of(cases: Cases) -> tuple[float, ...]:
    """The atoms of a number: what repeats, and on a continuum what is exactly at a bound."""
    if cases.k:
        return ()
    ends = (cases.variable.lower, cases.variable.upper)
    return atoms_in(cases.x[cases.once], cases.grid, tuple(end for end in ends if end is not None))


def fit_composite(cases: Cases, weights: Tensor) -> Linear | Atoms:
    """The straight line of a number, warped between its bounds, beside a gate of its atoms.

    The gate learns which atom a row is, from all rows; the line from the rows that are none.
    """
    warp, values = warp_of(cases), atoms_of(cases)
    if not values:
        return fit_line(cases, weights, warp)
    places = torch.tensor(values, dtype=torch.float64)
    codes = codes_of(cases.x, places)
    rest = torch.where(codes == len(values), weights, 0.0)
    if float(rest.sum()) == 0:  # nothing but atoms: a line through them stands for the rest
        rest = weights
    return Atoms(
        fit_gate(cases, codes, len(values) + 1, weights), fit_line(cases, rest, warp), places
    )


def fit_gate(cases: Cases, codes: Tensor, k: int, weights: Tensor) -> Gate:
    """The probabilities of codes (n,): counted where the parents allow it, else by a line."""
    if few_cells(cases):
        return fit_table(codes.double(), cases.parents, cases.levels, k, weights)
    fitted = fit_softmax(cases.design, codes.double(), k, weights)
    return Logistic(cases.encoder, fitted)
