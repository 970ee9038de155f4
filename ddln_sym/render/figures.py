"""Drawing: the tables of an experiment become a figure. One style for all; nothing is computed here but places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import exp, log
from typing import TYPE_CHECKING, Any

from matplotlib import colormaps, rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["STYLE", "draw"]

COLUMN, PAGE = 3.4, 7.0  # inches: the widths of a column and of a page
SMALL = 7.0  # points: labels within the axes
#: Okabe and Ito's colours, which colour-blind readers tell apart, with a purple dark enough for words. In grey print
#: labels and marks tell lines apart.
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#AA3377"
HUES = (BLUE, VERMILION, GREEN)
BLACK, GREY = "#000000", "#767676"
GAP = r"$\mathcal{L} - \min\mathcal{L}$"
STYLE: dict[Any, Any] = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    # The same bytes from the same numbers: names of clip paths depend on this word instead of chance.
    "svg.hashsalt": "ddln-sym",
    "pdf.fonttype": 42,
}

Table = Mapping[str, Sequence[Any]]


def draw(name: str, tables: Mapping[str, Table]) -> Figure:
    """The figure of the experiment of that name.

    Args:
        tables: as its outcome has them. To be saved within ``rc_context(STYLE)``.
    """
    with rc_context(STYLE):
        return _DRAWINGS[name](tables)


# -- tools -------------------------------------------------------------------------------------------
def _groups(table: Table, *keys: str) -> Iterator[tuple[tuple[Any, ...], dict[str, list[Any]]]]:
    """The rows that share the values of some columns, in the order of their first appearance."""
    marks = list(zip(*(table[key] for key in keys), strict=True))
    for mark in dict.fromkeys(marks):
        yield mark, {c: [v for v, m in zip(values, marks, strict=True) if m == mark] for c, values in table.items()}


def _panels(columns: int, rows: int = 1, height: float = 2.3, **options: Any) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(COLUMN if columns == 1 else PAGE, height * rows))
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, list(axes.flat)


def _shades(count: int) -> list[Any]:
    """Colours of an ordered family, from dark to light, all dark enough on white."""
    return [colormaps["cividis"](0.78 * n / max(1, count - 1)) for n in range(count)]


def _write(axes: Axes, x: float, y: float, text: str, colour: Any = BLACK, **options: Any) -> None:
    """Words at a place given in the coordinates of the data; ``shift`` moves them, in points."""
    shift = options.pop("shift", (0, 0))
    options = {"fontsize": SMALL, "annotation_clip": False, **options}
    axes.annotate(text, (x, y), shift, textcoords="offset points", color=colour, **options)


def _name_ends(axes: Axes, lines: Sequence[tuple[float, str, Any]], apart: float = 0.065, shift: float = 3) -> None:
    """Names of lines right of the axes, at the heights where they end, moved apart where they would overlap."""
    transform = axes.transData + axes.transAxes.inverted()
    end = axes.get_xlim()[1]
    wanted = sorted((float(transform.transform((end, y))[1]), text, colour) for y, text, colour in lines)
    heights = [height for height, _, _ in wanted]
    for _ in range(200):
        for n in range(len(heights) - 1):
            overlap = apart - (heights[n + 1] - heights[n])
            if overlap > 1e-9:
                heights[n] -= overlap / 2
                heights[n + 1] += overlap / 2
    for height, (_, text, colour) in zip(heights, wanted, strict=True):
        axes.annotate(
            text, (1, height), (shift, 0), "axes fraction", "offset points", va="center", fontsize=SMALL, color=colour
        )


def _decades(axis: Any, every: int = 1) -> None:
    """Ticks at powers of ten, named at each or at each so many."""
    axis.set_major_locator(LogLocator(base=10.0**every, numticks=50))
    axis.set_minor_locator(LogLocator(base=10.0, subs=range(2, 10)) if every == 1 else LogLocator(10.0, numticks=99))
    axis.set_minor_formatter(NullFormatter())


# -- trajectories ------------------------------------------------------------------------------------
def _signs(tables: Mapping[str, Table]) -> Figure:
    figure, (axes,) = _panels(1)
    main, crossing = tables[""], tables["crossing"]
    names = [name for name in main if name != "t"]
    least = min(names, key=lambda name: abs(main[name][0]))
    axes.axhline(0, color=GREY, linewidth=0.6)
    (t,) = crossing["t"]
    axes.axvline(t, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
    ends = []
    colours = iter((BLUE, GREEN, PURPLE))
    for n, name in enumerate(names, 1):
        colour = VERMILION if name == least else next(colours)
        axes.plot(main["t"], main[name], color=colour, linewidth=1.8 if name == least else 1.2)
        axes.plot(t, crossing[name][0], "o", color=colour, clip_on=False, zorder=3)
        ends.append((main[name][-1], f"$u^{n}_1$", colour))
    axes.set_xlim(0, main["t"][-1])
    axes.set_xlabel("time $t$")
    axes.set_ylabel("layers of coordinate 1")
    _write(axes, t, axes.get_ylim()[0], f"$t = {t:.4f}$", GREY, shift=(3, 3))
    _name_ends(axes, ends)
    return figure


def _rates(tables: Mapping[str, Table]) -> Figure:
    figure, (left, right) = _panels(2)
    bounds = dict(zip(tables["slopes"]["scale"], tables["slopes"]["bound"], strict=True))
    middle = sorted(bounds)[1]
    until = max(t for t, scale in zip(tables[""]["t"], tables[""]["scale"], strict=True) if scale == middle)
    far = max(t * bounds[scale] for t, scale in zip(tables[""]["t"], tables[""]["scale"], strict=True))
    places = ((0.9, (0, -9)), (1e-8, (4, 0)), (1e-15, (4, 0)))  # the height of each name on the left, and its shift
    ends = (("right", (-3, -2)), ("right", (-3, -2)), ("left", (1, 0)))  # of each name on the right
    for ((scale,), rows), colour, (height, shift), (side, move) in zip(
        _groups(tables[""], "scale"), HUES, places, ends, strict=True
    ):
        first, last = rows["gap"][0], rows["gap"][-1]
        left.plot(rows["t"], rows["gap"], color=colour)
        left.plot([0, until], [first, first * exp(-bounds[scale] * until)], "--", color=colour, linewidth=0.8)
        right.plot([bounds[scale] * t for t in rows["t"]], [g / first for g in rows["gap"]], color=colour)
        nearest = min(range(len(rows["t"])), key=lambda n: abs(log(rows["gap"][n] / height)))
        _write(left, rows["t"][nearest], rows["gap"][nearest], f"× {scale:g}", colour, shift=shift)
        _write(right, bounds[scale] * rows["t"][-1], last / first, f"× {scale:g}", colour, shift=move, ha=side)
    right.plot([0, far], [1, exp(-far)], "--", color=BLACK, linewidth=0.8)
    _write(right, 0.8 * far, exp(-0.8 * far), r"bound $e^{-2\sigma\mu t}$", shift=(0, 4), ha="center")
    for axes in (left, right):
        axes.set_yscale("log")
        _decades(axes.yaxis, 4)
    left.set(xlim=(0, until), ylim=(1e-18, 1e3), xlabel="time $t$", ylabel=GAP)
    right.set(xlim=(0, 1.1 * far), ylim=(1e-25, 10), xlabel=r"rescaled time $2\sigma\mu\,t$", ylabel=f"{GAP}, relative")
    return figure


# -- methods and initializations ---------------------------------------------------------------------
def _descent(tables: Mapping[str, Table]) -> Figure:
    figure, (axes,) = _panels(1)
    main = tables[""]
    axes.loglog(main["step"], main["error"], "o", color=BLUE, markerfacecolor="white")
    axes.loglog(main["step"], main["drift"], "s", color=VERMILION)
    axes.loglog(main["step"], main["predicted_drift"], color=VERMILION, linewidth=0.8)
    last, first = main["step"][-1], main["step"][0]
    axes.loglog([last, first], [main["error"][-1], main["error"][-1] * first / last], color=BLUE, linewidth=0.8)
    at = len(main["step"]) // 2
    _write(axes, main["step"][at], main["error"][at], r"error $\max_i|\theta_i - \theta_i(T)|$", BLUE, shift=(7, -9))
    words = "drift of $u_j^2 - u_k^2$, relative,\nand the line predicted, $hI$"
    _write(axes, main["step"][at], main["drift"][at], words, VERMILION, shift=(-7, 3), ha="right")
    axes.set(xlabel="step $h$", ylabel="error, drift at time $T$")
    for axis in (axes.xaxis, axes.yaxis):
        _decades(axis)
    return figure


def _momentum(tables: Mapping[str, Table]) -> Figure:
    figure, (left, right) = _panels(2)
    looks = {
        "gradient_descent": ("gradient descent", BLUE, "o"),
        "heavy_ball": ("heavy ball", GREEN, "^"),
        "heavy_ball_ODE": (r"heavy ball, as an ODE", PURPLE, "x"),
        "stochastic_gradients": ("stochastic gradients (mean)", VERMILION, "s"),
    }
    time, size = tables["predicted"], tables["size"]
    for name in ("predicted", "predicted_stochastic"):
        left.plot(time["t"][1:], time[name][1:], color=BLACK, linewidth=0.8)  # at time 0 there is no drift
        label = r"predicted, $\varepsilon I$" if name == "predicted" else None
        right.plot(size["size"], size[name], color=BLACK, linewidth=0.8, label=label)
    for n, (name, (words, colour, mark)) in enumerate(looks.items()):
        look: dict[str, Any] = {"color": colour, "markerfacecolor": "white" if mark == "o" else colour}
        every = slice(n + 1, None, 4)  # in turn, since they lie on one line
        left.plot(tables[""]["t"][every], tables[""][name][every], mark, clip_on=False, **look)
        right.plot(size["size"], size[name], mark, label=words, **look)
    left.set(xlabel="time $t$ of the flow", ylabel=r"drift $1 - D(t)/D(0)$", yscale="log", xlim=(0, time["t"][-1]))
    right.set(xlabel=r"size $\varepsilon$ of the method", ylabel=r"drift $1 - D(T)/D(0)$", xscale="log", yscale="log")
    for axis in (left.yaxis, right.xaxis, right.yaxis):
        _decades(axis)
    figure.legend(loc="outside upper center", ncols=5, frameon=False, fontsize=SMALL)
    return figure


def _initializations(tables: Mapping[str, Table]) -> Figure:
    figure = Figure(figsize=(COLUMN + 0.6, 2.6))
    strip, axes = figure.subplots(1, 2, sharey=True, width_ratios=(1, 5))
    looks = {"Xavier": (BLUE, "o"), "He": (VERMILION, "s"), "small": (GREEN, "^"), "tied": (PURPLE, "D")}
    for (name,), rows in _groups(tables[""], "initialization"):
        colour, mark = looks[name]
        for bound, rate, converged in zip(rows["bound"], rows["rate"], rows["converged"], strict=True):
            where, x = (axes, bound) if bound else (strip, 0)
            where.plot(x, rate, mark, color=colour, markerfacecolor=colour if converged else "white", clip_on=False)
    bounds = [b for b in tables[""]["bound"] if b]
    axes.plot([min(bounds), max(bounds)], [min(bounds), max(bounds)], color=BLACK, linewidth=0.8)
    handles = [Line2D([], [], color=c, marker=m, linestyle="", label=name) for name, (c, m) in looks.items()]
    handles.append(Line2D([], [], color=BLACK, linewidth=0.8, label=r"rate $= 2\sigma\mu$"))
    axes.legend(handles=handles, loc="lower right", frameon=False, fontsize=SMALL, labelspacing=0.3)
    axes.set(xscale="log", yscale="log", xlabel=r"$2\sigma\mu$, promised")
    axes.tick_params(labelleft=False)
    strip.set(
        xlim=(-1, 1), xticks=[0], xticklabels=[r"$\sigma = 0$"], ylabel=r"mean rate of $\mathcal{L} - \min\mathcal{L}$"
    )
    _decades(axes.xaxis, 2)
    _decades(strip.yaxis, 2)
    return figure


# -- entropies ---------------------------------------------------------------------------------------
def _depths(tables: Mapping[str, Table]) -> Figure:
    figure, (left, right) = _panels(2)
    groups, slopes = (list(_groups(tables[name], "depth")) for name in ("", "slope"))
    hues = dict(zip((depth for (depth,), _ in groups), _shades(len(groups)), strict=True))
    for (depth,), rows in groups:
        left.plot(rows["theta"], rows["entropy"], color=hues[depth])
    left.set(xlim=(min(rows["theta"]), max(rows["theta"])), xlabel=r"$\theta$", ylabel=r"entropy $Q(\theta)$")
    left.set_ylim(bottom=0)
    _name_ends(left, [(rows["entropy"][-1], f"$L = {depth}$", hues[depth]) for (depth,), rows in groups])
    for (depth,), rows in slopes:
        right.semilogx(rows["theta"], rows["gradient"], color=hues[depth])
    bounds = dict(zip(tables["bounds"]["depth"], tables["bounds"]["bound"], strict=True))
    for depth, bound in bounds.items():
        right.axhline(bound, color=hues[depth], linewidth=0.7, linestyle=":")
    top = 1.25 * max(bounds.values())
    right.set(xlim=(min(rows["theta"]), max(rows["theta"])), ylim=(0, top), xlabel=r"$\theta$")
    right.set_ylabel(r"mirror map $\xi = \nabla Q(\theta)$")
    _decades(right.xaxis, 2)
    _name_ends(right, [(rows["gradient"][-1], f"$L = {d}$", hues[d]) for (d,), rows in slopes if d in bounds])
    (unbounded,) = ((depth, rows) for (depth,), rows in slopes if depth not in bounds)
    leaves = next(t for t, slope in zip(unbounded[1]["theta"], unbounded[1]["gradient"], strict=True) if slope > top)
    _write(right, leaves, top, f"$L = {unbounded[0]}$", hues[unbounded[0]], shift=(4, -6))
    return figure


def _regimes(tables: Mapping[str, Table]) -> Figure:
    figure, (left, middle, right) = _panels(3, height=2.2)
    groups = list(_groups(tables[""], "scale"))
    for ((scale,), rows), colour in zip(groups, _shades(len(groups)), strict=True):
        left.plot(rows["theta"], rows["normalized"], color=colour, label=f"$a = {scale:g}$")
    at = rows["theta"]
    for limit in ([abs(t) for t in at], [t * t for t in at]):
        left.plot(at, limit, "--", color=BLACK, linewidth=0.8)
    left.set(xlim=(-1, 1), ylim=(0, 1), xlabel=r"$\theta$", ylabel=r"$Q_a(\theta)/Q_a(1)$")
    groups = list(_groups(tables["lopsided"], "scale"))
    for ((scale,), rows), colour in zip(groups, _shades(len(groups) + 1), strict=False):
        middle.plot(rows["theta"], rows["scaled"], color=colour, label=f"$a = {scale:g}$")
    middle.plot(rows["theta"], rows["limit"], "--", color=BLACK, linewidth=0.8)
    middle.set(xlim=(-1, 1), xlabel=r"$\theta$", ylabel=r"$a\,Q_a(\theta)$")
    middle.set_ylim(bottom=0)
    looks = {2: (BLUE, "o"), 3: (VERMILION, "s"), 4: (GREEN, "^")}
    for (limit, depth), rows in _groups(tables["distance"], "limit", "depth"):
        colour, mark = looks[depth]
        right.plot(rows["scale"], rows["predicted"], color=colour, linewidth=0.8)
        right.plot(rows["scale"], rows["measured"], mark, color=colour, markersize=2.5)
        if limit == "ℓ1":
            right.plot([], [], mark, color=colour, markersize=2.5, label=f"$L = {depth}$")
    right.text(0.25, 1, r"from $\ell_1$", transform=right.transAxes, ha="center", va="top", fontsize=SMALL)
    right.text(0.9, 1, r"from $\ell_2$", transform=right.transAxes, ha="center", va="top", fontsize=SMALL)
    places: Any = ("upper center", "upper right", "lower left")
    for axes, place in zip((left, middle, right), places, strict=True):
        axes.legend(loc=place, frameon=False, fontsize=SMALL, handlelength=1.2, labelspacing=0.2, borderaxespad=0.2)
    right.set(xscale="log", yscale="log", xlabel="scale $a$", ylabel="relative distance of $Q_a(1)$", ylim=(1e-10, 30))
    _decades(right.xaxis)
    _decades(right.yaxis, 2)
    return figure


def _balls(tables: Mapping[str, Table]) -> Figure:
    figure, panels = _panels(3, rows=2, height=2.3, sharex=True, sharey=True)
    for axes, ((start,), rows) in zip(panels, _groups(tables[""], "start"), strict=True):
        groups = list(_groups(rows, "depth"))
        for ((depth,), curve), colour in zip(groups, _shades(len(groups)), strict=True):
            axes.plot(curve["theta_1"], curve["theta_2"], color=colour, linewidth=1, label=f"$L = {depth}$")
        axes.set(aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        axes.set_title(start)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.axhline(0, color=GREY, linewidth=0.4, zorder=0)
        axes.axvline(0, color=GREY, linewidth=0.4, zorder=0)
        axes.tick_params(length=0)
    for axes in panels[3:]:
        axes.set_xlabel(r"$\theta_1$")
    for axes in panels[::3]:
        axes.set_ylabel(r"$\theta_2$")
    panels[2].legend(loc="center", fontsize=SMALL, frameon=True, edgecolor="white", framealpha=1, labelspacing=0.2)
    return figure


def _selection(tables: Mapping[str, Table]) -> Figure:
    figure, panels = _panels(3, rows=2, height=2.0, sharex=True, sharey=True)
    limits = dict(_groups(tables["limits"], "shape", "depth", "limit"))
    hues, ends = (*HUES, PURPLE), []
    for n, (axes, ((shape, depth), rows)) in enumerate(zip(panels, _groups(tables[""], "shape", "depth"), strict=True)):
        names = [name for name in rows if name.startswith("theta")]
        for name, colour in zip(names, hues, strict=True):
            axes.semilogx(rows["scale"], rows[name], color=colour)
            for norm, end in (("ℓ1", 0), ("ℓ2", -1)):
                axes.plot(rows["scale"][end], limits[shape, depth, norm][name], "o", color=colour, clip_on=False)
        axes.axhline(0, color=GREY, linewidth=0.5, zorder=0)
        axes.set_xlim(rows["scale"][0], rows["scale"][-1])
        axes.set_title(f"{shape}, $L = {depth}$", loc="left")
        _decades(axes.xaxis, 2)
        ends.append([(rows[name][-1], f"$\\theta_{name[-1]}$", hue) for name, hue in zip(names, hues, strict=True)])
        if n >= 3:
            axes.set_xlabel(r"scale of $\theta$, $a^L$")
    for axes, lines in zip(panels, ends, strict=True):  # now that the common limits are known
        _name_ends(axes, lines, apart=0.09, shift=6)
    return figure


_DRAWINGS: dict[str, Callable[[Mapping[str, Table]], Figure]] = {
    "signs": _signs,
    "rates": _rates,
    "descent": _descent,
    "momentum": _momentum,
    "initializations": _initializations,
    "depths": _depths,
    "regimes": _regimes,
    "balls": _balls,
    "selection": _selection,
}
