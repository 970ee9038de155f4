"""Files that a command reads and writes, and the error that a mistake in a call raises.

A file is written aside and then moved into place, so that it is never half there; what is no regular file,
a pipe or a device, is written through and stays what it is.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

__all__ = [
    "UsageError",
    "check_file",
    "check_folder",
    "interruption",
    "named",
    "read_text",
    "write_files",
    "write_json",
]

STANDARD_OUTPUTS = (1, 2)


class UsageError(Exception):
    """A mistake in the call; the message is one sentence for the user."""


# -- what is named on the command line ----------------------------------------------------------------
def named(noun: str = "file") -> Callable[[Any], Path]:
    """What reads the name of a file or folder, for ``typer.Option(parser=…)``; an empty one would be the folder ``.``.

    Raises:
        typer.BadParameter: when it reads an empty name.

    >>> named("folder")("figures")
    PosixPath('figures')
    """

    def read(text: Any) -> Path:
        if not str(text):
            raise typer.BadParameter(f"the name is empty: name a {noun}")
        return Path(text)

    return read


# -- before the work: can it be written? --------------------------------------------------------------
def check_file(target: str | Path, option: str, example: str = "results.json") -> None:
    """That a file can be written, before anything is computed for it.

    Args:
        target: a path, or ``-`` for standard output.
        option: the option that names it, for the message.
        example: the name of such a file, for the message.
    Raises:
        UsageError: it is a folder or a block device, or the folder it is to lie in is missing or read-only.

    >>> check_file("-", "--json")
    >>> check_file(".", "--json")
    Traceback (most recent call last):
    ddln_sym.cli.files.UsageError: --json: . is a folder: name a file in it, such as results.json
    """
    if str(target) == "-":
        return
    if not str(target):
        raise UsageError(f"{option} is empty: name a file, such as {example}")
    path = Path(target)
    try:
        mode = _mode(path)
        if mode is not None:
            if stat.S_ISDIR(mode):
                raise UsageError(f"{option}: {target} is a folder: name a file in it, such as {path / example}")
            _refuse_disks(path, mode)
            if not os.access(path, os.W_OK):
                raise UsageError(f"{option}: {target} cannot be written: it is read-only")
            if not stat.S_ISREG(mode):
                return
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise UsageError(f"{option}: {target} cannot be written: there is no folder {folder}")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(f"{option}: {target} cannot be written: the folder {folder} is read-only")
    except (OSError, ValueError) as error:  # a name too long, a loop of links, a zero byte
        raise UsageError(f"{option}: {target} cannot be written: {_words(error)}") from error


def check_folder(folder: Path, option: str) -> None:
    """That files can be written to a folder, which may be still to be made.

    Args:
        folder: its path.
        option: the option that names it, for the message.
    Raises:
        UsageError: a file is in the way, or what there is is read-only.

    >>> check_folder(Path("a/new/folder"), "--output")
    """
    if str(folder) == "-":
        raise UsageError(f"{option}: several files are written, and - is none: name a folder")
    try:
        nearest = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
        if not nearest.is_dir():
            raise UsageError(f"{option}: {nearest} is a file, so nothing was written: name a folder")
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise UsageError(f"{option}: {folder} cannot be written: {nearest} is read-only")
    except (OSError, ValueError) as error:
        raise UsageError(f"{option}: {folder} cannot be written: {_words(error)}") from error


def _mode(path: Path) -> int | None:
    """What a path leads to, links followed; nothing if there is nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None


def _refuse_disks(path: Path, mode: int) -> None:
    """To write through a block device is to overwrite a disk."""
    if stat.S_ISBLK(mode):
        raise OSError(0, "it is a block device")


def _words(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


# -- writing ------------------------------------------------------------------------------------------
_WRITTEN: list[str] = []


def write_files(contents: Mapping[Path, bytes], option: str = "--output") -> None:
    """Write files: none is put in its place before all of them are written aside.

    A link is followed; a pipe, a device, or the file that standard output goes to gets the bytes; a folder that
    is missing is made.  What was there before keeps its permissions.

    Args:
        contents: the bytes of each file.
        option: the option that names the place, for the message.
    Raises:
        UsageError: a file cannot be written; what was written aside is gone, and regular files that were there
            before are as they were.
    """
    aside: dict[Path, Path] = {}  # target to what is moved there
    through: list[Path] = []
    before = len(_WRITTEN)
    path = Path()
    try:
        for path, content in contents.items():
            mode = _mode(path)
            if mode is not None and (not stat.S_ISREG(mode) or _standard_output(path) is not None):
                if stat.S_ISDIR(mode):
                    raise IsADirectoryError(0, "it is a folder")
                _refuse_disks(path, mode)
                through.append(path)
                continue
            target = Path(os.path.realpath(path))
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{secrets.token_hex(8)}.part")
            aside[target] = part
            _write_aside(part, content, target)
        for path in through:
            _write_through(path, contents[path])
            _WRITTEN.append(str(path))
        for path, part in aside.items():
            os.replace(part, path)
            _WRITTEN.append(str(path))
    except BaseException as error:
        for part in aside.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
        if isinstance(error, (OSError, ValueError)):
            rest = f"; {interruption()}" if len(_WRITTEN) > before else ""
            raise UsageError(f"{option}: {path} cannot be written: {_words(error)}{rest}") from error
        raise


def _write_aside(part: Path, content: bytes, target: Path) -> None:
    """A new file with the permissions of the one that it will replace, and its owner where that is allowed."""
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        with suppress(FileNotFoundError):
            before = target.stat()
            with suppress(OSError):
                os.chown(part, before.st_uid, before.st_gid)
            os.chmod(part, stat.S_IMODE(before.st_mode))
        file.write(content)


def _write_through(path: Path, content: bytes) -> None:
    """Bytes into what is there; where standard output goes they follow what was printed before."""
    number = _standard_output(path)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with open(os.dup(number) if number is not None else os.open(path, os.O_WRONLY), "wb") as file:
        file.write(content)


def _standard_output(path: Path) -> int | None:
    """The standard stream that writes to the same place, if any."""
    there = path.stat()
    for number in STANDARD_OUTPUTS:
        with suppress(OSError):  # a stream may be closed
            if os.path.samestat(there, os.fstat(number)):
                return number
    return None


def write_json(target: str, content: dict[str, Any], option: str = "--json", indent: int | None = 2) -> None:
    """Write to a file, all of it or nothing, or to standard output.

    Args:
        target: a path, or ``-``; option: the option that named it; indent: blanks a level, None for one line.
    Raises:
        UsageError: the file cannot be written.

    >>> write_json("-", {"schema": 1})
    {
      "schema": 1
    }
    """
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    if target == "-":
        print(text)
    else:
        write_files({Path(target): (text + "\n").encode()}, option)


def interruption(begin: bool = False) -> str:
    """What a command has written so far, for the message when it is interrupted.

    Args:
        begin: forget what an earlier command wrote.

    >>> interruption(begin=True)
    'nothing was written'
    """
    if begin:
        _WRITTEN.clear()
    return f"written before: {', '.join(_WRITTEN)}; nothing else was" if _WRITTEN else "nothing was written"


# -- reading ------------------------------------------------------------------------------------------
def read_text(source: str | Path) -> str:
    """The text of a file, or of standard input for ``-``.

    Raises:
        UsageError: it cannot be read, or is not text in UTF-8.
    """
    if not str(source):
        raise UsageError("the name of the file to read is empty")
    try:
        content = sys.stdin.buffer.read() if str(source) == "-" else Path(source).read_bytes()
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not a text file in UTF-8") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{source} cannot be read: {_words(error)}") from error
