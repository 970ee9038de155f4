"""Experiments agree with theory; figures are what the experiments found, whole or not written at all."""

from __future__ import annotations

import re
import runpy
from fractions import Fraction
from math import sqrt
from textwrap import wrap

import numpy as np
import pytest
from command_line import ROOT, assert_sentence, in_process, running
from shared import outcome as found

from ddln_sym import GradientFlow, SquaredLoss
from ddln_sym.cli import files as output
from ddln_sym.cli.figures import WIDTH, figure_files
from ddln_sym.experiments import CATALOGUE, Outcome, balance, depths, momentum, outcome_of, selection
from ddln_sym.experiments.data import Draw, floats
from ddln_sym.experiments.outcome import Comparison, fit_order, show
from ddln_sym.experiments.rates import SCALES
from ddln_sym.render import figures as plots

PAGE = ROOT / "docs" / "figures.md"
CHEAP = "depths"

run = pytest.fixture(running)


def columns(name, table="", **chosen):
    """The columns of a table as arrays, where other columns have given values."""
    values = found(name).tables[table]
    kept = [n for n in range(len(next(iter(values.values())))) if all(values[c][n] == v for c, v in chosen.items())]
    return {c: np.array([column[n] for n in kept]) for c, column in values.items()}


def compared(name, part):
    """The comparisons whose quantity contains a part."""
    chosen = [c for c in found(name).compared if part in c.quantity]
    assert chosen
    return chosen


# -- what theory says of each experiment -------------------------------------------------------------
@pytest.mark.parametrize("name", CATALOGUE)
def test_lower_bounds_hold_and_captions_say_what_was_predicted_and_measured(name):
    outcome = found(name)
    assert {c.relation for c in outcome.compared} <= {"=", "≥", "→"}
    assert all(c.measured >= c.predicted for c in outcome.compared if c.relation == "≥")
    assert re.search("[Tt]heory", outcome.caption) and re.search("[Mm]easured|from the range|distance", outcome.caption)
    assert f"{outcome.drawn} {outcome.said}" == outcome.caption and outcome.said.startswith("Theory")
    assert len(wrap(outcome.drawn, WIDTH)) <= 3, "a caption has three lines"
    for table in outcome.tables.values():
        assert len({len(column) for column in table.values()}) == 1


def test_the_least_layer_alone_changes_sign():
    assert all(c.measured == c.predicted for c in compared("signs", "sign changes"))
    assert sum(c.measured for c in compared("signs", "sign changes")) == 1
    for c in compared("signs", "vanishes"):
        assert c.measured == pytest.approx(c.predicted, rel=4 * np.finfo(float).eps)
    path, crossing = columns("signs"), columns("signs", "crossing")
    names = [name for name in path if name != "t"]
    (least,) = (name for name in names if path[name][0] * path[name][-1] < 0)
    assert abs(path[least][0]) == min(abs(path[name][0]) for name in names)
    assert abs(crossing[least][0]) < 1e-24


def test_sigma_grows_by_exact_powers():
    """From a zero first layer the ratio of σ is c^{2(L−1)} as a fraction, whatever the other layers."""
    draw = Draw(1)
    loss, others = SquaredLoss(draw.matrix(4, 3), draw.vector(4)), draw.moduli(5, 3, 0.5, 2.0)
    first, *rest = (GradientFlow(loss, [[0] * 3, *([c * u for u in row] for row in others)]).sigma for c in SCALES)
    assert [sigma / first for sigma in rest] == [Fraction(14, 10) ** 10, Fraction(18, 10) ** 10]
    assert [c.measured for c in compared("rates", "over σ")] == [float(Fraction(c) ** 10) for c in SCALES[1:]]
    assert "(exactly:" in found("rates").caption


def test_the_loss_falls_as_the_metric_at_the_minimizer_says():
    """Where the slope is measured the loss is below 1e-18 of its start, and the other modes are gone."""
    for c in compared("rates", "rate at the limit"):
        assert c.measured == pytest.approx(c.predicted, rel=1e-8)
    rows = columns("rates")
    assert np.all(rows["gap"] <= rows["bound"] * (1 + 1e-12)) and rows["gap"].min() < 1e-18


def test_error_and_drift_of_descent_are_of_first_order():
    """What is left of the order, and of the predicted drift, is itself of first order in the step."""
    rows = columns("descent")
    decades = [slice(n, n + 5) for n in (0, 4, 8)]
    for name in ("error", "drift"):
        off = [abs(fit_order(rows["step"][d], rows[name][d]) - 1) for d in decades]
        assert off[2] < off[1] / 5 and off[2] < 1e-3
    off = np.abs(rows["drift"] / rows["predicted_drift"] - 1)[::4]
    assert np.all(off[1:] < off[:-1] / 5) and off[-1] < 1e-3


def problem():
    return balance.Balance(np.array([0.0, 0.5]))


@pytest.mark.parametrize("batch", [None, [[0, 3], [5, 6], [1, 2]]])
def test_a_step_of_descent_multiplies_the_difference_of_squares(batch):
    """By ``1 − h²g²∏u_l²``, exactly, also if the gradient is that of a part of the data."""
    given, h = problem(), 0.3
    layers = np.repeat(given.start[None], 3, axis=0)
    g = given.gradient(layers.prod(axis=1), batch if batch is None else np.array(batch))
    moved = layers - h * g[:, None] * balance.cofactors(layers)
    for j, k, other in ((0, 1, 2), (1, 2, 0), (0, 2, 1)):
        before, after = (u[:, j] ** 2 - u[:, k] ** 2 for u in (layers, moved))
        assert after == pytest.approx(before * (1 - h**2 * g**2 * layers[:, other] ** 2), rel=1e-12, abs=1e-13)


def test_gradients_of_experiments_are_those_of_the_loss():
    given = problem()
    theta = [Fraction(1, 3), Fraction(-2), Fraction(1, 7), Fraction(5)]
    assert given.gradient(floats([theta]))[0] == pytest.approx(floats(given.loss.gradient(theta)), rel=1e-13)
    every = np.array([[n] for n in range(balance.SAMPLES)])
    mean = given.gradient(floats([theta] * balance.SAMPLES), every).mean(axis=0)
    assert mean == pytest.approx(floats(given.loss.gradient(theta)), rel=1e-13)
    first, second = (layers for layers, _ in zip(given.descend(0.01), range(2), strict=False))
    slope = given.gradient(first[0].prod(axis=0)[None])[0]
    assert second[0] == pytest.approx(first[0] - 0.01 * slope * balance.cofactors(first[0]))


@pytest.mark.parametrize("name", ["gradient_descent", "heavy_ball", "heavy_ball_ODE"])
def test_momentum_breaks_the_law_by_the_predicted_amount(name):
    """``1 − D/D(0) = εI + O(ε²)``: relative to ``εI``, what is left shrinks like ε."""
    rows = columns("momentum", "size")
    off = np.abs(rows[name] / rows["predicted"] - 1)
    assert off[2] / off[4] == pytest.approx(10, rel=0.3)  # from ε = 0.01 to 0.001
    assert off[4] < 1e-3


def test_stochastic_gradients_break_it_by_the_mean_square():
    """To second order, and as well as the runs can tell."""
    rows = columns("momentum", "size")
    off = np.abs(rows["stochastic_gradients"] - rows["predicted_stochastic"])
    assert np.all(off <= 4 * rows["standard_error"] + rows["predicted_stochastic"] ** 2)
    assert np.all(rows["predicted_stochastic"] > 10 * rows["predicted"])


def test_the_flow_keeps_the_law_and_the_heavy_ball_its_replacement():
    (law,) = compared("momentum", "D' + c(D")
    assert law.measured < 10 ** (3 - momentum.DIGITS)
    assert problem().flow_drift() < 10.0 ** (2 - balance.DIGITS)


def test_the_bound_on_the_rate_holds_for_every_initialization():
    rows = columns("initializations")
    assert np.all(rows["rate"] >= rows["bound"])
    assert {name: int(np.sum(rows["initialization"] == name)) for name in ("Xavier", "He", "small", "tied")} == {
        "Xavier": 12, "He": 12, "small": 12, "tied": 16,
    }  # fmt: skip
    assert all(c.measured == c.predicted for c in compared("initializations", "tied"))
    tied = rows["initialization"] == "tied"
    assert tied.sum() > rows["converged"][tied].sum() > 0


def test_entropies_of_every_depth_end_where_gamma_functions_say():
    for c in found("depths").compared:
        assert c.measured == pytest.approx(c.predicted, rel=1e-14)
    assert depths.largest_slope(4) == pytest.approx(1) and depths.largest_slope(3) == pytest.approx(np.pi / 2)
    for depth in depths.DEPTHS:
        rows = columns("depths", depth=depth)
        steepest = columns("depths", "slope", depth=depth)["gradient"]
        assert np.all(np.diff(steepest) > 0)
        assert np.all(rows["entropy"] <= rows["theta"] ** 2 / 2 + 1e-15)  # Q'' is largest at 0
        if depth > 2:
            assert steepest[-1] < depths.largest_slope(depth)


def test_both_regimes_are_reached_at_the_predicted_rate():
    """The leading term of the distance becomes exact: what is left of it falls along the scales."""
    for limit in ("ℓ1", "ℓ2"):
        for depth in (2, 3, 4):
            rows = columns("regimes", "distance", limit=limit, depth=depth)
            off = np.abs(rows["measured"] / rows["predicted"] - 1)
            off = off if limit == "ℓ2" else off[::-1]
            assert np.all(np.diff(off) < 0) and off[-1] < 1e-3
    for scale in (0.3, 0.1, 0.02):
        rows = columns("regimes", "lopsided", scale=scale)
        far = np.abs(rows["theta"]) > 0.1  # beyond the least point, where Q is still 0
        gap = 1 - rows["scaled"][far] / rows["limit"][far]
        assert np.all(gap > 0) and gap[[0, -1]].max() < 1.5 * scale


def test_balls_lie_between_the_diamond_and_the_disc():
    for c in compared("balls", "θ₁ = θ₂"):
        assert 1 / 2 < c.measured < sqrt(1 / 2)
    for start in ("small:", "small, unequal", "small, lopsided"):
        off = [abs(c.measured / c.predicted - 1) for c in compared("balls", start)]
        assert off == sorted(off, reverse=True) and off[-1] < 2e-3  # deeper is closer
    for start in ("large:", "large, unequal"):
        assert all(c.measured == pytest.approx(c.predicted, rel=1e-3) for c in compared("balls", start))
    rows = columns("balls", start="medium", depth=3)
    one = np.abs(rows["theta_1"]) + np.abs(rows["theta_2"])
    assert np.all(one >= 1 - 1e-8) and np.all(rows["theta_1"] ** 2 + rows["theta_2"] ** 2 <= 1 + 1e-8)


def test_the_selected_interpolator_has_least_weighted_norm():
    """A certificate for each predicted one: ν with ``|Xᵀν| ≤ t`` everywhere and ``= t·sign θ`` on the support."""
    draw = Draw(selection.SEED, selection.DECIMALS)
    data, target = floats(draw.matrix(selection.SAMPLES, selection.DIMENSION)), floats(draw.vector(selection.SAMPLES))
    supports = set()
    for shape, sizes in selection.SHAPES.items():
        for depth in selection.DEPTHS:
            weights = floats(sizes) ** (2 - depth)
            row = columns("selection", "limits", shape=shape, depth=depth, limit="ℓ1")
            theta = np.array([row[f"theta_{i + 1}"][0] for i in range(selection.DIMENSION)])
            on = theta != 0
            dual = np.linalg.solve(data[:, on].T, weights[on] * np.sign(theta[on]))
            assert data @ theta == pytest.approx(target)
            assert np.all(np.abs(data.T @ dual) <= weights * (1 + 1e-12))
            supports.add((shape, tuple(on)))
    assert len(supports) == 4  # one from equal starts, three from unequal ones


def test_selection_tends_to_both_limits():
    for c in compared("selection", "weighted ℓ"):
        slow = "L = 2" in c.quantity and "ℓ1" in c.quantity
        assert c.measured < (0.1 if slow else 1e-4)
    for shape in selection.SHAPES:
        rows = columns("selection", shape=shape, depth=2)
        limit = columns("selection", "limits", shape=shape, depth=2, limit="ℓ1")
        off = np.max([np.abs(rows[f"theta_{i}"] - limit[f"theta_{i}"]) for i in (1, 2, 3, 4)], axis=0)
        assert np.all(np.diff(off[:12]) > 0)  # the smaller the scale, the closer


# -- the page ----------------------------------------------------------------------------------------
def apart(line, kept):
    """Whether two lines of the page differ by more than the computation leaves open."""
    if not line.startswith("|"):
        noise = r"\d(\.\d+)?·10⁻[¹²³]."  # rounding errors, which need not be the same everywhere
        return re.sub(noise, "", line) != re.sub(noise, "", kept)
    for a, b in zip(line.split("|"), kept.split("|"), strict=True):
        if a != b and not abs(float(a) - float(b)) <= 1e-6 * abs(float(b)) + 1e-11:
            return True
    return False


def test_the_page_is_current():
    written = runpy.run_path(str(ROOT / "docs" / "make_figures.py"))["render"](found)
    lines, kept = (" ".join(t.split("\n\n")).splitlines() for t in (written, PAGE.read_text(encoding="utf-8")))
    assert len(lines) == len(kept), "run `python docs/make_figures.py --page`"
    assert [(a, b) for a, b in zip(lines, kept, strict=True) if apart(a, b)] == []


def test_the_same_numbers_give_the_same_bytes():
    assert figure_files(CHEAP, found(CHEAP)) == figure_files(CHEAP, outcome_of(CHEAP))


def test_every_experiment_has_a_drawing():
    assert list(plots._DRAWINGS) == list(CATALOGUE)


# -- the command -------------------------------------------------------------------------------------
def test_one_figure_in_another_process_is_the_same(tmp_path):
    done = in_process("-m", "ddln_sym", "figures", CHEAP, "-o", tmp_path / "new" / "folder")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{CHEAP}.svg" in done.stderr
    written = {p.name: p.read_bytes() for p in (tmp_path / "new" / "folder").iterdir()}
    assert written == figure_files(CHEAP, found(CHEAP))
    assert written[f"{CHEAP}.pdf"].startswith(b"%PDF") and b"<svg" in written[f"{CHEAP}.svg"]


def test_list_names_them_all(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("figures", "--list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(CATALOGUE)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "part"), [("sign", "did you mean signs?"), ("zzz", "--list"), ("../signs", "no figure '../signs'")]
)
def test_an_unknown_name_gets_one_sentence(run, tmp_path, name, part):
    code, out, err = run("figures", CHEAP, name, "-o", tmp_path / "out")
    assert (code, out) == (2, "")
    assert_sentence(err, "there is no figure", part)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_to_gets_one_sentence(run, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        code, out, err = run("figures", CHEAP, "-o", folder)
        assert (code, out) == (2, "")
        assert_sentence(err, "--output", tmp_path / "file", "is a file")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    monkeypatch.setattr(output.os, "access", lambda *_: False)
    code, _, err = run("figures", CHEAP, "-o", tmp_path / "locked")
    assert code == 2
    assert_sentence(err, "--output", tmp_path / "locked", "read-only")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [(OSError(28, "No space left on device"), 2, "No space left"), (KeyboardInterrupt(), 130, "nothing was written")],
)
@pytest.mark.parametrize("step", ["open", "replace"])
def test_nothing_half_written_remains(run, tmp_path, monkeypatch, error, code, words, step):
    """Also where there were files before, when the second file cannot be written or moved into place."""
    monkeypatch.setattr("ddln_sym.experiments.outcome_of", found)
    (tmp_path / f"{CHEAP}.svg").write_text("old", encoding="utf-8")
    real, calls = getattr(output.os, step), []

    def fails(*arguments, **options):
        calls.append(arguments)
        if len(calls) == (2 if step == "open" else 1):
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(output.os, step, fails)
    found_code, _, err = run("figures", CHEAP, "-o", tmp_path)
    assert (found_code, [p.name for p in tmp_path.iterdir()]) == (code, [f"{CHEAP}.svg"])
    assert_sentence(err, words)
    assert (tmp_path / f"{CHEAP}.svg").read_text(encoding="utf-8") == "old"


# -- numbers in sentences ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0, 3, "0"), (0.0009996, 3, "0.00100"), (9.996e-4, 2, "0.0010"), (99999, 3, "1.00·10⁵"), (-0.5, 1, "−0.5")],
)
def test_shown(value, digits, text):
    assert show(value, digits) == text


def test_what_was_not_compared_has_no_value():
    outcome = Outcome("", {}, (Comparison("x", 1, 2),))
    assert (outcome.predicted("x"), outcome.measured("x")) == (1, 2)
    with pytest.raises(KeyError):
        outcome.measured("y")
    with pytest.raises(KeyError):
        outcome_of("none")
