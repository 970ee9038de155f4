"""The documentation site: built with warnings as errors, and opened in a browser without a network."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest

import ddln_sym

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("sphinx", "myst_nb", "furo", "sphinx-mathjax-offline")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=120000",
    "--dump-dom",
]
#: What a page must not have: faulty formulas, raw markup, other hosts, more width than the window.
FAULTS = ("wrong", "raw", "hosts", "wide")
#: Every other host is unknown, so that what is asked of one fails and shows.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
#: Opens one page after the other as on a phone, waits for its formulas, and notes what there is to see.
DRIVER = """<!doctype html><meta charset="utf-8"><pre id="found"></pre><script>
async function look(name) {
  const frame = document.createElement("iframe");
  frame.style.cssText = "width:390px;height:800px";
  frame.src = name;
  const loaded = new Promise(done => frame.onload = done);
  document.body.append(frame);
  await loaded;
  const page = frame.contentWindow, root = frame.contentDocument;
  const asked = root.querySelectorAll(".math").length;
  if (asked && page.MathJax) await page.MathJax.startup.promise;
  const text = root.body.cloneNode(true);
  text.querySelectorAll("pre, code, script, style, mjx-container").forEach(part => part.remove());
  const found = {
    asked,
    formulas: root.querySelectorAll("mjx-container").length,
    wrong: [...root.querySelectorAll("[data-mml-node='merror'], mjx-merror")].map(part => part.textContent),
    raw: text.textContent.match(/\\\\[(\\[]|\\$\\$|\\{[a-z]+\\}`|```|<!--/g) || [],
    hosts: [...new Set(page.performance.getEntriesByType("resource").map(entry => new URL(entry.name).host))],
    wide: [root.documentElement, root.querySelector(".content")].some(part => part?.scrollWidth > part?.clientWidth),
  };
  frame.remove();
  return found;
}
(async () => {
  const found = {};
  for (const name of PAGES) found[name] = await look(name);
  document.getElementById("found").textContent = JSON.stringify(found);
})();
</script>"""


def missing(what: str) -> NoReturn:
    """Where everything ought to be installed, a check that cannot be made has failed."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the site cannot be checked: {what} is not installed")


def test_what_is_missing_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting, outcome in (("", pytest.skip.Exception), ("true", pytest.fail.Exception)):
        monkeypatch.setenv("CI", setting)
        with pytest.raises(outcome):
            missing("a browser")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for module in NEEDED:
        if find_spec(module) is None:
            missing(f"{module} (extra `docs`)")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    run = subprocess.run(
        [*command, "-d", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "html")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "html"


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and keeps what was asked for in vain."""

    lost: list[str]

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def send_error(self, code: int, *args: Any) -> None:
        self.lost.append(self.path)
        super().send_error(code, *args)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of a folder on this machine, and the paths that were not found in it."""
    lost: list[str] = []
    handler = partial(type("Here", (Handler,), {"lost": lost}), directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", lost
    finally:
        server.shutdown()
        server.server_close()


def browser() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing("Chromium")


def opened(folder: Path, pages: list[str], profile: Path) -> tuple[dict[str, Any], list[str]]:
    """What the browser finds on each page, and all that it complains of."""
    (folder / "driver.html").write_text(DRIVER.replace("PAGES", json.dumps(pages)), encoding="utf-8")
    with served(folder) as (host, lost):
        run = subprocess.run(
            [browser(), *FLAGS, ALONE, f"--user-data-dir={profile}", f"http://{host}/driver.html"],
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
    (text,) = re.findall(r'<pre id="found">(.*?)</pre>', run.stdout, re.DOTALL)
    assert text, run.stderr
    complaints = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    found = json.loads(html.unescape(text))
    for page in found.values():
        page["hosts"] = [other for other in page["hosts"] if other != host]
    return found, complaints + [f"not found: {path}" for path in lost if path != "/favicon.ico"]


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


def test_every_claim_has_its_place(site: Path) -> None:
    page = (site / "claims.html").read_text(encoding="utf-8")
    locked = json.loads((ROOT / "proofs" / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    places = re.findall(r'id="claim-([\w-]+)"', page)
    assert sorted(places) == sorted(name.lower() for name in locked)
    theory = (site / "theory.html").read_text(encoding="utf-8")
    for name in locked:
        if re.match(r"new-t\d", name):
            assert f'href="claims.html#claim-{name}"' in theory, name
