"""One function on many problems: in processes or on a cluster, with results on file as they come.

The file is a table of comma-separated values that only grows: a row is written when its problem is done, so that an
interrupted sweep goes on where it was.  Each row carries a fingerprint of its problem and of the function, by which a
file of another sweep is told.  A Parquet file has its contents listed at its end and cannot grow: a sweep keeps such a
table beside it and writes the file anew from it, also where it is interrupted.
"""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["SweepError", "sweep"]

Row: TypeAlias = dict[str, Any]
Function: TypeAlias = Callable[[Any], Any]

#: So many problems are with the executor at a time.
WINDOW = 256
#: How often processes of our own are started anew, if every time at least one more problem was done.
RESTARTS = 20
#: The columns before those of the function.
INDEX, KEY, ERROR = "problem", "key", "error"
BASE = [INDEX, KEY, ERROR]
#: What is noted of a column of a Parquet file whose cells are JSON.
JSON = b"ddln_sym.json"
#: A string of a table has none of these.
UNWRITABLE = set('"\\\r\n')


class SweepError(RuntimeError):
    """The executor broke; what was done is on file, if there is one.

    Attributes:
        done: how many problems.
    """

    def __init__(self, message: str, done: int) -> None:
        self.done = done
        super().__init__(message)


def sweep(
    function: Function,
    problems: Sequence[Any],
    executor: Executor | None = None,
    file: str | Path | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[Row]:
    """Apply a function to every problem.

    Args:
        function: takes a problem, returns a number, a string, or a mapping of names to such.
        problems: whatever the function takes; both travel to other processes, so they have to be picklable.
        executor: any ``concurrent.futures.Executor``, such as ``dask.distributed.Client().get_executor()``; by default
            as many processes as there are processors, started anew if one of them dies.
        file: a CSV file for the results, or, where pyarrow is installed, a Parquet file, whose name ends in
            ``.parquet``.  If it is there already, what it has of this sweep is not computed again.
        progress: is told, after each problem, how many are done, and how many there are.
    Returns:
        A row for each problem, in their order: ``problem``, its place; ``error``, what the function raised, or
        ``None``; and what it returned, a bare number or string under the name ``value``.
    Raises:
        ValueError: the file is of another sweep or no table of a sweep, or a result is neither number nor string.
        SweepError: the executor broke.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> rows = sweep(lambda n: {"square": n * n, "inverse": 1 / n}, [2, 0, 4], ThreadPoolExecutor(2))
    >>> [row["square"] for row in rows if not row["error"]], rows[1]["error"]
    ([4, 16], 'ZeroDivisionError: division by zero')
    """
    if not callable(function):
        raise ValueError(f"function is {function!r}: expected a function of one problem")
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ValueError(f"executor is {executor!r}: expected an Executor of concurrent.futures, or one like it")
    if file is not None and (not isinstance(file, (str, Path)) or not str(file) or Path(file).is_dir()):
        raise ValueError(f"file is {file!r}: expected the name of a file")
    if isinstance(problems, (str, bytes, Mapping, Set)) or not hasattr(type(problems), "__iter__"):
        raise ValueError(f"problems is {problems!r}: expected a sequence of problems")
    if progress is not None and not callable(progress):
        raise ValueError(f"progress is {progress!r}: expected a function of two numbers")
    problems = list(problems)
    if executor is None:
        _require_importable(function)
    keys = [_key(function, problem, place) for place, problem in enumerate(problems)]
    table = None if file is None else _table(Path(file))
    found = {} if table is None else table.read(keys)

    def done(place: int, row: Row) -> None:
        found[place] = row
        if table is not None:
            table.append(row, keys[place])
        if progress is not None:
            progress(len(found), len(problems))

    try:
        restarts = 0
        while left := [n for n in range(len(problems)) if n not in found]:
            before = len(found)
            try:
                with _workers(executor, len(left)) as workers:
                    for place, row in _compute(workers, function, problems, left):
                        done(place, row)
            except BrokenExecutor as error:
                restarts += 1
                if executor is not None or len(found) == before or restarts > RESTARTS:
                    kept = (
                        f"what was done is in {file}: run the sweep again to go on"
                        if file
                        else "nothing was kept on file"
                    )
                    hint = (
                        "; in a script a sweep stands below `if __name__ == '__main__':`: its processes read the script"
                        if executor is None and not found
                        else ""
                    )
                    raise SweepError(
                        f"the executor broke after {len(found)} of {len(problems)} problems ({error}); {kept}{hint}",
                        len(found),
                    ) from error
    finally:
        if table is not None:
            table.close()
    return [found[place] for place in range(len(problems))]


def _require_importable(function: Function) -> None:
    """Make sure that other processes find the function.

    Raises:
        ValueError: they would not.
    """
    try:
        pickle.dumps(function)
    except Exception as error:
        raise ValueError(f"{function!r} cannot be sent to another process: define it at the top of a module") from error


def _key(function: Function, problem: Any, place: int) -> str:
    """A fingerprint of a problem and of the function, by its name."""
    try:
        content = pickle.dumps(problem, protocol=5)
    except Exception as error:
        raise ValueError(f"problem {place} cannot be sent to another process: {error}") from error
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"
    return sha256(name.encode() + b"\0" + content).hexdigest()[:16]


@contextmanager
def _workers(executor: Executor | None, count: int) -> Iterator[Executor]:
    """The executor given, or processes of our own."""
    if executor is not None:
        yield executor
        return
    own = ProcessPoolExecutor(min(os.cpu_count() or 1, count), get_context("spawn"))
    try:
        yield own
    finally:
        own.shutdown(wait=True, cancel_futures=True)


def _compute(
    workers: Executor, function: Function, problems: Sequence[Any], places: Sequence[int]
) -> Iterator[tuple[int, Row]]:
    """Rows as they come."""
    ahead, running = iter(places), dict[Future[Any], int]()
    try:
        while True:
            for place in ahead:
                running[workers.submit(function, problems[place])] = place
                if len(running) == WINDOW:
                    break
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                place = running.pop(future)
                yield place, _row(future, place)
    finally:
        for future in running:
            future.cancel()


def _row(future: Future[Any], place: int) -> Row:
    try:
        value = future.result()
    except BrokenExecutor:
        raise
    except Exception as error:
        text = "".join(" " if c in UNWRITABLE else c for c in f"{type(error).__name__}: {error}")
        return {INDEX: place, ERROR: text}
    values = value if isinstance(value, Mapping) else {"value": value}
    return {INDEX: place, ERROR: None, **{name: _cell(name, cell, place) for name, cell in values.items()}}


def _cell(name: Any, cell: Any, place: int) -> int | float | str | bool | None:
    """A result as it is written: an integer, a float, a string, or nothing."""
    if not isinstance(name, str) or name in BASE or UNWRITABLE & set(name):
        raise ValueError(f"{name!r} of problem {place} is no name of a column: expected another string")
    if hasattr(cell, "item") and not isinstance(cell, (int, float)):  # a scalar of NumPy
        cell = cell.item()
    if isinstance(cell, float):
        return float(cell)
    if cell is None or isinstance(cell, (bool, int)) or (isinstance(cell, str) and not UNWRITABLE & set(cell)):
        return cell
    raise ValueError(
        f"{name} of problem {place} is {cell!r}: expected an integer, a float, or a string without quotes, backslashes "
        "and line breaks"
    )


def _table(path: Path) -> _Table:
    """The file of a sweep, by its name."""
    return _ParquetTable(path) if path.suffix == ".parquet" else _Table(path)


class _Table:
    """The file: a line of names, then a line a problem, every cell as JSON writes it.

    The names are those of the first problem without an error; rows before that wait for it.
    """

    def __init__(self, path: Path) -> None:
        if not path.parent.is_dir():
            raise ValueError(f"{path} cannot be written: there is no folder {path.parent}")
        #: The lines, and the file that the caller knows.
        self.path = self.shown = path
        self._names: list[str] = []
        self._waiting: list[Row] = []

    def read(self, keys: Sequence[str]) -> dict[int, Row]:
        """The rows of this sweep that are there; a last line that was not finished is cut off.

        Raises:
            ValueError: it is no table of a sweep, or of another one.
        """
        if not self.path.exists() or not self.path.stat().st_size:
            return {}
        text = self.path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        header, *lines = [_cells(line) for line in whole.splitlines()] or [[]]
        if header[: len(BASE)] != BASE:
            raise ValueError(f"{self.shown} is no table of a sweep: choose another file")
        rows = [dict(zip(header, cells, strict=False)) for cells in lines]
        for number, (row, cells) in enumerate(zip(rows, lines, strict=True), 2):
            place = row.get(INDEX)
            if len(cells) != len(header) or type(place) is not int or keys[place : place + 1] != [row[KEY]]:
                raise ValueError(
                    f"{self.shown} is of another sweep: line {number} is not of problem {place} here; "
                    "choose another file"
                )
        if header == BASE:  # errors alone
            self.path.write_text("", encoding="utf-8")
            self._waiting = rows
        else:
            self._names = header
            if whole != text:
                self.path.write_text(whole, encoding="utf-8")
        return {row[INDEX]: _without(row) for row in rows}

    def append(self, row: Row, key: str) -> None:
        """Add a row.

        Raises:
            ValueError: it has other names than those before.
        """
        row = {INDEX: row[INDEX], KEY: key, **row}
        if not self._names and row[ERROR] is not None:
            self._waiting.append(row)
            return
        if not self._names:
            self._names = list(row)
            self._write(dict(zip(self._names, self._names, strict=True)), *self._waiting)
        if row[ERROR] is None and row.keys() != set(self._names):
            raise ValueError(
                f"problem {row[INDEX]} has the columns {', '.join(row)}, and the first one had "
                f"{', '.join(self._names)}: the function has to return the same names for every problem"
            )
        self._write(row)

    def close(self) -> None:
        """Write what still waits."""
        if not self._names and self._waiting:
            self._names = BASE
            self._write(dict(zip(BASE, BASE, strict=True)), *self._waiting)

    def _write(self, *rows: Row) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for row in rows:
                cells = (json.dumps(row.get(name), ensure_ascii=False) for name in self._names)
                file.write(",".join(cells) + "\n")


class _ParquetTable(_Table):
    """A Parquet file, and beside it, while the sweep runs, the lines from which it is written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            import pyarrow.parquet
        except ImportError:
            raise ValueError(f"{path} cannot be written without pyarrow: pip install ddln-sym[parquet]") from None
        self._arrow = pyarrow
        self.path = path.with_name(f"{path.name}.part")

    def read(self, keys: Sequence[str]) -> dict[int, Row]:
        """The rows of this sweep that are there, from the lines of one that was killed or else from the file."""
        unpacked = not self.path.exists() and self.shown.exists() and self.shown.stat().st_size > 0
        if unpacked:
            self._unpack()
        try:
            return super().read(keys)
        except ValueError:
            if unpacked:  # the file says it all, and stays as it is
                self.path.unlink()
            raise

    def close(self) -> None:
        """Write the file, and only then remove the lines."""
        super().close()
        if self.path.exists():
            header, *lines = [_cells(line) for line in self.path.read_text(encoding="utf-8").splitlines()] or [BASE]
            columns = zip(*lines, strict=True) if lines else ([] for _ in header)
            fields, arrays = zip(*map(self._column, header, columns), strict=True)
            table = self._arrow.Table.from_arrays(list(arrays), schema=self._arrow.schema(list(fields)))
            self._arrow.parquet.write_table(table, self.shown)
            self.path.unlink()

    def _column(self, name: str, cells: Sequence[Any]) -> tuple[Any, Any]:
        """Numbers or strings as they are; what is mixed, or too large, as JSON writes it, which is noted down."""
        try:
            found, note = self._arrow.array(cells), None
        except (self._arrow.ArrowInvalid, self._arrow.ArrowTypeError, OverflowError):
            found = self._arrow.array(
                [None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in cells]
            )
            note = {JSON: b""}
        return self._arrow.field(name, found.type, metadata=note), found

    def _unpack(self) -> None:
        """Write the lines of the file, whole or not at all."""
        try:
            table = self._arrow.parquet.read_table(self.shown)
        except self._arrow.ArrowInvalid:
            raise ValueError(f"{self.shown} is no table of a sweep: choose another file") from None
        columns = []
        for field, column in zip(table.schema, table.columns, strict=True):
            texts = column.to_pylist()
            if JSON not in (field.metadata or {}):
                texts = [json.dumps(cell, ensure_ascii=False, default=str) for cell in texts]
            columns.append(["null" if text is None else text for text in texts])
        names = [json.dumps(name, ensure_ascii=False) for name in table.column_names]
        aside = self.path.with_suffix(".new")
        lines = (",".join(cells) + "\n" for cells in (names, *zip(*columns, strict=True)))
        aside.write_text("".join(lines), encoding="utf-8")
        os.replace(aside, self.path)


def _cells(line: str) -> list[Any]:
    """The cells of a line, none if it is not of a table that was written here."""
    try:
        found = json.loads(f"[{line}]")
    except ValueError:
        return []
    return list(found)


def _without(row: Row) -> Row:
    """A row as the sweep returns it."""
    names = BASE if row[ERROR] is not None else list(row)
    return {name: row[name] for name in names if name != KEY}
