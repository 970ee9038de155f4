"""Draw ``docs/networks.svg``, Figures 1 and 2 of the paper anew: ``python docs/make_networks.py``."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ddln_sym.cli.files import write_files
from ddln_sym.render.figures import BLUE, STYLE, VERMILION

TARGET = Path(__file__).with_name("networks.svg")


def network(axes: Axes, layers: list[str], dimension: int, title: str) -> None:
    """The entries of a data point, a column of weights for each layer, one path for each coordinate, and their sum."""
    columns, middle = len(layers) + 1, (dimension - 1) / 2

    def node(x: float, y: float, text: str, shape: str, edge: str) -> None:
        axes.text(x, y, text, ha="center", va="center", bbox={"boxstyle": shape, "fc": "white", "ec": edge})

    for i in range(dimension):
        y = dimension - 1 - i
        axes.plot([0, columns - 1], [y, y], color=BLUE, lw=1, zorder=1)
        axes.plot([columns - 1, columns], [y, middle], color=BLUE, lw=1, zorder=1)
        node(0, y, f"$x_{i + 1}$", "circle", BLUE)
        for n, name in enumerate(layers, 1):
            skipped = name == "…"
            text = name if skipped else f"${name.replace('#', str(i + 1))}$"
            node(n, y, text, "circle", "none" if skipped else VERMILION)
    node(columns, middle, r"$f_\theta(x)$", "round", BLUE)
    axes.set(xlim=(-0.5, columns + 0.6), ylim=(-0.7, dimension - 0.3), title=title)
    axes.set_axis_off()


def drawn() -> Figure:
    figure = Figure(figsize=(7.2, 3.2))
    left, right = figure.subplots(1, 2, width_ratios=(3, 4))
    network(left, ["u_#", "v_#"], 4, r"Figure 1: $\theta = u\odot v$")
    network(right, ["u^1_#", "u^2_#", "…", "u^L_#"], 5, r"Figure 2: $\theta = u^1\odot\cdots\odot u^L$, $d = 5$")
    return figure


def main() -> None:
    with rc_context(STYLE):
        stream = io.BytesIO()
        drawn().savefig(stream, format="svg", metadata={"Date": None})
    write_files({TARGET: stream.getvalue()})


if __name__ == "__main__":
    main()
