"""The lockfile of verdicts: what each claim came to, so that a change shows as a one-line difference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ddln_sym.statements import Certificate

__all__ = ["LockfileError", "differences", "dump", "entry", "read"]


class LockfileError(ValueError):
    """The lockfile cannot be read; the message is one sentence for the user."""


def entry(certificate: Certificate) -> dict[str, Any]:
    """The part of a certificate that is locked: verdict, scope and kind of finding, and the same of the correction."""
    found: dict[str, Any] = {"verdict": certificate.verdict.value, "scope": str(certificate.scope)}
    if certificate.flaw is not None:
        found["flaw"] = certificate.flaw.value
    if certificate.correction is not None:
        found["correction"] = entry(certificate.correction)
    return found


def read(path: Path) -> dict[str, Any]:
    """The locked entries, empty if there is no lockfile yet.

    Raises:
        LockfileError: the file is not a lockfile.
    """
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        locked = dict(data["claims"])
        if not all(isinstance(found, dict) for found in locked.values()):
            raise TypeError("an entry is not an object")
    except (ValueError, KeyError, TypeError) as error:  # not JSON, not UTF-8, or of another shape
        raise LockfileError(
            f"{path} is not a lockfile of verdicts; write it anew with `ddln-sym check --update-lock`"
        ) from error
    return locked


def differences(locked: Mapping[str, Any], certificates: Iterable[Certificate]) -> list[str]:
    """One sentence for each claim whose verdict or scope is not the locked one."""
    found = []
    for certificate in certificates:
        now, before = entry(certificate), locked.get(certificate.id)
        if before is None:
            found.append(f"{certificate.id} is not in the lockfile; now {_words(now)}")
        elif now != before:
            found.append(f"{certificate.id} was {_words(before)}; now {_words(now)}")
    return found


def _words(found: Mapping[str, Any]) -> str:
    words = ", ".join(f"{found[key]}" for key in ("verdict", "flaw") if key in found) + f" ({found.get('scope')})"
    return words + (f", correction {_words(found['correction'])}" if found.get("correction") else "")


def dump(certificates: Iterable[Certificate]) -> str:
    """The contents of a lockfile, a line a claim."""
    lines = [f"    {json.dumps(c.id)}: {json.dumps(entry(c), ensure_ascii=False)}" for c in certificates]
    return '{\n  "schema": 1,\n  "claims": {\n' + ",\n".join(lines) + "\n  }\n}\n"
