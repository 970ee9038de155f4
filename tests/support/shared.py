"""What several tests need and what takes long to compute: computed once in a run, whichever process asks first."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import pytest

from ddln_sym import Certificate
from ddln_sym.claims import certify_all, collect
from ddln_sym.experiments import Outcome, outcome_of
from ddln_sym.render.terminal import tables

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
#: The variable that names the run's own folder to all of its processes; ``conftest.py`` makes and removes it.
FOLDER = "DDLN_SYM_TESTS"
#: What results depend on beside the files of the project.
LIBRARIES = ("sympy", "z3-solver", "python-flint", "mpmath", "numpy")


@cache
def fingerprint() -> str:
    """A digest of the files of the package and the proofs, and of the versions of what they compute with."""
    digest = sha256()
    for file in sorted([*(ROOT / "ddln_sym").rglob("*.py"), *(ROOT / "proofs").rglob("*.py")]):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    digest.update(" ".join(map(version, LIBRARIES)).encode())
    return digest.hexdigest()[:24]


def once(name: str, make: Callable[[], T]) -> T:
    """What ``make`` returns, from the first process of the run that asked; the others wait for its file."""
    folder = Path(os.environ[FOLDER])
    file = folder / f"{name}-{fingerprint()}.pickle"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            whole = file.with_suffix(".part")
            whole.write_bytes(pickle.dumps(make()))
            os.replace(whole, file)
    found: T = pickle.loads(file.read_bytes())
    return found


def _decided() -> dict[str, Certificate]:
    claims = collect()
    return {found.id: found for found in certify_all(claims, [claim.id for claim in claims])}


@cache
def certificates() -> dict[str, Certificate]:
    """Those of the whole paper, by the ids of its claims."""
    return once("certificates", _decided)


@cache
def outcome(name: str) -> Outcome:
    """What an experiment of the catalogue found."""
    return once(f"outcome-{name}", partial(outcome_of, name))


@contextmanager
def already_decided() -> Iterator[None]:
    """Commands in this process take the certificates of the run for claims of the paper."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "certify_all", partial(certify_all, known=dict(certificates())))
        yield
