"""Compiles ``ddln_sym/taylor/_jets.c`` for wheels and editable installations, where there is a C compiler.

The Rocq library, ``theories/``, goes into wheels as data of ``ddln_sym.rocq``, and the paper's claims, ``proofs/``, as
``ddln_sym.proofs``, so that no second name stands in anybody's environment; an editable installation reads both where
they are.

Without a compiler, or with one that fails, the package is built all the same: a warning says so, and the plain
interpreter computes the same integers.  Nothing beyond the baseline of the platform is asked of the processor.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("ddln_sym", "taylor", "_jets.c")
#: For the stable interface of Python 3.11, so that one file serves all later versions.
TARGET = SOURCE.with_suffix(".abi3.so")
SECONDS = 300
THEORIES = "theories"
PAPER = "proofs"


class CompileJets(BuildHookInterface[Any]):
    """The hook that hatchling calls before it collects the files of a wheel, and after."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version != "editable":
            for theory in sorted((root / THEORIES).glob("*.v")):
                build_data["force_include"][str(theory)] = f"ddln_sym/rocq/{THEORIES}/{theory.name}"
        self._folder = TemporaryDirectory()
        if version != "editable":
            for file in moved(root / PAPER, Path(self._folder.name, PAPER)):
                build_data["force_include"][str(file)] = f"ddln_sym/{PAPER}/{file.name}"
        made = Path(self._folder.name, TARGET.name)
        reason = compiled(root / SOURCE, made)
        if version == "editable":  # Python looks for it beside the source
            (root / TARGET).unlink(missing_ok=True)
        if reason:
            self.app.display_warning(f"compiled jets are left out, and the plain interpreter is used: {reason}")
            return
        if version == "editable":
            (root / TARGET).write_bytes(made.read_bytes())
        else:
            build_data["force_include"][str(made)] = TARGET.as_posix()
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{platform}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self._folder.cleanup()


def moved(source: Path, target: Path) -> list[Path]:
    """The modules of the paper's claims, which import one another from within the package, and their lockfile."""
    target.mkdir()
    for file in sorted([*source.glob("*.py"), *source.glob("*.json")]):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".py":
            text = re.sub(rf"^(\s*from ){PAPER}\b(?=[\w.]* import )", rf"\1ddln_sym.{PAPER}", text, flags=re.MULTILINE)
        (target / file.name).write_text(text, encoding="utf-8")
    return sorted(target.iterdir())


def compiled(source: Path, target: Path) -> str | None:
    """Compile; why it could not be done, in one line, or ``None``."""
    if sys.implementation.name != "cpython" or os.name != "posix":
        return f"{sys.implementation.name} on {sys.platform} is not provided for"
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    linking = ["-bundle", "-undefined", "dynamic_lookup"] if sys.platform == "darwin" else ["-shared"]
    flags = ["-std=c11", "-O3", "-fPIC", *shlex.split(os.environ.get("CFLAGS", "")), *linking]
    command = [*compiler, *flags, f"-I{sysconfig.get_path('include')}", str(source), "-o", str(target)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if run.returncode:
        lines = run.stderr.splitlines() or ["it failed without a word"]
        return f"{compiler[0]}: {next((line for line in lines if 'error' in line), lines[-1]).strip()}"
    return None
