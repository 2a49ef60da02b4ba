"""What the benchmark of the engine measures with: equations, densities, floors, errors, goals."""

import numpy as np
import pytest
from scipy import integrate, stats

from engine.data.table import Table
from engine.data.variable import Kind, Variable
from tests.bench import _peers, _random, _report, coverage, engine
from tests.bench._catalogue import (
    World,
    attainable,
    catalogue,
    direction,
    log_density,
    rank_preserving,
    table_of,
    world_of,
)
from tests.bench._expressions import Expression
from tests.bench._laws import law
from tests.bench._methods import FIRST, LINEAR, Doscope, Unable
from tests.bench._metrics import geometric_mean, mse_in_sd, reached, rmse_ate, rmse_cf

RNG = np.random.default_rng(0)


def world(noise: dict[str, str], **equations: str) -> World:
    return world_of(
        {"id": "w", "suite": "", "equations": equations, "noise": noise} | {"intervene": ["x"]}
    )


def normal(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "normal(0,1)")


# ── equations ──────────────────────────────────────────────────────────────────────────────────


def test_an_equation_is_worked_out_as_numpy_would() -> None:
    x, y, u = RNG.normal(size=(3, 50))
    values = {"x": x, "y": y, "u": u}
    text = "20/(1+exp(-y**2 + x)) - sqrt(3/20)*u"
    by_hand = 20 / (1 + np.exp(-(y**2) + x)) - np.sqrt(3 / 20) * u
    assert Expression(text)(values) == pytest.approx(by_hand, rel=1e-12)
    flipped = Expression("where(x >= 0, u, -u)")(values)
    assert np.array_equal(flipped, np.where(x >= 0, u, -u))
    loan = Expression("-4 + 1.5*(x > 0)*x")(values)
    assert loan == pytest.approx(-4 + 1.5 * np.maximum(x, 0))


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "x.real", "(lambda: 1)()", "[x for x in (1, 2)]", "x if x else 1", "'a'"],
)
def test_what_is_not_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not arithmetic"):
        Expression(text)


def test_causes_are_read_from_equations() -> None:
    w = world(normal("u1", "u2", "u3"), x="u1", y="2*x + u2", z="x*y + u3")
    assert w.parents == {"x": (), "y": ("x",), "z": ("x", "y")}
    assert w.descendants("y") == ("z",)


# ── laws and densities ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "normal(1,sqrt(2))",
        "laplace(0,1/sqrt(2))",
        "uniform(1e-6,1)",
        "gamma(10,3.5)",
        "mog([0.5,0.5],[-2,1.5],[sqrt(1.5),1])",
    ],
)
def test_quantiles_and_densities_of_a_law_agree(text: str) -> None:
    """The mass below a quantile, by integrating the density, is the quantile's level."""
    own = law(text)
    low, middle, high = own.quantile(np.array([1e-4, 0.5, 0.8]))
    for top, share in ((middle, 0.5), (high, 0.8)):
        mass, _ = integrate.quad(lambda u: float(np.exp(own.log_prob(np.array(u)))), low, top)
        assert mass == pytest.approx(share - 1e-4, abs=1e-5)


def test_density_of_a_linear_scm_is_the_normal_density() -> None:
    w = world(normal("u1", "u2", "u3"), x="u1", y="10*x - u2", z=".25*y + 2*u3")
    noise = w.noise(100, RNG)
    mix = np.array([[1, 0, 0], [10, -1, 0], [2.5, -0.25, 2]])
    rows = np.column_stack(list(w.push(noise).values()))
    expected = stats.multivariate_normal(np.zeros(3), mix @ mix.T).logpdf(rows)
    assert log_density(w, noise) == pytest.approx(expected, abs=1e-6)


def test_density_through_curved_noise() -> None:
    """e^u is log-normal; the inverse CDF of a uniform is Laplace; tanh(u) by its derivative."""
    w = world(
        {**normal("u1", "u3"), "u2": "uniform(0,1)"},
        x="exp(u1)",
        y="laplace_icdf(u2, x, 0.6)",
        z="y + tanh(u3)",
    )
    noise = w.noise(500, RNG)
    rows = w.push(noise)
    u = noise["z"]
    expected = (
        stats.lognorm(1).logpdf(rows["x"])
        + stats.laplace(rows["x"], 0.6).logpdf(rows["y"])
        + stats.norm.logpdf(u)
        - np.log(1 - np.tanh(u) ** 2)
    )
    assert log_density(w, noise) == pytest.approx(expected, abs=1e-3)


def test_no_density_is_given_where_noise_cannot_be_told_from_the_row() -> None:
    w = world(normal("u1", "u2"), x="u1", y="x + abs(u2)")
    assert (direction(w, "x"), direction(w, "y")) == (1, None)
    assert log_density(w, w.noise(10, RNG)) is None
    coin = world({"u1": "bernoulli(0.3)", "u2": "normal(0,1)"}, x="u1", y="x + u2")
    noise = {"x": np.array([0.0, 1.0]), "y": np.zeros(2)}
    expected = np.log([0.7, 0.3]) + stats.norm.logpdf(0)
    assert log_density(coin, noise) == pytest.approx(expected)


# ── floors ─────────────────────────────────────────────────────────────────────────────────────


def test_rank_keeping_cannot_see_a_flipped_sign() -> None:
    """x2 = ±u, the sign by x1: a rank-keeping model leaves it as it is, the truth turns it."""
    w = world(normal("u1", "u2"), x="u1", y="where(x >= 0, u2, -u2)")
    noise = w.noise(400, RNG)
    assert direction(w, "y") == 0
    best = attainable(w, noise, {"x": 1.0})
    inside = np.abs(noise["y"]) < 3
    assert best["y"][inside] == pytest.approx(w.push(noise)["y"][inside], abs=0.02)
    assert w.push(noise, {"x": 1.0})["y"] == pytest.approx(noise["y"])


def test_a_monotone_world_can_be_known_exactly() -> None:
    w = world(normal("u1", "u2"), x="u1", y="x**2 + exp(u2)")
    noise = w.noise(50, RNG)
    truth = w.push(noise, {"x": 1.0})
    assert np.array_equal(attainable(w, noise, {"x": 1.0})["y"], truth["y"])
    approximate = rank_preserving(w, noise, {"x": 1.0})
    assert approximate["y"] == pytest.approx(truth["y"], rel=0.02)


# ── errors ─────────────────────────────────────────────────────────────────────────────────────


def test_errors_by_hand() -> None:
    truth = {"x": np.array([0.0, 0.0]), "y": np.array([1.0, 2.0])}
    found = {"x": np.array([3.0, 0.0]), "y": np.array([5.0, 3.0])}
    assert rmse_cf(truth, found) == pytest.approx((5 + 1) / 2)
    assert mse_in_sd(truth, found, {"y": 2.0}) == pytest.approx((4 + 0.25) / 2)

    def arms(*means: tuple[float, float]) -> list[dict[str, np.ndarray]]:
        return [{"x": np.zeros(2), "y": np.full(2, a), "z": np.full(2, b)} for a, b in means]

    off = rmse_ate(arms((0, 0), (1, 1), (2, 2)), arms((0, 0), (4, 5), (2, 2)), "x")
    assert off == pytest.approx((5 + 0 + 5) / 3)  # pairs of arms: (3, 4), (0, 0), (-3, -4)
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1)


def test_when_an_error_was_reached_for_good() -> None:
    assert reached([1, 2, 3, 4], [0.9, 0.1, 0.3, 0.2], 0.35) == 2
    assert reached([1, 2], [0.1, 0.5], 0.2) == np.inf


def test_goals_compare_with_what_was_published() -> None:
    rows = [
        {"suite": "grid", "case": f"causalnf/{case}", "method": "doscope", "seed": 0}
        | {"cf_ratio": ratio, "published_rmse_cf": 0.1, "published_rmse_cf_sd": 0.02}
        for case, ratio in (("chain3_lin", 0.1), ("fork_lin", 0.4), ("fork_nlin", 1.1))
    ]
    goals = {words: (value, most) for words, value, most in _report.goals(rows)}
    assert goals["linear 2, CF ratio"] == pytest.approx((0.2, 0.25))
    assert goals["fork_nlin, CF ratio"] == pytest.approx((1.1, 1.2))
    assert "NO  nonlinear 1, CF ratio" in _report.told(rows)


def test_goals_beside_dowhy_take_its_own_run_or_seed_0_of_old() -> None:
    case = {"suite": "random", "case": "random 20 × 10000"}
    ours = [
        case
        | {"method": "doscope", "seed": seed, "cf_rmse": cf, "w1_excess": 0.01, "cpu": 7.0}
        | {"pace": 2.0, "curve": [(1.0, 0.3), (3.5, 0.1), (7.0, cf)]}
        for seed, cf in enumerate((0.0298, 0.05))
    ]
    peer = case | {"method": "dowhy", "seed": 0, "cf_rmse": 0.2, "w1_excess": 0.04}
    peer |= {"cpu": 10.0, "pace": 1.0}
    of_old = {words: value for words, value, _ in _report.goals(ours)}
    assert of_old["random 20 × 10000, CF / DoWhy's of old, seed 0"] == pytest.approx(0.2)
    assert of_old["random 20 × 10000, CPU s to its CF / DoWhy's of old, seed 0"] == 0.25
    beside = {words: value for words, value, _ in _report.goals([*ours, peer])}
    assert beside["random 20 × 10000, CF / DoWhy's"] == pytest.approx(0.0399 / 0.2)
    assert beside["random 20 × 10000, W1 excess / DoWhy's"] == pytest.approx(0.25)
    assert beside["random 20 × 10000, CPU s / DoWhy's"] == pytest.approx(7 / 20)  # half the pace


def test_means_over_seeds_leave_out_what_is_missing() -> None:
    rows = [
        {"suite": "random", "case": "c", "method": "m", "seed": seed, "w1": w1, "cf_rmse": None}
        for seed, w1 in enumerate((1.0, 3.0))
    ]
    (row,) = _report.averaged(rows)
    assert (row["w1"], row["w1_sd"], row["seeds"]) == (2.0, pytest.approx(2**0.5), 2)
    assert "cf_rmse" not in row
    assert "–" in _report.printed(rows)


# ── methods ────────────────────────────────────────────────────────────────────────────────────


def line() -> tuple[Table, dict[str, tuple[str, ...]]]:
    x = RNG.normal(size=300)
    table = table_of({"x": x, "y": 2 * x + 1 + 0.1 * RNG.normal(size=300)})
    return table, {"x": (), "y": ("x",)}


def test_our_fit_answers_what_the_benchmark_asks() -> None:
    table, parents = line()
    fit = Doscope(family="linear").fit(table, parents, 0)
    unit = {"x": np.array([0.0]), "y": np.array([1.5])}
    assert fit.counterfactual(unit, {"x": 3.0})["y"] == pytest.approx(7.5, abs=0.1)
    assert fit.sample(2_000, 0, {"x": 1.0})["y"].mean() == pytest.approx(3, abs=0.05)
    score = fit.log_prob({"x": np.zeros(1), "y": np.ones(1)})
    assert score["y"][0] == pytest.approx(stats.norm(scale=0.1).logpdf(0), abs=0.3)
    assert fit.at(-1.0) is None
    later = fit.at(np.inf)
    assert later is not None
    again = later.counterfactual(unit, {"x": 3.0})["y"]
    assert again == fit.counterfactual(unit, {"x": 3.0})["y"]


def test_a_fit_ends_where_it_is_asked_to() -> None:
    table, parents = line()
    first = FIRST.fit(table, parents, 0)
    assert first.guessed > 0
    assert np.isnan(first.intervals)
    with pytest.raises(Unable, match="0 of 2 fitted"):
        Doscope(most_seconds=0.0).fit(table, parents, 0)


def test_whole_numbers_become_scores_and_the_rest_a_continuum() -> None:
    table = table_of(
        {"a": np.arange(300) % 3.0, "b": RNG.normal(size=300), "c": np.arange(300) % 2.0}
    )
    kinds = [variable.kind for variable in table.variables]
    assert kinds == [Kind.ORDINAL, Kind.CONTINUOUS, Kind.BINARY]
    assert table.variables[1] == Variable("b", Kind.CONTINUOUS)


def test_the_error_followed_while_fitting_ends_at_the_error_scored() -> None:
    if _random.source() is None:
        pytest.skip("the generator of random SCMs is not here")
    case = _random.Case(5, 300, 0.2)
    (row,) = _random.rows(case, LINEAR, 0, curve=True)
    assert row["cf_rmse"] == pytest.approx(row["curve"][-1][1], rel=1e-9)
    assert row["cf_rmse"] < row["cf_rmse_no_effect"]
    assert row["w1_excess"] == row["w1"] - row["w1_floor"]


# ── peers ──────────────────────────────────────────────────────────────────────────────────────


def test_a_peer_that_is_not_installed_is_left_out_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_peers, "find_spec", lambda name: None)
    found = list(_peers.peers("dowhy, linear, nobody,none", 10, 1.0))
    assert found[0] == "dowhy is left out: dowhy is not installed (pip install -e .[peers])"
    assert found[1] == LINEAR
    assert str(found[2]).startswith("there is no peer called nobody")
    assert len(found) == 3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["zuko", "zuko-spline"])
def test_the_flow_is_a_density_and_keeps_what_nothing_changed(name: str) -> None:
    pytest.importorskip("zuko")
    table, parents = line()
    (method,) = _peers.peers(name, 3, 1.0)
    assert not isinstance(method, str)
    fit = method.fit(table, parents, 0)
    unit = {"x": np.array([0.3, -1.0]), "y": np.array([1.4, -0.5])}
    same = fit.counterfactual({v: column[:1] for v, column in unit.items()}, {"x": 0.3})
    assert same["y"] == pytest.approx(unit["y"][:1], abs=1e-4)
    assert np.array_equal(fit.sample(5, 0, {"y": 2.0})["y"], np.full(5, 2.0))
    y = np.linspace(-60, 60, 20_001)
    density = np.exp(fit.log_prob({"x": np.zeros_like(y), "y": y})["y"])
    assert integrate.trapezoid(density, y) == pytest.approx(1, abs=1e-3)


@pytest.mark.filterwarnings("ignore")
def test_dowhy_imagines_a_line() -> None:
    pytest.importorskip("dowhy")
    table, parents = line()
    (method,) = _peers.peers("dowhy", 1, 1.0)
    assert not isinstance(method, str)
    fit = method.fit(table, parents, 0)
    unit = {"x": np.array([0.0]), "y": np.array([1.5])}
    assert fit.counterfactual(unit, {"x": 1.0})["y"] == pytest.approx(3.5, abs=0.1)
    with pytest.raises(Unable, match="no densities"):
        fit.log_prob(unit)


# ── the published SCMs ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def published() -> dict[str, World]:
    found = catalogue()
    if not found:
        pytest.skip("the catalogue of published SCMs is not here")
    return found


def test_equations_give_the_arrows_means_and_spreads_written_beside_them(
    published: dict[str, World],
) -> None:
    for name, w in published.items():
        arrows = {(a, b) for b, given in w.parents.items() for a in given}
        assert arrows == {tuple(edge) for edge in w.facts["edges"]}, name
        rows, facts = w.push(w.noise(4_000, RNG)), w.facts["self_check"]
        for v, column in rows.items():
            off = (column.mean() - facts["mean"][v]) / (facts["sd"][v] / 4_000**0.5)
            assert abs(off) < 6, (name, v)


@pytest.mark.parametrize("name", ["stress/ctf2", "stress/ctf4", "stress/ctf6"])
def test_our_floor_is_the_written_one(published: dict[str, World], name: str) -> None:
    w = published[name]
    noise = w.noise(2_500, RNG)
    rows = w.push(noise)
    floors = []
    for x in w.intervene:
        for value in np.percentile(rows[x], (25, 50, 75)):
            truth = w.push(noise, {x: value})
            floors.append(rmse_cf(truth, rank_preserving(w, noise, {x: value}, 300)))
    assert np.mean(floors) == pytest.approx(
        w.facts["self_check"]["rmse_cf_rank_preserving"], rel=0.06
    )


def test_without_the_catalogue_the_benchmark_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "CATALOGUE", tmp_path / "absent" / "scms.json")
    engine.main(["grid", "random"])
    assert capsys.readouterr().err.count("is left out") == 2


# ── coverage of intervals ──────────────────────────────────────────────────────────────────────


def test_coverage_by_hand() -> None:
    """Three of four truths held, two SCMs; errors 1, 1, 1, 3 and half-widths 2."""
    rows = [
        {"truth": 0.0, "estimate": off, "low": off - 2, "high": off + 2} for off in (1, -1, 1, 3)
    ]
    records = [{"contrasts": rows[:2], "cpu": 1.0}, {"contrasts": rows[2:], "cpu": 3.0}]
    found = coverage.summary(records)
    assert (found["coverage"], found["half"], found["error"]) == (0.75, 2.0, 1.5)
    assert found["to_oracle"] == pytest.approx(2 / (1.6449 * 3**0.5))
    assert found["coverage_se"] == pytest.approx((2 * 2 * 0.5**2) ** 0.5 / 4)
    words = list(coverage.goals({"pooled": found, "n500-clustered": found}))
    assert words == ["NO   pooled 75.0% of 4", "few  n500-clustered 75.0% of 4"]


def test_truth_and_rows_of_a_line_in_clusters() -> None:
    """y = 2x + u: the effect of 1 against 0 is 2; half of the noise is a cluster's."""
    module = _random.source()
    if module is None:
        pytest.skip("the generator of random SCMs is not here")
    world = coverage.World(coverage.STRATA["n500-clustered"], 0)
    fs = [lambda P, u: u, lambda P, u: 2 * P[:, 0] + u, *[lambda P, u: u] * 3]
    world.scm = module.SCM("line", [[], [0], [], [], []], fs)
    asked = coverage.Contrast(0, 1, None, 0.0, 1.0)
    assert world.truth(asked) == (pytest.approx(2.0), pytest.approx(5**0.5, rel=0.01))
    roots = world._drawn()[:, [0, 2, 3, 4]].reshape(100, 5, 4)
    between = roots.mean(1).var(0, ddof=1)
    within = roots.var(1, ddof=1).mean(0)
    ratio = (between - within / 5) / (between + 0.8 * within)  # intraclass correlation (Fisher)
    assert (np.minimum(abs(ratio), abs(ratio - 0.5)) < 0.2).all()
    assert ratio.max() > 0.3
    assert world.project().table.design.cluster == "group"
