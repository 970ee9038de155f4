"""README.md and docs/: what they show is what happens."""

from __future__ import annotations

import doctest
import importlib
import inspect
import json
import re
import runpy
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import pytest
from shared import ROOT, certificates

import ddln_sym
from ddln_sym.claims import by_id, collect
from ddln_sym.cli.app import _run
from ddln_sym.experiments import CATALOGUE
from ddln_sym.flows import read_problem
from ddln_sym.rocq import coverage
from ddln_sym.statements import Consequence, Flaw, Origin, Validated

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
EXAMPLE = DOCS / "examples" / "my_claims.py"
EXAMPLES = (EXAMPLE, DOCS / "examples" / "small_paper" / "claims.py")


def blocks(page: Path) -> list[tuple[str, str]]:
    """The fenced blocks of a page: language and body."""
    return re.findall(r"^```(\S*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def fenced(page: Path, language: str) -> list[str]:
    return [body for found, body in blocks(page) if found == language]


def runnable(command: str) -> bool:
    """Whether the command is complete and does not decide the whole paper."""
    placeholder = re.search(r"\b(ID|PATH|FILE|DIR|N)\b|…|(?<!examples/)my_claims\.py", command)
    whole = re.fullmatch(r"ddln-sym check( --.*)?", command)
    return not placeholder and not whole


def said(page: Path) -> list[str]:
    """The ``ddln-sym`` commands in the text of a page, outside its blocks."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [command for command in re.findall(r"`(ddln-sym [a-z][^`]+)`", text) if runnable(command)]


def timeless(text: str) -> list[str]:
    """Lines without what differs from run to run."""
    return [re.sub(r"\s*\b\d+\.\d+( s)?$", " TIME", line.rstrip()) for line in text.strip("\n").splitlines()]


def shows(shown: list[str], lines: list[str]) -> bool:
    """Whether an output is what is shown of it, where a line ``…`` stands for any lines."""
    pattern = "".join("(?:.*\n)*?" if line == "…" else re.escape(line + "\n") for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in lines)) is not None


Run: TypeAlias = Callable[[str], str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a ``ddln-sym`` command in the folder of the project, and gives what it prints."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")

    def output(command: str) -> str:
        assert _run(shlex.split(command)[1:]) == 0, command
        return capsys.readouterr().out

    return output


def console(body: str, run: Run) -> None:
    """Each command succeeds and prints what is shown below it; a target of ``make`` exists."""
    prompted = body if body.startswith("$ ") else "".join(f"$ {line}\n" for line in body.splitlines())
    for part in re.split(r"^\$ ", prompted, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if command.startswith("make "):
            assert f"\n{command.removeprefix('make ')}: " in (ROOT / "Makefile").read_text(encoding="utf-8")
        else:
            assert command.removeprefix(".venv/bin/").startswith("ddln-sym ") and runnable(command), command
            lines = timeless(run(command))
            assert not shown or shows(timeless(shown), lines), "\n".join(lines)


def excerpt(body: str, run: Run) -> None:
    """Python without prompts is a piece of an example file."""
    assert any(body in example.read_text(encoding="utf-8") for example in EXAMPLES)


def problem(body: str, run: Run) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "problem.toml"
        file.write_text(body, encoding="utf-8")
        assert read_problem(file).integrate(until="0.1", digits=15).loss(0) >= 0


def session(body: str, run: Run) -> None:
    """The whole page is run as one session by ``test_examples_run``."""
    assert doctest.DocTestParser().get_examples(body)


def elsewhere(body: str, run: Run) -> None:
    """Nothing to run; or the site is built from it, with errors as errors."""


#: What is done with a block of each language; there is no other language.
CHECKS = {
    "console": console,
    "pycon": session,
    "python": excerpt,
    "toml": problem,
    "math": elsewhere,
    "text": elsewhere,
    "{code-cell}": elsewhere,
    "{toctree}": elsewhere,
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_are_what_they_say(page: Path, run: Run) -> None:
    fences = re.findall(r"^```", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(fences) == 2 * len(blocks(page))
    for language, body in blocks(page):
        CHECKS[language](body, run)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_formula_is_left_raw(page: Path) -> None:
    """What has an index or an exponent is a formula between dollars, code, or in the signs of Unicode."""
    text = page.read_text(encoding="utf-8").replace("ddln_sym", "")
    formulas, code = (r"\$\$.*?\$\$", r"\$[^$]*\$"), (r"^```.*?^```$", r"`[^`]*`")
    for other in (r"\A---\n.*?^---$", *code, *formulas, r"\]\([^)]*\)", r"<.*?>"):
        text = re.sub(other, "", text, flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"\S*(?:[\w)]_[\w{]|[\w)]\^|\\_)\S*", text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


@pytest.mark.parametrize("command", sorted({command for page in PAGES for command in said(page)}))
def test_commands_in_the_text_succeed(command: str, run: Run) -> None:
    """One that is only named, without arguments, is asked for its help."""
    run(command if len(command.split()) > 2 else f"{command} --help")


def test_there_is_something_to_run() -> None:
    found = Counter(language for page in PAGES for language, _ in blocks(page))
    assert all(
        found[language] >= least for language, least in (("console", 6), ("pycon", 25), ("python", 3), ("toml", 1))
    )
    assert sum(map(len, map(said, PAGES))) >= 3


def test_examples_of_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    result = doctest.testmod(importlib.import_module("generated"))
    assert result.attempted and not result.failed


def test_formulas_of_the_literature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row is decided, each refuted one says what holds instead, and a formula with one more term is refuted."""
    monkeypatch.syspath_prepend(str(DOCS))
    published = importlib.import_module("published")
    locked = json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    rows = list(published.rows(locked))
    assert {row.verdict for row in rows} == {"proved", "refuted"} and sum(row.verdict == "refuted" for row in rows) == 6
    assert all("corrected: proved" in row.remark or "exactly" in row.remark for row in rows if row.verdict == "refuted")
    for entry in published.ENTRIES:
        if isinstance(entry, published.Potential):
            (twin, *_) = [replace(e, lhs=e.lhs + published.THETA**2 / 3) for e in entry.statement()]
            assert ddln_sym.decide(twin).verdict.value == "refuted"
        if isinstance(entry, published.Count):
            assert replace(entry, said=entry.said + 7).row({}).verdict == "refuted"


def test_what_is_shown_is_compared() -> None:
    lines = ["one", "two", "three"]
    assert shows(["one", "…"], lines) and shows(["…", "two", "…", "three"], lines) and shows(lines, lines)
    assert not shows(["one"], lines) and not shows(["…", "two"], lines) and not shows(["three", "…"], lines)


def test_the_glossary_names_what_exists() -> None:
    """The last column of its table: names of the package, their attributes, and what functions take."""
    for line in (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and line.count("|") == 4:
            for name in re.findall(r"`([\w.]+)(?:\(.*?\))?`", line.split("|")[3]):
                first, *rest = name.removeprefix("ddln_sym.").split(".")
                if name.startswith("ddln_sym."):
                    found: Any = importlib.import_module(f"ddln_sym.{first}")
                else:
                    found = getattr(ddln_sym, first)
                for attribute in rest:
                    fields = getattr(found, "__dataclass_fields__", {})
                    written = inspect.getsource(found) if inspect.isclass(found) else ""
                    assert hasattr(found, attribute) or attribute in fields or f"self.{attribute}" in written, name
                    found = getattr(found, attribute, None)


def test_findings_are_current() -> None:
    written = runpy.run_path(str(DOCS / "make_findings.py"))["render"](certificates())
    assert (DOCS / "findings.md").read_text(encoding="utf-8") == written, "run `python docs/make_findings.py`"


def test_the_coverage_page_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    page = importlib.import_module("make_coverage").render()
    assert (DOCS / "coverage.md").read_text(encoding="utf-8") == page, "run `python docs/make_coverage.py`"


def test_the_page_of_what_rocq_accepts_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the README counts as it does; what is linked in part, or has no theorem, is not counted."""
    monkeypatch.syspath_prepend(str(DOCS))
    page = importlib.import_module("make_accepted")
    assert (DOCS / "accepted.md").read_text(encoding="utf-8") == page.render(), "run `python docs/make_accepted.py`"
    text = page.kinds()["of the text"]
    (shown,) = re.findall(
        r"\*\*(\d+) of the (\d+) claims of the text\*\*", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    assert tuple(map(int, shown)) == (page.accepted(text), len(text))
    (partly,) = [claim for claim in text if claim.id == "assumption-A"]
    assert page.accepted([partly]) == 0 and page.much(coverage(partly, by_id(collect()))) == "1 of 2"


def test_what_is_trusted_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    page = (DOCS / "proved.md").read_text(encoding="utf-8")
    today, number = importlib.import_module("make_trusted").filled(page), re.compile(r"\d+")
    assert number.sub("", today) == number.sub("", page), "run `python docs/make_trusted.py`"
    for now, said in zip(number.findall(today), number.findall(page), strict=True):
        assert abs(int(now) - int(said)) <= max(2, int(said) // 10), "run `python docs/make_trusted.py`"


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
    """To a file that is committed, or to one that ``make docs`` makes; the site is built with errors for others."""
    made = re.compile(rf"derivations\.pdf|figures/({'|'.join(CATALOGUE)})(-\w+)?\.(svg|csv)")
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            there = (page.parent / target).exists() or (page.parent == DOCS and made.fullmatch(target))
            assert there, f"{page.name}: {target}"


def test_the_house_is_as_described() -> None:
    """The tables of the page of the architecture name every package and every module of the kernel, and no other."""
    house, _, kernel = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("Inside the kernel")
    kernel = kernel.partition("## How a proposition travels")[0]
    packages = re.findall(r"^\| \d \| `(\w+)/` \|", house, re.MULTILINE)
    rows = [line.split("|")[1] for line in kernel.splitlines() if line.startswith("| `")]
    modules = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    home = ROOT / "ddln_sym"
    assert sorted(packages) == sorted(p.parent.name for p in home.glob("*/__init__.py"))
    assert sorted(modules) == sorted(p.stem for p in (home / "kernel").glob("[!_]*.py"))


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
    """The numbers at the top of README.md and in the output that it shows: of the text, and beyond it."""
    locked, claims = _locked(), collect()
    text = Counter(locked[claim.id]["verdict"] for claim in claims if claim.origin is Origin.TEXT)
    beyond = Counter(locked[claim.id]["verdict"] for claim in claims if claim.origin is not Origin.TEXT)
    flaws = Counter(entry.get("flaw") for entry in locked.values())
    kinds = [flaws[flaw.value] for flaw in Flaw]
    page = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    for shape in (
        r"Of the claims of the text N are proved and N refuted\*\*, .*? The findings: N errors, N consequences of "
        r"them, N misprints, and N statements? sharpened.*? Beyond the text N claims are proved",
        r"N proved, N refuted \(findings: N errors, N consequences, N misprints, N sharpened\); "
        r"beyond the text N proved",
    ):
        (shown,) = re.findall(shape.replace("N", r"(\d+)"), page.replace("**Beyond", "Beyond"))
        assert tuple(map(int, shown)) == (text["proved"], text["refuted"], *kinds, beyond["proved"])
    assert set(text) == {"proved", "refuted"} and set(beyond) == {"proved"}
    assert sum(kinds) == sum(1 for entry in locked.values() if "flaw" in entry)


def test_the_overview_shows_the_verdicts_on_file() -> None:
    """The picture of the README says in its description what it shows."""
    picture = (DOCS / "overview.svg").read_text(encoding="utf-8")
    shown = json.loads(unescape(re.search(r"<desc>(.*?)</desc>", picture, re.DOTALL)[1]))
    locked = json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert shown == {claim.id: locked[claim.id]["verdict"] for claim in collect()}, "run `python docs/make_overview.py`"
    assert len(picture.encode()) < 100_000
