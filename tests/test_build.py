"""The wheel has the Rocq library, and the compiled jets where there is a compiler; it is built all the same without."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMPILED = "ddln_sym/taylor/_jets.abi3.so"

pytest.importorskip("hatchling")


def built(kind: str, folder: Path, root: Path = ROOT, compiler: str = "") -> tuple[Path, str]:
    """What is built from a folder with the sources, and what is said meanwhile."""
    environment = {**os.environ, **({"CC": compiler} if compiler else {})}
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    (made,) = folder.iterdir()
    return made, run.stdout + run.stderr


def test_the_wheel_has_the_compiled_jets(tmp_path):
    wheel, said = built("wheel", tmp_path)
    if "left out" in said:
        pytest.skip(said)
    assert "-cp311-abi3-" in wheel.name
    assert COMPILED in ZipFile(wheel).namelist()


def test_from_an_sdist_too(tmp_path):
    sdist, _ = built("sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as files:
        assert not [name for name in files.getnames() if name.endswith(".so")]
        files.extractall(tmp_path, filter="data")
    wheel, said = built("wheel", tmp_path / "wheel", tmp_path / sdist.name.removesuffix(".tar.gz"))
    names = ZipFile(wheel).namelist()
    assert "left out" in said or COMPILED in names
    theories = {f"ddln_sym/rocq/theories/{file.name}" for file in (ROOT / "theories").glob("*.v")}
    assert theories == {name for name in names if name.startswith("ddln_sym/rocq/theories/")}


@pytest.mark.parametrize(
    ("compiler", "reason"), [("no-such-compiler", "no-such-compiler"), ("false", "false: it failed")]
)
def test_without_a_compiler(tmp_path, compiler, reason):
    """A warning of one sentence, and a wheel for every platform."""
    wheel, said = built("wheel", tmp_path, compiler=compiler)
    assert wheel.name.endswith("-py3-none-any.whl")
    assert COMPILED not in ZipFile(wheel).namelist()
    (warning,) = (line for line in said.splitlines() if "compiled jets are left out" in line)
    assert compiler in warning
