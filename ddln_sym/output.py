"""Results as JSON, to a file or to standard output; and the mistakes that a user is told of."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["UsageError", "write_json"]


class UsageError(Exception):
    """A mistake in the call; the message is one sentence for the user."""


def write_json(target: str, data: dict[str, Any]) -> None:
    """Write data as JSON, the whole file or nothing of it.

    Args:
        target: a path, or - for standard output.
    Raises:
        UsageError: the file cannot be written.

    >>> write_json("-", {"schema": 1})
    {
      "schema": 1
    }
    """
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    path = Path(target)
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError(f"--json: {target} cannot be written: {error.strerror}") from error
        raise
