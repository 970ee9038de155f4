"""The document as a PDF: latexmk is run aside, and only a finished PDF comes back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ddln_sym.render.latex.writer import MARK

__all__ = ["INSTALL", "TeXError", "compile_pdf", "first_error"]

INSTALL = (
    "latexmk is not installed: install TeX, on Debian or Ubuntu with "
    "apt-get install latexmk lmodern texlive-latex-recommended, or leave out --pdf"
)


class TeXError(RuntimeError):
    """TeX is missing or failed; the message is one sentence for the user."""


def compile_pdf(files: Mapping[str, str], name: str) -> tuple[bytes, str]:
    """The PDF of the file ``name`` among some files, and the log of TeX.

    Raises:
        TeXError: latexmk is missing, or TeX stopped: the error, its line, and the claim that it came from.
    """
    latexmk = shutil.which("latexmk")
    if latexmk is None:
        raise TeXError(INSTALL)
    with TemporaryDirectory() as folder:
        for file, text in files.items():
            Path(folder, file).write_text(text, encoding="utf-8")
        command = [latexmk, "-norc", "-pdf", "-interaction=nonstopmode", "-halt-on-error", name]
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "max_print_line": "1000"},  # no line of the log is folded
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        stem = Path(folder, Path(name).stem)
        log = stem.with_suffix(".log")
        said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        if done.returncode != 0 or not stem.with_suffix(".pdf").exists():
            raise TeXError(first_error(said, files[name]) or f"latexmk failed: {_last(done.stdout + done.stderr)}")
        return stem.with_suffix(".pdf").read_bytes(), said


def first_error(log: str, source: str) -> str:
    """The first error of a log in one sentence, with the claim whose lines it came from; empty if there is none.

    >>> print(first_error("! Undefined control sequence.\\nl.2 \\\\oops\\n", "% claim: eq-6\\n\\\\oops"))
    TeX stopped in claim eq-6: Undefined control sequence, at line 2: \\oops
    """
    found = re.search(r"^! (.*?)\.?$", log, re.MULTILINE)
    if found is None:
        return ""
    place = re.search(r"^l\.(\d+) ?(.*)$", log[found.end() :], re.MULTILINE)
    if place is None:
        return f"TeX stopped: {found[1]}"
    line = int(place[1])
    before = [text for text in source.splitlines()[:line] if text.startswith(MARK)]
    claim = f" in claim {before[-1].removeprefix(MARK)}" if before else ""
    return f"TeX stopped{claim}: {found[1]}, at line {line}: {place[2].strip()}"


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1].strip()
