"""A browser for the tests of pages: what it finds on them, on a phone's window and without a network."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

import pytest

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
