"""The documentation site: built with warnings as errors, and opened in a browser without a network."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from browser import FAULTS, missing, opened
from shared import ROOT, already_decided, outcome

import ddln_sym
from ddln_sym.experiments import CATALOGUE

pytestmark = pytest.mark.site
NEEDED = ("sphinx", "myst_nb", "furo", "sphinx-mathjax-offline")


def test_what_is_missing_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting, result in (("", pytest.skip.Exception), ("true", pytest.fail.Exception)):
        monkeypatch.setenv("CI", setting)
        with pytest.raises(result):
            missing("a browser")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a copy of the project, to which the drawings and derivations are added as ``make docs`` does."""
    for module in NEEDED:
        if find_spec(module) is None:
            missing(f"{module} (extra `docs`)")
    folder = tmp_path_factory.mktemp("site")
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs", docs, ignore=shutil.ignore_patterns("_build", "figures", "derivations.*"))
    shutil.copytree(ROOT / "proofs", folder / "proofs")
    runpy.run_path(str(docs / "make_figures.py"))["draw"](CATALOGUE, outcome)
    with already_decided():
        runpy.run_path(str(docs / "make_derivations.py"))["main"]()
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    run = subprocess.run(
        [*command, "-d", str(folder / "doctrees"), str(docs), str(folder / "html")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "html"


def test_in_a_browser(site: Path, tmp_path: Path) -> None:
    """Formulas are set, nothing is asked of another host, and no page is wider than a phone."""
    pages = sorted(page.name for page in site.glob("*.html"))
    found, complaints = opened(site, pages, tmp_path)
    assert complaints == []
    assert set(found) == set(pages) >= {"index.html", "tutorial.html", "theory.html", "claims.html", "findings.html"}
    faults = {name: {k: v for k, v in page.items() if k in FAULTS and v} for name, page in found.items()}
    assert {name: fault for name, fault in faults.items() if fault} == {}
    assert {name for name, page in found.items() if page["formulas"] < page["asked"]} == set()
    assert all(
        found[name]["formulas"] > 10 for name in ("claims.html", "findings.html", "theory.html", "tutorial.html")
    )


def test_the_browser_sees_what_is_wrong(site: Path, tmp_path: Path) -> None:
    """A page with each fault that the test above looks for."""
    page = (site / "theory.html").read_text(encoding="utf-8")
    faults = (
        '<div class="math notranslate">\\(\\nosuchmacro{x}\\)</div><p>left over: ``` &lt;!-- {role}`</p>'
        '<div style="width:900px">wide</div><img src="http://elsewhere.invalid/picture.png"><img src="lost.png">'
        "<script>console.error('a complaint')</script>"
    )
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    (folder / "faults.html").write_text(page.replace("</article>", faults + "</article>", 1), encoding="utf-8")
    found, complaints = opened(folder, ["faults.html"], tmp_path / "profile")
    seen = found["faults.html"]
    assert seen["raw"] == ["```", "<!--", "{role}`"]
    assert seen["wide"] and seen["wrong"]
    assert seen["hosts"] == ["elsewhere.invalid"]
    for what in ("a complaint", "not found: /lost.png"):
        assert any(what in line for line in complaints), what


def test_every_public_name_is_documented(site: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    kinds = ("py:class", "py:exception", "py:function")
    documented = {name for kind in kinds for name in inventory.data.get(kind, {})}
    assert {f"ddln_sym.{name}" for name in ddln_sym.__all__} <= documented


def test_the_sentence_of_a_property_is_no_type(site: Path) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    assert "Whether one entropy serves all losses: yes, no (from the start), or not known." in page
    assert ">Type<" not in page


def test_every_claim_has_its_place(site: Path) -> None:
    page = (site / "claims.html").read_text(encoding="utf-8")
    locked = json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    places = re.findall(r'id="claim-([\w-]+)"', page)
    assert sorted(places) == sorted(name.lower() for name in locked)
    theory = (site / "theory.html").read_text(encoding="utf-8")
    for name in locked:
        if re.match(r"new-t\d", name):
            assert f'href="claims.html#claim-{name}"' in theory, name
