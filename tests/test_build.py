"""The wheel has the paper's claims, the Rocq library, and, where there is a compiler, the compiled jets."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

import ddln_sym
from ddln_sym.claims import by_section, collect

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


def said_by(wheel: Path, folder: Path, *command: str) -> str:
    """What a command of the unpacked wheel prints, away from the repository."""
    ZipFile(wheel).extractall(folder / "unpacked")
    return said_in(folder / "unpacked", "-OO", *command)


def said_in(sources: Path, *command: str) -> str:
    """What Python says with the package in a folder, run in the folder above."""
    run = subprocess.run(
        [sys.executable, *command],
        cwd=sources.parent,
        env={**os.environ, "PYTHONPATH": str(sources)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_wheel_alone_checks_the_paper(tmp_path):
    """There is no second name in it, and without docstrings the sections have their titles."""
    wheel, _ = built("wheel", tmp_path / "wheel")
    names = ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"ddln_sym"}
    assert "proved" in said_by(wheel, tmp_path, "-m", "ddln_sym", "check", "eq-4", "thm-2")
    claims = said_by(wheel, tmp_path, "-m", "ddln_sym", "list", "eq-4")
    assert os.path.join("unpacked", "ddln_sym", "proofs", "behaviour.py") in claims
    asked = "from ddln_sym.claims import by_section, collect; print(*by_section(collect()), sep='\\n')"
    assert said_by(wheel, tmp_path, "-c", asked).splitlines() == list(by_section(collect()))


def extracted(archive: Path, folder: Path) -> Path:
    """The one folder in an archive of sources."""
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    (found,) = folder.iterdir()
    return found


def version_in(sources: Path) -> str:
    return said_in(sources, "-c", "import ddln_sym; print(ddln_sym.__version__)").strip()


def git(folder: Path, *command: str) -> None:
    own = ["user.name=A", "user.email=a@example.org", "commit.gpgsign=false", "tag.gpgsign=false"]
    settings = [part for setting in own for part in ("-c", setting)]
    subprocess.run(["git", "-C", str(folder), *settings, *command], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_version_is_that_of_the_tags(tmp_path):
    """At a tag, after it and without one: of the sources, of both distributions, and of an editable installation."""
    sdist, _ = built("sdist", tmp_path / "first")
    root = extracted(sdist, tmp_path / "sources")
    assert sdist.name == f"ddln_sym-{version_in(root)}.tar.gz" == f"ddln_sym-{ddln_sym.__version__}.tar.gz"
    (root / "PKG-INFO").unlink()
    assert version_in(root) == "0.1.0.dev0"  # neither git nor a distribution

    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "somebody else's repository around it")
    git(tmp_path, "tag", "v9.9.9")
    assert version_in(root) == "0.1.0.dev0"

    git(root, "init", "-q")
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "everything")
    assert version_in(root) == "0.1.0.dev1"
    git(root, "tag", "words-of-another-kind")
    assert version_in(root) == "0.1.0.dev1"
    git(root, "tag", "v0.1.0")
    for kind in ("sdist", "wheel", "wheel:editable"):
        made, _ = built(kind, tmp_path / kind.replace(":", "-"), root, compiler="false")
        assert made.name.removesuffix(".tar.gz").split("-")[:2] == ["ddln_sym", "0.1.0"], kind
    assert version_in(root) == "0.1.0"
    (root / "README.md").write_text("changed", encoding="utf-8")
    assert version_in(root) == "0.1.1.dev0"
    git(root, "commit", "-q", "-a", "-m", "a change")
    assert version_in(root) == "0.1.1.dev1"
    git(root, "archive", "--prefix=archived/", "-o", str(tmp_path / "archive.tar"), "HEAD")

    installed = tmp_path / "installed"
    ZipFile(next((tmp_path / "wheel").iterdir())).extractall(installed)
    assert version_in(installed) == "0.1.0"
    (installed / "pyproject.toml").write_text("[project]\nname = 'theirs'\n", encoding="utf-8")
    git(installed, "init", "-q")  # a folder of somebody's own project
    git(installed, "commit", "-q", "--allow-empty", "-m", "theirs")
    git(installed, "tag", "v9.9.9")
    assert version_in(installed) == "0.1.0"
    sources = extracted(next((tmp_path / "sdist").iterdir()), tmp_path / "again")
    assert version_in(sources) == "0.1.0"
    wheel, _ = built("wheel", tmp_path / "wheel-again", sources, compiler="false")
    assert wheel.name.startswith("ddln_sym-0.1.0-")
    assert version_in(extracted(tmp_path / "archive.tar", tmp_path / "archived")) == "0.1.1.dev1"


def test_the_version_takes_no_time_before_it_is_asked_for():
    asked = "import sys, ddln_sym; print('subprocess' in sys.modules, 'importlib.metadata' in sys.modules)"
    assert said_in(ROOT, "-S", "-c", asked) == "False False\n"


def test_the_extra_for_tests_is_enough():
    """What the tests import is a dependency or in the extra, which names no other extra; `dev` has all of them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert not any(need.startswith(project["name"]) for needs in extras.values() for need in needs)
    assert set(extras["test"]) | set(extras["docs"]) | set(extras["fast"]) | set(extras["cluster"]) <= set(
        extras["dev"]
    )
    named = {re.split(r"[<>=]", need)[0] for need in project["dependencies"] + extras["test"]}
    modules = {{"python-flint": "flint", "z3-solver": "z3", "pytest-xdist": "xdist"}.get(name, name) for name in named}
    ours = {"ddln_sym", "proofs"} | {file.stem for file in ROOT.rglob("*.py")} | {"campaign", "support"}
    imported = set()
    for file in (ROOT / "tests").rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    assert imported - sys.stdlib_module_names - ours <= modules


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
