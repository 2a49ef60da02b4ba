"""Weights, experiments and clusters in fits, against closed forms and repeated rows."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.data.design import Design, SetWhere
from engine.data.rows import cluster_codes, designed
from engine.data.table import Table
from engine.errors import FitError
from engine.mechanisms.atoms import Atoms
from engine.mechanisms.linear import Linear
from engine.mechanisms.logistic import Logistic
from engine.mechanisms.table import ConditionalTable
from engine.scm.attempt import begin
from engine.scm.cases import cases_of, held_out, resample
from engine.scm.closed import fit_closed
from engine.scm.conditional import Conditional
from engine.scm.fitting import FitTask, Fitted, fit_all, fit_key
from engine.seeds import generator
from tests.oracles import QUICK, category, table, tensor

WEIGHTED = Design(weights="w")


def closed(family: str, data: Table, *given: str, target: str = "y") -> object:
    cases = cases_of(Conditional(target, given), data)
    return fit_closed(family, cases, cases.weights)


def line(data: Table, *given: str, target: str = "y") -> np.ndarray:
    """Intercept, slopes in user units and residual sd of the closed-form line."""
    fitted = closed("linear", data, *given, target=target)
    assert isinstance(fitted, Linear)
    scales, means = np.array(fitted.encoder.scales), np.array(fitted.encoder.means)
    slopes = fitted.slopes.numpy() / scales
    return np.array([fitted.intercept - slopes @ means, *slopes, fitted.scale])


def fit(data: Table, *given: str, family: str = "auto", members: int = 4) -> Fitted:
    task = FitTask(Conditional("y", given), family)
    settings = replace(QUICK, steps=120, members=0, closed_members=members)
    return next(iter(fit_all([task], data, 0, settings).values()))


def repeated(columns: dict[str, np.ndarray], times: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.repeat(column, times) for name, column in columns.items()}


# ── weights ────────────────────────────────────────────────────────────────────────────────────


def numbers(rows: int = 80) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(5)
    x, z, times = rng.normal(3, 2, rows), rng.normal(size=rows), rng.integers(0, 5, rows)
    return {"x": x, "z": z, "y": 1 + 2 * x - z + times * rng.normal(size=rows)}, times


def test_a_weighted_line_is_that_of_least_squares() -> None:
    """β = (XᵀWX)⁻¹XᵀWy; σ² = Σwr²/Σw · k/(k - p), k the effective number of rows (Kish)."""
    columns, w = numbers()
    found = line(designed(table({**columns, "w": w}), WEIGHTED), "x", "z")
    design = np.column_stack([np.ones(len(w)), columns["x"], columns["z"]])
    beta = np.linalg.solve(design.T @ (design * w[:, None]), design.T @ (w * columns["y"]))
    rest, k = columns["y"] - design @ beta, w.sum() ** 2 / (w**2).sum()
    sigma = np.sqrt((w * rest**2).sum() / w.sum() * k / (k - 3))
    assert found == pytest.approx([*beta, sigma], rel=1e-6)


def test_whole_weights_are_repeated_rows() -> None:
    columns, times = numbers()
    once = line(designed(table({**columns, "w": times}), WEIGHTED), "x", "z")
    many = line(table(repeated(columns, times)), "x", "z")
    assert once[:3] == pytest.approx(many[:3], rel=1e-6)


def test_the_scale_of_weights_says_nothing() -> None:
    columns, w = numbers()
    one, other = (
        line(designed(table({**columns, "w": w * factor}), WEIGHTED), "x") for factor in (1, 1e-3)
    )
    assert one == pytest.approx(other, rel=1e-9)
    same = designed(table({**columns, "w": np.full(80, 0.1)}), WEIGHTED)
    assert line(same, "x") == pytest.approx(line(table(columns), "x"), rel=1e-9)


def test_weighted_shares_and_odds_are_those_of_repeated_rows() -> None:
    """Up to their priors of half a row per cell and a tenth of a row per coefficient."""
    rng = np.random.default_rng(1)
    b, times = rng.integers(0, 2, 3000), rng.integers(1, 4, 3000)
    x = rng.normal(size=3000)
    y = (rng.random(3000) < 1 / (1 + np.exp(-b - x))).astype(float)
    columns, special = {"b": b, "x": x, "y": y}, (category("b", 2), category("y", 2))
    once = designed(table({**columns, "w": times}, *special), WEIGHTED)
    many = table(repeated(columns, times), *special)
    for family, given in (("table", ("b",)), ("logistic", ("b", "x"))):
        found = closed(family, once, *given), closed(family, many, *given)
        assert all(isinstance(f, ConditionalTable | Logistic) for f in found)
        parents = tensor([[0.0, -1.0], [1.0, 0.5]])[:, : len(given)]
        one, other = (f.probabilities(parents) for f in found)  # type: ignore[attr-defined]
        assert one.numpy() == pytest.approx(other.numpy(), abs=5e-4)
    share = closed("table", once)
    assert isinstance(share, ConditionalTable)
    assert float(share.shares[0, 1]) == pytest.approx(np.average(y, weights=times), abs=2e-4)


def test_a_weighted_table_is_as_sure_as_its_effective_rows() -> None:
    """Sd of a share: √(p (1 - p) / k) with Kish's k, far from that of the number of rows."""
    rng = np.random.default_rng(3)
    y, w = (rng.random(1200) < 0.3).astype(float), rng.exponential(size=1200) ** 2
    fitted = fit(designed(table({"y": y, "w": w}, category("y", 2)), WEIGHTED), members=200)
    shares = [float(m.shares[0, 1]) for m in fitted.members]  # type: ignore[union-attr]
    p, k = np.average(y, weights=w), w.sum() ** 2 / (w**2).sum()
    assert k < 400
    assert np.std(shares) == pytest.approx(np.sqrt(p * (1 - p) / k), rel=0.1)


def test_held_out_scores_are_weighted_means() -> None:
    columns, w = numbers(300)
    data = designed(table({**columns, "w": w}), WEIGHTED)
    (attempt,), _ = begin(FitTask(Conditional("y", ("x",)), "linear"), "key", data, 0, QUICK)
    held = attempt.cases.rows[attempt.held].numpy()
    expected = np.average(attempt.marks["linear"].numpy(), weights=w[held])
    assert attempt.mean("linear") == pytest.approx(expected)
    assert (w[attempt.cases.rows.numpy()] > 0).all()


def test_a_value_repeats_by_weight() -> None:
    x = np.concatenate([np.zeros(20), np.arange(1.0, 981.0)])
    w = np.where(x == 0, 4.0, 1.0)
    data = designed(table({"y": x, "w": w}), WEIGHTED)
    (fitted,) = fit_all([FitTask(Conditional("y"), "linear")], data, 0, QUICK).values()
    assert isinstance(fitted.mechanism, Atoms)
    assert fitted.mechanism.values.tolist() == [0.0]
    share = float(fitted.mechanism.gate.probabilities(torch.empty(1, 0))[0, 0])
    assert share == pytest.approx(80 / 1060, abs=2e-3)


def test_networks_learn_from_rows_that_count() -> None:
    """Half of the rows follow -x² and have weight 0; the curve that is learnt is x²."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=400), np.tile([0.0, 1.0], 200)
    y = np.where(w > 0, x**2, -(x**2)) + 0.1 * rng.normal(size=400)
    fitted = fit(designed(table({"x": x, "y": y, "w": w}), WEIGHTED), "x", family="additive")
    zero = torch.zeros(3, dtype=torch.float64)
    found = fitted.mechanism.push(zero, tensor([[-1.5], [0.0], [1.5]]))
    assert found.numpy() == pytest.approx([2.25, 0.0, 2.25], abs=0.6)
    assert fitted.report.rows == 200


# ── experiments ────────────────────────────────────────────────────────────────────────────────


def pooled(rows: int = 400) -> dict[str, np.ndarray]:
    """x → y with slope 2; in the second half of the rows y was set, whatever x is."""
    rng = np.random.default_rng(7)
    x, by = rng.normal(size=rows), np.repeat([0.0, 1.0], rows // 2)
    y = np.where(by > 0, rng.normal(4, 1, rows), 2 * x + 0.5 * rng.normal(size=rows))
    return {"x": x, "y": y, "by": by}


def test_rows_in_which_the_target_was_set_teach_nothing_of_it() -> None:
    columns, seen = pooled(), slice(0, 200)
    data = table(columns)
    told = designed(data, Design(experiments=(SetWhere("y", "by", (1.0,)),)))
    slope, alone = line(told, "x")[1], np.polyfit(columns["x"][seen], columns["y"][seen], 1)[0]
    assert slope == pytest.approx(alone, rel=1e-6)
    assert slope == pytest.approx(2, abs=0.1)
    assert line(data, "x")[1] < 1.3  # half of the rows have slope 0
    report = fit(told, "x", family="linear").report
    assert (report.rows, report.dropped) == (200, 200)


def test_rows_in_which_a_cause_was_set_teach_what_it_does() -> None:
    columns = pooled()
    told = designed(table(columns), Design(experiments=(SetWhere("x", "by", (1.0,)),)))
    assert cases_of(Conditional("y", ("x",)), told).n == 400
    assert cases_of(Conditional("x"), told).n == 200
    assert cases_of(Conditional("y", ("x",)), told, frozenset("x")).n == 200


def test_a_variable_that_was_always_set_is_refused_with_the_reason() -> None:
    told = designed(table(pooled()), Design(experiments=(SetWhere("y", "by", (0.0, 1.0)),)))
    with pytest.raises(FitError, match="0 rows have a value for all of y, x and count, and in"):
        cases_of(Conditional("y", ("x",)), told)


# ── clusters ───────────────────────────────────────────────────────────────────────────────────


def classes(many: int = 60, size: int = 8, alike: float = 0.5) -> Table:
    """Pupils in classes, intraclass correlation `alike`, unit variance."""
    rng = np.random.default_rng(11)
    code = np.repeat(np.arange(many), size)
    shared = rng.normal(size=many)[code] * np.sqrt(alike)
    y = shared + np.sqrt(1 - alike) * rng.normal(size=many * size)
    order = rng.permutation(len(y))
    return designed(table({"y": y[order], "class": code[order]}), Design(cluster="class"))


def test_resampled_clusters_give_the_error_of_a_clustered_mean() -> None:
    """Var of a mean is inflated by 1 + (m - 1) ρ (Kish 1965), far beyond σ²/n."""
    data = classes()
    y, draws = torch.from_numpy(data["y"].copy()), range(600)
    means = [float(y @ (w := resample(data, 0, m)) / w.sum()) for m in draws]
    by_class = np.array([data["y"][cluster_codes(data) == c].mean() for c in range(60)])
    assert np.std(means) == pytest.approx(by_class.std(ddof=1) / np.sqrt(60), rel=0.08)
    inflated = np.sqrt((1 + 7 * 0.5) / len(y))
    assert np.std(means) == pytest.approx(inflated, rel=0.25)  # these 60 classes are a sample


def test_few_clusters_do_not_shrink_the_spread() -> None:
    """With C = 4 a plain bootstrap of clusters gives √¾ of the standard error."""
    data = classes(4, 30)
    y = torch.from_numpy(data["y"].copy())
    means = [float(y @ (w := resample(data, 0, m)) / w.sum()) for m in range(1000)]
    by_class = np.array([data["y"][cluster_codes(data) == c].mean() for c in range(4)])
    assert np.std(means) == pytest.approx(by_class.std(ddof=1) / 2, rel=0.08)


def test_members_of_a_fit_are_resampled_by_cluster() -> None:
    """Every row four times, as a cluster, is as sure as every row once."""
    rng = np.random.default_rng(2)
    y = (rng.random(200) < 0.4).astype(float)
    columns = repeated({"y": y, "id": np.arange(200.0)}, np.full(200, 4))
    data = table(columns, category("y", 2))
    expected = np.sqrt(y.mean() * (1 - y.mean()) / 200)
    for design, times in ((Design(cluster="id"), 1.0), (Design(), 2.0)):
        members = fit(designed(data, design), members=200).members
        shares = [float(m.shares[0, 1]) for m in members]  # type: ignore[union-attr]
        assert np.std(shares) * times == pytest.approx(expected, rel=0.15)


def test_no_cluster_is_cut_by_the_split() -> None:
    data = classes()
    out = held_out(data, 3).numpy()
    codes = cluster_codes(data)
    shares = np.array([out[codes == c].mean() for c in range(60)])
    assert set(shares) == {0.0, 1.0}
    assert out.mean() == pytest.approx(0.2, abs=8 / 480)


def test_a_cluster_of_nearly_all_rows_is_learnt_from() -> None:
    code = np.concatenate([np.zeros(90), np.arange(1.0, 11.0)])
    data = designed(table({"y": np.arange(100.0), "g": code}), Design(cluster="g"))
    for seed in range(5):
        out = held_out(data, seed).numpy()
        assert not out[:90].any()
        assert out[90:].all()


def test_without_clusters_split_and_resample_are_as_they_were() -> None:
    data = table({"y": np.arange(50.0)})
    order = torch.randperm(50, generator=generator(4, "split", "50"))
    assert held_out(data, 4).nonzero().squeeze(1).tolist() == sorted(order[:10].tolist())
    drawn = torch.randint(50, (50,), generator=generator(4, "bootstrap", "50", "2"))
    assert resample(data, 4, 2).tolist() == np.bincount(drawn.numpy(), minlength=50).tolist()


# ── what makes a fit stale ─────────────────────────────────────────────────────────────────────


def test_a_key_names_the_design_as_far_as_it_matters() -> None:
    columns = {name: np.arange(6.0) for name in "xyz"} | {"w": np.ones(6), "by": np.arange(6.0)}
    plain, conditional = table(columns), Conditional("y", ("x",))

    def key(design: Design, data: Table = plain, **more: frozenset[str]) -> str:
        return fit_key(conditional, replace(data, design=design), "auto", 0, QUICK, **more)

    of_z = Design(experiments=(SetWhere("z", "by", (1.0,)),))
    assert key(of_z) == key(Design()) == fit_key(conditional, plain, "auto", 0, QUICK)
    other_marks = table({**columns, "by": np.zeros(6)})
    assert key(of_z, other_marks) == key(Design())
    of_y = Design(experiments=(SetWhere("y", "by", (1.0,)),))
    keys = [
        key(Design()),
        key(Design(weights="w")),
        key(Design(weights="w"), table({**columns, "w": np.arange(6.0)})),
        key(Design(cluster="w")),
        key(of_y),
        key(of_y, other_marks),
        key(Design(experiments=(SetWhere("y", "by", (2.0,)),))),
        key(Design(experiments=(SetWhere("z", "by", (3.0,)),)), unset=frozenset("z")),
    ]
    assert len(set(keys)) == len(keys)
