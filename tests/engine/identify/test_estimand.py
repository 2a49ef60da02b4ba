"""The algebra of estimands: worth by enumeration, and how it is written."""

import numpy as np

from engine.identify.enumerating import evaluated
from engine.identify.estimand import (
    Expression,
    Fraction,
    Probability,
    Product,
    Summed,
    fraction,
    free_names,
    joined,
    product,
    summed,
)
from engine.identify.writing import Query, latex, text, words

NAMES = ["x", "m", "y"]
DOOR = Summed(
    ("m",),
    Product(
        (
            Probability(("m",), ("x",)),
            Summed(("x",), Product((Probability(("y",), ("x", "m")), Probability(("x",))))),
        )
    ),
)


def law(seed: int = 0) -> np.ndarray:
    """A random joint of x with 2, m with 3 and y with 2 values."""
    table = np.random.default_rng(seed).uniform(0.1, 1, (2, 3, 2))
    return table / table.sum()


def test_the_front_door_by_hand() -> None:
    """Σ_m P(m | x) Σ_x' P(y | x', m) P(x'), written with numpy alone."""
    joint = law()
    of_m = joint.sum(2) / joint.sum((1, 2))[:, None]
    of_y = joint / joint.sum(2, keepdims=True)
    expected = np.einsum("am,bmy,b->ay", of_m, of_y, joint.sum((1, 2)))
    value = evaluated(DOOR, joint, NAMES)
    assert value.shape == (2, 1, 2)
    np.testing.assert_allclose(value[:, 0, :], expected)


def test_simpler_forms_are_worth_the_same() -> None:
    whole = Summed(
        ("m", "y"),
        Product(
            (Probability(("y",), ("m", "x")), Probability(("m",), ("x",)), Probability(("x",)))
        ),
    )
    short = summed(whole.over, whole.inside)
    assert short == Probability(("x",))
    put = joined(product([Probability(("y",), ("m", "x")), Probability(("m",), ("x",))]))
    assert put == Probability(("y", "m"), ("x",))
    for rough, fine in ((whole, short), (_chain(), put)):
        rough_value, fine_value = (evaluated(e, law(1), NAMES) for e in (rough, fine))
        np.testing.assert_allclose(np.broadcast_to(rough_value, (2, 3, 2)),
                                   np.broadcast_to(fine_value, (2, 3, 2)))  # fmt: skip


def _chain() -> Expression:
    return Product((Probability(("y",), ("m", "x")), Probability(("m",), ("x",))))


def test_a_fraction_loses_what_stands_on_both_sides() -> None:
    a, b = Probability(("y",), ("x",)), Probability(("x",))
    assert fraction(Product((a, b)), b) == a
    assert isinstance(fraction(a, b), Fraction)


def test_an_impossible_condition_counts_as_nothing() -> None:
    joint = law()
    joint[0] = 0.0
    value = evaluated(Probability(("y",), ("x",)), joint / joint.sum(), NAMES)
    np.testing.assert_array_equal(value[0], 0.0)


def test_a_summed_name_that_is_spoken_of_outside_gets_a_prime() -> None:
    assert free_names(DOOR) == {"x", "y"}
    query = Query(("y",), ("x",))
    assert text(query, DOOR) == "P(y | do(x)) = Σ_{m} P(m | x) Σ_{x'} P(y | x', m) P(x')"
    assert latex(Query(("y",), ("x_1",)), Probability(("y",), ("x_1",))) == (
        r"P(\text{y} \mid \operatorname{do}(\text{x\_1})) = P(\text{y} \mid \text{x\_1})"
    )
    assert r"\sum_{\text{x}'} P(\text{y} \mid \text{x}', \text{m}) P(\text{x}')" in latex(
        query, DOOR
    )
    assert words(query, DOOR) == (
        "added up over m: the chance of m given x, times "
        "(added up over x': the chance of y given x' and m, times the chance of x')."
    )
