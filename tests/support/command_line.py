"""Running the command line, in this process and as another, for the tests of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ddln_sym.claims import collect
from ddln_sym.cli import app as cli
from ddln_sym.render.terminal import tables

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = {claim.id: claim for claim in collect()}
HEADER = "import sympy as sp\nfrom ddln_sym import Claim\nfrom ddln_sym.statements import Compare, Equal\n"


def running(capsys, monkeypatch):
    """For a fixture: the command line in this process; its exit code, standard output, standard error."""
    monkeypatch.setattr(tables, "PIPE_WIDTH", 1000)  # no line is folded
    monkeypatch.delenv("COLUMNS", raising=False)  # set where the tests run in several processes

    def call(*arguments):
        code = cli._run([str(a) for a in arguments])
        return code, *capsys.readouterr()

    return call


def environment():
    """That of this process, with the package on the path."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


def in_process(*arguments, **options):
    """Run Python with some arguments and wait for its end."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=300, **options)


def assert_sentence(err, *parts):
    """Standard error is one line that names its parts, without a traceback."""
    assert err.endswith("\n") and err.count("\n") == 1, err
    assert "Traceback" not in err
    for part in parts:
        assert str(part) in err, (part, err)


def write_claims(path, *statements):
    """A file of claims ``mine-1``, ``mine-2``, … with the given statements, in the symbol x."""
    lines = [HEADER, 'x = sp.Symbol("x", real=True)']
    for n, statement in enumerate(statements, 1):
        lines.append(f'C{n} = Claim("mine-{n}", "t", "s", "p", lambda depth: {statement}, depths=(sp.Integer(2),))')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
