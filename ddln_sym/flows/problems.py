"""Problems as TOML files: the data ``X``, ``y`` and the layers of a flow; and the end of a trajectory as JSON."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddln_sym.flows.enclosures import Enclosure
from ddln_sym.flows.error_bounds import EnclosureError
from ddln_sym.flows.gradient_flow import GradientFlow
from ddln_sym.flows.losses import LogisticLoss, Loss, SquaredLoss
from ddln_sym.flows.trajectories import Trajectory
from ddln_sym.numerics import decimal

if TYPE_CHECKING:
    from ddln_sym.flows.model_flows import ModelEnclosure, ModelTrajectory

__all__ = ["ProblemError", "certified_summary_of", "parse_problem", "read_problem", "summary_of"]

KEYS = ("X", "y", "layers")
#: What the key ``loss`` may name; without it the loss is squared.
LOSSES: dict[str, type[Loss]] = {"squared": SquaredLoss, "logistic": LogisticLoss}


class ProblemError(ValueError):
    """A mistake in a problem file; the message is one sentence for the user."""


def read_problem(path: Path) -> GradientFlow:
    """The flow that a TOML file describes.

    Args:
        path: a file with the keys ``X`` (n rows of d numbers), ``y`` (n numbers) and ``layers`` (L rows of d
            numbers), and perhaps ``loss``, ``"squared"`` or ``"logistic"``; a number may be written as a string,
            ``"0.1"`` or ``"1/3"``, and is the same without quotes.
    Raises:
        ProblemError: the file cannot be read, is not TOML, lacks a key or has another one, or holds no flow.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "problem.toml"
    ...     size = path.write_text('X = [[1]]\\ny = ["0.5"]\\nlayers = [[0.1], ["1/3"]]\\n')
    ...     read_problem(path).start
    ((Fraction(1, 10),), (Fraction(1, 3),))
    """
    try:
        return parse_problem(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise ProblemError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProblemError(f"{path} is not a text file in UTF-8") from error


def parse_problem(text: str, name: str) -> GradientFlow:
    """The flow that a text in TOML describes, as :func:`read_problem` does.

    Args:
        text: the text.
        name: where it is from, for the messages.
    Raises:
        ProblemError: it is not TOML, lacks a key or has another one, or holds no flow.
    """
    try:
        # A number without quotes is kept as it is written: 0.1 is one tenth, not the nearest float.
        data = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise ProblemError(f"{name} is not TOML: {error}") from error
    if missing := [key for key in KEYS if key not in data]:
        raise ProblemError(f"{name} lacks {' and '.join(missing)}: a problem has the keys {', '.join(KEYS)}")
    if unknown := [key for key in data if key not in (*KEYS, "loss")]:
        raise ProblemError(
            f"{name} has the unknown key {unknown[0]}: a problem has the keys {', '.join(KEYS)} and loss"
        )
    if (loss := data.get("loss", "squared")) not in LOSSES:
        raise ProblemError(f"{name} has the loss {loss!r}: expected one of {', '.join(LOSSES)}")
    try:
        return GradientFlow(LOSSES[loss](data["X"], data["y"]), data["layers"])
    except ValueError as error:
        raise ProblemError(f"{name}: {error}") from error


def summary_of(trajectory: Trajectory | ModelTrajectory) -> dict[str, Any]:
    """The state at the end of a trajectory, every number as a decimal string with all its digits.

    Of the loss, which may be small beside what it is computed from, these are the digits that are known, and
    ``loss_error`` is how far it may be off.  Of a model it has ``parameters``, and ``velocity`` of the heavy ball, by
    the names of the variables; ``bound`` where (15) bounds the loss.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    >>> summary_of(flow.integrate("0.5", digits=12))["theta"]
    ['1.80476874276']
    """
    from mpmath import nstr

    if not isinstance(trajectory, Trajectory):
        return _model_summary(trajectory, lambda value: nstr(value, trajectory.digits, strip_zeros=False))

    def written(values: Any) -> Any:
        if isinstance(values, tuple):
            return [written(value) for value in values]
        return nstr(values, trajectory.digits, strip_zeros=False)

    end = trajectory.end
    found: dict[str, Any] = {
        "schema": 1,
        "t": written(trajectory.until),
        "digits": trajectory.digits,
        "layers": written(trajectory.layers(end)),
        "theta": written(trajectory.theta(end)),
        "xi": written(trajectory.xi(end)),
        **_known_loss(trajectory),
        "metric": written(trajectory.metric(end)),
    }
    with suppress(ValueError):  # (15) says nothing without (𝒜), or of a loss without a Polyak–Łojasiewicz constant
        found["bound"] = written(trajectory.bound(end))
    return found


def _known_loss(trajectory: Trajectory | ModelTrajectory) -> dict[str, str]:
    return dict(
        zip(("loss", "loss_error"), decimal(trajectory.loss_ball(trajectory.end), trajectory.digits), strict=True)
    )


def _model_summary(found: ModelTrajectory | ModelEnclosure, write: Callable[[Any], Any]) -> dict[str, Any]:
    from mpmath import nstr

    from ddln_sym.flows.model_flows import ModelEnclosure

    trajectory = found.trajectory if isinstance(found, ModelEnclosure) else found
    names, end = [str(v) for v in trajectory.flow.net.variables], trajectory.end
    summary = {
        "schema": 1,
        "t": nstr(trajectory.until, trajectory.digits),
        "digits": found.digits,
        "parameters": dict(zip(names, map(write, found.parameters(end)), strict=True)),
        "theta": list(map(write, found.theta(end))),
        "xi": list(map(write, found.xi(end))),
        **({"loss": write(found.loss(end))} if isinstance(found, ModelEnclosure) else _known_loss(found)),
    }
    with suppress(ValueError):  # (15) says nothing of most models
        summary["bound"] = write(found.bound(end))
    if trajectory.flow.friction is not None:
        summary["velocity"] = dict(zip(names, map(write, found.velocity(end)), strict=True))
    return summary


def certified_summary_of(box: Enclosure | ModelEnclosure) -> dict[str, Any]:
    """The state at the end of an enclosure, every ball as a midpoint and a radius, and what the balls prove on the way.

    ``sign_changes`` lists every change of sign of a layer; it is null where the balls leave it open.

    >>> from ddln_sym.flows.losses import SquaredLoss
    >>> flow = GradientFlow(SquaredLoss([[1]], [2]), [[0], [1]])
    >>> certified_summary_of(flow.enclose("0.5", digits=12))["theta"][0]["mid"]
    '1.80476874276'
    """

    def written(values: Any) -> Any:
        if isinstance(values, tuple):
            return [written(value) for value in values]
        return dict(zip(("mid", "rad"), decimal(values, box.digits), strict=True))

    if not isinstance(box, Enclosure):
        return {"certified": True, **_model_summary(box, written)}
    try:
        changes = [{"coordinate": c.coordinate, "layer": c.layer, "t": written(c.time)} for c in box.sign_changes()]
    except EnclosureError:
        changes = None
    found: dict[str, Any] = {
        "schema": 1,
        "certified": True,
        "t": written(box.until)["mid"],
        "digits": box.digits,
        "layers": written(box.layers(box.end)),
        "theta": written(box.theta(box.end)),
        "xi": written(box.xi(box.end)),
        "loss": written(box.loss(box.end)),
        "metric": written(box.metric(box.end)),
        "sign_changes": changes,
    }
    with suppress(ValueError):  # as without balls
        found["bound"] = written(box.bound(box.end))
    return found
