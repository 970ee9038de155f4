"""README.md and docs/: what they show is what happens."""

from __future__ import annotations

import ast
import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ddln_sym.claim import collect
from ddln_sym.cli import _run
from ddln_sym.proposition import Consequence, Validated

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
EXAMPLE = DOCS / "examples" / "my_claims.py"


def fenced(page: Path, *languages: str) -> list[str]:
    """The code blocks of a page in any of these languages."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [body for language, body in blocks if language in languages]


def commands(page: Path) -> Iterator[str]:
    """The ``ddln-sym`` commands of a page, in console blocks and in the text."""
    for block in fenced(page, "console", "bash", "sh"):
        for line in block.splitlines():
            if line.startswith(("$ ddln-sym ", "ddln-sym ")):
                yield line.removeprefix("$ ").partition("#")[0].strip()
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"`(ddln-sym [^`]+)`", text)


def runnable(command: str) -> bool:
    """Whether the command is complete and does not decide the whole paper."""
    placeholder = re.search(r"\b(ID|PATH|FILE|N)\b|…|(?<!examples/)my_claims\.py", command)
    whole = re.fullmatch(r"ddln-sym check( --.*)?", command)
    return not placeholder and not whole


COMMANDS = sorted({command for page in PAGES for command in commands(page) if runnable(command)})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


@pytest.mark.parametrize("name", ["README.md", "proved.md", "architecture.md", "claims-of-your-own.md"])
def test_pages_have_examples(name: str) -> None:
    page = next(page for page in PAGES if page.name == name)
    assert doctest.DocTestParser().get_examples(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_are_excerpts(page: Path) -> None:
    """A Python block without prompts is a piece of the example file."""
    example = EXAMPLE.read_text(encoding="utf-8")
    for block in fenced(page, "python"):
        ast.parse(block)
        assert ">>>" in block or block in example, block


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 4


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_succeed(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert _run(shlex.split(command)[1:]) == 0


def test_output_of_the_example(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The console block on the page is what the command prints, but for the times."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    (shown,) = fenced(DOCS / "claims-of-your-own.md", "console")
    command, _, output = shown.partition("\n")
    assert _run(shlex.split(command)[2:]) == 0

    def timeless(text: str) -> list[str]:
        return [re.sub(r"\s*\b\d+\.\d+( s)?$", " TIME", line.rstrip()) for line in text.strip().splitlines()]

    assert timeless(capsys.readouterr().out) == timeless(output)


def test_findings_are_current() -> None:
    """In a process of its own, since the page says what a fresh check finds."""
    program = "import runpy; print(runpy.run_path('docs/make_findings.py')['render'](), end='')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    assert (DOCS / "findings.md").read_text(encoding="utf-8") == run.stdout, "run `python docs/make_findings.py`"


def test_cited_theorems_are_listed() -> None:
    """Every theorem that a proof can cite is named on the page of what is trusted."""
    collect()
    page = (DOCS / "proved.md").read_text(encoding="utf-8")

    def below(kind: type[Any]) -> Iterator[type[Any]]:
        for sub in kind.__subclasses__():
            yield sub
            yield from below(sub)

    ours = [sub for sub in below(Consequence) if sub.__module__.startswith(("ddln_sym.", "proofs."))]
    methods = [sub.method for sub in below(Validated) if sub.__module__.startswith("ddln_sym.")]
    assert methods
    assert {named.name for named in [*(sub.theorem for sub in ours), *methods] if named.name not in page} == set()


def test_claims_named_exist() -> None:
    """Ids in backticks are claims of the paper."""
    known = {claim.id for claim in collect()}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"\(?claims? `([a-z0-9-]+[a-zA-Z0-9-]*)`", text))
        assert named <= known, f"{page.name}: {sorted(named - known)}"


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def _imports(file: Path, package: str) -> set[str]:
    """The modules of a package that a file imports, without the package itself."""
    nodes = [n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.ImportFrom)]
    inside = [n.module for n in nodes if n.module and n.module.startswith(f"{package}.")]
    return {module.removeprefix(f"{package}.").split(".")[0] for module in inside}


@pytest.mark.parametrize("package", ["ddln_sym", "ddln_sym.kernel"])
def test_order_of_the_modules(package: str) -> None:
    """The tables of modules on the page of the architecture are an order in which they import."""
    outer, _, inner = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("Inside the kernel")
    page = (inner if "." in package else outer).partition("## How a proposition travels")[0]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    order = [name for row in rows for name in re.findall(r"`(\w+)/?`", row)]
    home = ROOT / package.replace(".", "/")
    modules = {p.stem: [p] for p in home.glob("[!_]*.py")}
    modules |= {p.parent.name: sorted(p.parent.glob("*.py")) for p in home.glob("*/__init__.py")}
    assert set(order) == modules.keys()
    for place, name in enumerate(order):
        for file in modules[name]:
            later = _imports(file, package) - {name, *order[:place]}
            assert not later, f"{file.name} imports {sorted(later)}"


def _locked() -> dict[str, dict[str, str]]:
    return dict(json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"])


def test_rows_shown_are_locked() -> None:
    """The rows of the table that README.md shows, but for their times."""
    locked = _locked()
    (shown,) = [block for block in fenced(ROOT / "README.md", "console") if block.startswith("$ make check")]
    rows = re.findall(r"^(\S+) .*? (proved|refuted) +(\S.*?) +\d+\.\d\d$", shown, re.MULTILINE)
    assert len(rows) >= 4
    for name, verdict, scope in rows:
        assert (verdict, scope) == (locked[name]["verdict"], locked[name]["scope"]), name


def test_counts_are_those_of_the_lockfile() -> None:
    """The numbers at the top of README.md and in the output that it shows."""
    counts = Counter(entry["verdict"] for entry in _locked().values())
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    for shape in (
        r"\*\*(\d+) claims are proved, (\d+) are refuted",
        r"(\d+) proved, (\d+) refuted, \d+ corr",
    ):
        (shown,) = re.findall(shape, text)
        assert tuple(map(int, shown)) == (counts["proved"], counts["refuted"])
    assert set(counts) == {"proved", "refuted"}
