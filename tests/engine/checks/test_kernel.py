"""The kernel test: bends that straight lines miss, HSIC by hand, and how often it is wrong."""

import numpy as np
import pytest

from engine.checks import kernel
from engine.checks.evidence import Evidence, Measured, examine
from engine.checks.kernel import examine_by_kernel, kernel_test


def number(values: np.ndarray) -> Measured:
    return Measured(values, discrete=False)


def last(x: Measured, y: Measured, *given: Measured) -> Evidence:
    *slices, found = kernel_test(x, y, given)
    assert all(step is None for step in slices)
    assert isinstance(found, Evidence)
    return found


def test_a_parabola_that_no_straight_line_sees() -> None:
    rng = np.random.default_rng(0)
    z, e, other = np.hstack([rng.normal(size=(3, 100))] * 2)
    e[100:] *= -1  # so that e and e² are uncorrelated in these very rows
    x, y, held = number(z + e), number(z + e**2 + 0.5 * other), number(z)
    straight = examine(x, y, [held])
    assert isinstance(straight, Evidence)
    assert straight.p > 0.05
    found = last(x, y, held)
    assert found.p < 1e-4
    assert 0.05 < found.effect < 1


def test_without_given_it_is_hsic_and_its_law_that_of_shuffled_rows() -> None:
    """n HSIC = tr(K H L H) / n; the gamma law's quantile beside that of 300 permutations."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 60))
    y = y + 0.4 * np.abs(x)

    def hsic(a: np.ndarray, b: np.ndarray) -> float:
        def gauss(v: np.ndarray) -> np.ndarray:
            v = v / v.std()
            far = (v[:, None] - v) ** 2
            return np.exp(-far / np.median(far[np.triu_indices(len(v), 1)]))

        centre = np.eye(60) - 1 / 60
        return float(np.trace(gauss(a) @ centre @ gauss(b) @ centre)) / 60

    found = last(number(x), number(y))
    assert found.statistic == pytest.approx(hsic(x, y))
    shuffled = [hsic(x, rng.permutation(y)) for _ in range(300)]
    assert found.p == pytest.approx(np.mean(np.array(shuffled) >= hsic(x, y)), abs=0.05)


@pytest.mark.parametrize("wide", [False, True])
def test_alarms_are_as_rare_as_they_should_be(wide: bool) -> None:
    """z bends x and y (or sets their spread): of 25 tables at most 5 below .05 (chance .001)."""
    rng, low = np.random.default_rng(5), 0
    for _ in range(25):
        z, e, other = rng.normal(size=(3, 80))
        scale = 0.5 + np.abs(z) if wide else 1.0
        x, y = scale * e + (0 if wide else z**2), scale * other + (0 if wide else np.sin(2 * z))
        low += last(number(x), number(y), number(z)).p < 0.05
    assert low <= 5


def test_many_rows_are_thinned_and_few_refused() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 5000))
    found = last(number(x), number(y))
    assert found.statistic < 2  # tr / n of MOST_ROWS rows
    *_, refused = kernel_test(number(x[:20]), number(y[:20]))
    assert refused == "there are too few complete rows"
    *_, flat = kernel_test(number(np.zeros(50)), number(y[:50]))
    assert flat == "one of them does not vary"
    assert kernel.MOST_ROWS <= 500


def test_categories_are_counted_as_ever() -> None:
    rng = np.random.default_rng(3)
    x, y = (Measured(rng.integers(0, 2, 100).astype(float), True) for _ in "xy")
    assert examine_by_kernel(x, y, []) == examine(x, y, [])
    mixed = examine_by_kernel(x, number(rng.normal(size=100)), [y])
    assert isinstance(mixed, Evidence)
    assert mixed.method == "kernel"
