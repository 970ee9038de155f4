"""Sweeps: rows in order, on file as they come, resumed, and what breaks on the way."""

from __future__ import annotations

import csv
import os
import sys
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from math import inf
from pathlib import Path

import numpy as np
import pytest

from ddln_sym import GradientFlow, SquaredLoss, SweepError, sweep

CALLS: list[int] = []


def square(n: int) -> dict[str, object]:
    CALLS.append(n)
    return {"square": n * n, "half": n / 2, "name": f"n = {n}"}


def picky(n: int) -> float:
    if n % 2:
        raise ValueError(f'{n} is "odd"')
    return float(n)


def end_of(start: float) -> float:
    flow = GradientFlow(SquaredLoss([[1]], [2]), [[start], [1]])
    return float(flow.integrate(1, 15, dense=False).theta(1)[0])


def dies_once(problem: tuple[str, int]) -> int:
    """The process ends where the first of its kind comes by."""
    folder, n = problem
    mark = Path(folder, "died")
    if n == 3 and not mark.exists():
        mark.touch()
        os._exit(1)
    return n


def dies(n: int) -> int:
    os._exit(1)


class Broken(ThreadPoolExecutor):
    """It breaks with the third problem."""

    def submit(self, function, /, *arguments, **named):
        if arguments[0] == 2:
            raise BrokenExecutor("a worker is gone")
        return super().submit(function, *arguments, **named)


def threads() -> Executor:
    return ThreadPoolExecutor(3)


@pytest.fixture(autouse=True)
def fresh():
    CALLS.clear()


def test_rows_in_order():
    told = []
    rows = sweep(square, range(7), threads(), progress=lambda done, of: told.append((done, of)))
    assert rows[5] == {"problem": 5, "error": None, "square": 25, "half": 2.5, "name": "n = 5"}
    assert [row["problem"] for row in rows] == list(range(7))
    assert told == [(n, 7) for n in range(1, 8)]


def test_a_bare_number_and_what_was_raised():
    rows = sweep(picky, [2, 3], threads())
    assert rows == [
        {"problem": 0, "error": None, "value": 2.0},
        {"problem": 1, "error": "ValueError: 3 is  odd "},
    ]


def test_scalars_of_numpy():
    (row,) = sweep(lambda n: {"a": np.float64(n), "b": np.int64(n), "c": np.bool_(True), "d": inf}, [2], threads())
    assert [type(row[name]) for name in "abcd"] == [float, int, bool, float]


def test_the_file_is_a_table_and_is_resumed(tmp_path):
    file = tmp_path / "table.csv"
    rows = sweep(square, range(5), threads(), file)
    with file.open(encoding="utf-8") as lines:
        table = list(csv.DictReader(lines))
    assert sorted(int(line["square"]) for line in table) == [0, 1, 4, 9, 16]
    assert {line["name"] for line in table} == {f"n = {n}" for n in range(5)}
    CALLS.clear()
    assert sweep(square, range(5), threads(), file) == rows
    assert not CALLS
    # Cut off in the middle of the last line, as an interruption would leave it.
    file.write_bytes(file.read_bytes()[:-4])
    assert sweep(square, range(5), threads(), file) == rows
    assert len(CALLS) == 1
    assert sweep(square, range(9), threads(), file)[:5] == rows
    assert len(CALLS) == 1 + 4


def test_errors_before_the_first_result(tmp_path):
    file = tmp_path / "table.csv"
    one = ThreadPoolExecutor(1)
    failed = sweep(picky, [1, 3], one, file)
    assert failed == sweep(picky, [1, 3], one, file)
    rows = sweep(picky, [1, 3, 4, 5], one, file)
    assert rows[:2] == failed
    assert rows[2]["value"] == 4.0
    assert rows == sweep(picky, [1, 3, 4, 5], one, file)


@pytest.mark.parametrize("others", [[5, 6, 7], [0, 1, 3]])
def test_a_file_of_another_sweep(tmp_path, others):
    file = tmp_path / "table.csv"
    sweep(square, range(3), threads(), file)
    before = file.read_bytes()
    with pytest.raises(ValueError, match="is of another sweep: line"):
        sweep(square, others, threads(), file)
    with pytest.raises(ValueError, match="is of another sweep: line"):
        sweep(picky, range(3), threads(), file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", ["a,b,c\n1,2,3\n", "\n", "no table", '"problem"\n'])
def test_a_file_that_is_no_table(tmp_path, content):
    file = tmp_path / "table.csv"
    file.write_text(content)
    with pytest.raises(ValueError, match="is no table of a sweep"):
        sweep(square, range(3), threads(), file)
    assert file.read_text() == content


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda n: {"a": n + 1j}, "a of problem 0 is 1j: expected an integer, a float, or a string"),
        (lambda n: {"a": 'say "x"'}, "without quotes"),
        (lambda n: {"problem": 1}, "no name of a column"),
        (lambda n: {1: 1}, "no name of a column"),
    ],
)
def test_results_that_cannot_be_written(function, sentence):
    with pytest.raises(ValueError, match=sentence):
        sweep(function, [0], threads())


def test_other_names(tmp_path):
    with pytest.raises(ValueError, match="the same names for every problem"):
        sweep(lambda n: {f"a{n}": n}, [0, 1], ThreadPoolExecutor(1), tmp_path / "table.csv")


def test_a_function_that_cannot_travel():
    with pytest.raises(ValueError, match="cannot be sent to another process: define it at the top of a module"):
        sweep(lambda n: n, [1])
    with pytest.raises(ValueError, match="problem 1 cannot be sent to another process"):
        sweep(square, [1, lambda: 1], threads())


def test_a_folder_that_is_missing(tmp_path):
    with pytest.raises(ValueError, match="there is no folder"):
        sweep(square, [1], threads(), tmp_path / "no" / "table.csv")


def test_an_executor_that_breaks(tmp_path):
    file = tmp_path / "table.csv"
    with pytest.raises(SweepError, match=r"the executor broke after \d of 3 problems .*run the sweep again"):
        sweep(square, range(3), Broken(1), file)
    assert len(sweep(square, range(3), threads(), file)) == 3


# -- processes of our own ----------------------------------------------------------------------------
def test_processes_by_default():
    starts = [0.25, 0.5, 1.5]
    assert [row["value"] for row in sweep(end_of, starts)] == [end_of(start) for start in starts]


def test_a_process_that_dies_is_replaced(tmp_path):
    problems = [(str(tmp_path), n) for n in range(6)]
    assert [row["value"] for row in sweep(dies_once, problems, file=tmp_path / "table.csv")] == list(range(6))


def test_processes_that_die_every_time():
    with pytest.raises(SweepError, match=r"the executor broke after 0 of 2 .*below `if __name__ == '__main__':`"):
        sweep(dies, [1, 2])


def test_a_cluster(tmp_path):
    """Two workers, one of which dies on the way: its problems go to the other."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        rows = sweep(end_of, [0.25, 0.5, 1.5, 2.0], client.get_executor())
        problems = [(str(tmp_path), n) for n in range(8)]
        survived = sweep(dies_once, problems, client.get_executor())
    assert [row["value"] for row in rows] == [end_of(start) for start in (0.25, 0.5, 1.5, 2.0)]
    assert [row["value"] for row in survived] == list(range(8))


def test_an_interruption_loses_nothing(tmp_path):
    file = tmp_path / "table.csv"

    def interrupted(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(square, range(5), ThreadPoolExecutor(1), file, interrupted)
    CALLS.clear()
    rows = sweep(square, range(5), ThreadPoolExecutor(1), file)
    assert [row["square"] for row in rows] == [0, 1, 4, 9, 16]
    assert len(CALLS) == 3


# -- Parquet files -----------------------------------------------------------------------------------
def mixed(n: int) -> dict[str, object]:
    """Columns of every kind: some of one type, some not, and integers that no machine word holds."""
    CALLS.append(n)
    some = [1, 0.5, "one", True, None][n % 5]
    return {"whole": n, "part": n / 4, "text": f"α = {n}", "yes": n > 2, "large": 10**40 + n, "some": some, "end": inf}


def test_a_parquet_file_is_a_table_and_is_resumed(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "table.parquet"
    rows = sweep(mixed, range(6), threads(), file)
    table = parquet.read_table(file)
    assert table.column_names[3:] == ["whole", "part", "text", "yes", "large", "some", "end"]
    assert sorted(table.column("whole").to_pylist()) == list(range(6))
    assert [str(table.schema.field(name).type) for name in ("whole", "part", "text", "yes")] == [
        "int64",
        "double",
        "string",
        "bool",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["table.parquet"]
    CALLS.clear()
    again = sweep(mixed, range(6), threads(), file)
    assert again == rows and not CALLS
    assert [[type(cell) for cell in row.values()] for row in again] == [
        [type(cell) for cell in row.values()] for row in rows
    ]
    assert sweep(mixed, range(9), threads(), file)[:6] == rows
    assert sorted(CALLS) == [6, 7, 8]


def test_an_interrupted_sweep_has_a_parquet_file(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "table.parquet"

    def interrupt(done: int, of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(square, range(6), ThreadPoolExecutor(1), file, interrupt)
    kept = parquet.read_table(file).column("problem").to_pylist()
    assert len(kept) == 3 and not (tmp_path / "table.parquet.part").exists()
    CALLS.clear()
    assert [row["square"] for row in sweep(square, range(6), threads(), file)] == [0, 1, 4, 9, 16, 25]
    assert sorted(CALLS) == sorted(set(range(6)) - set(kept))


def test_a_killed_sweep_loses_nothing(tmp_path):
    """What it leaves behind: lines, the last of them unfinished, and perhaps a file that was being written."""
    pytest.importorskip("pyarrow")
    file, part = tmp_path / "table.parquet", tmp_path / "table.parquet.part"
    rows = sweep(square, range(5), threads(), tmp_path / "table.csv")
    part.write_bytes((tmp_path / "table.csv").read_bytes()[:-4])
    file.write_bytes(b"PAR1 and no more")
    CALLS.clear()
    assert sweep(square, range(5), threads(), file) == rows
    assert len(CALLS) == 1 and not part.exists()
    assert sweep(square, range(5), threads(), file) == rows
    assert len(CALLS) == 1


def test_errors_alone_in_a_parquet_file(tmp_path):
    pytest.importorskip("pyarrow")
    file, one = tmp_path / "table.parquet", ThreadPoolExecutor(1)
    failed = sweep(picky, [1, 3], one, file)
    assert failed == sweep(picky, [1, 3], one, file)
    rows = sweep(picky, [1, 3, 4, 5], one, file)
    assert rows[:2] == failed and rows[2]["value"] == 4.0
    assert rows == sweep(picky, [1, 3, 4, 5], one, file)


def test_a_parquet_file_of_another_sweep(tmp_path):
    pytest.importorskip("pyarrow")
    file = tmp_path / "table.parquet"
    sweep(square, range(3), threads(), file)
    before = file.read_bytes()
    with pytest.raises(ValueError, match=r"table\.parquet is of another sweep"):
        sweep(picky, range(3), threads(), file)
    assert file.read_bytes() == before and len(list(tmp_path.iterdir())) == 1
    file.write_text("no table", encoding="utf-8")
    with pytest.raises(ValueError, match=r"table\.parquet is no table of a sweep"):
        sweep(square, range(3), threads(), file)
    assert file.read_text(encoding="utf-8") == "no table"


def test_without_pyarrow_one_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ValueError, match=r"cannot be written without pyarrow: pip install ddln-sym\[parquet\]"):
        sweep(square, range(3), threads(), tmp_path / "table.parquet")
    assert not list(tmp_path.iterdir()) and not CALLS
