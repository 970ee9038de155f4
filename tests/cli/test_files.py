"""Safe output: nothing but a regular file is ever replaced, and what was there stays whole."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from command_line import ROOT, assert_sentence, environment, in_process, running, write_claims

from ddln_sym import Claim
from ddln_sym.claims import ClaimError
from ddln_sym.cli.files import UsageError, check_file, check_folder, interruption, write_files

run = pytest.fixture(running)
EXAMPLE = ROOT / "docs" / "examples" / "my_claims.py"


def process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "ddln_sym", *map(str, arguments)], env=environment(), timeout=120, **options
    )


# -- what is no regular file -------------------------------------------------------------------------------
def test_the_reader_of_a_pipe_gets_the_bytes(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    check_file(pipe, "--output")
    write_files({pipe: b"the bytes"})
    reader.join(10)
    assert got == [b"the bytes"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root makes a device")
def test_a_device_stays_a_device(tmp_path):
    null, full, disk = (tmp_path / name for name in ("null", "full", "disk"))
    try:
        os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.mknod(full, stat.S_IFCHR | 0o666, os.makedev(1, 7))
        os.mknod(disk, stat.S_IFBLK | 0o666, os.makedev(259, 65535))  # no disk: nothing could be lost
    except PermissionError:
        pytest.skip("no device can be made here")
    try:
        write_files({null: b"gone"})
        with pytest.raises(UsageError, match="No space left on device"):
            write_files({full: b"more than fits"})
    except UsageError as error:
        if "Operation not permitted" in str(error) or "Permission denied" in str(error):
            pytest.skip("devices of this folder cannot be opened")
        raise
    assert stat.S_ISCHR(null.stat().st_mode) and stat.S_ISCHR(full.stat().st_mode)
    for attempt in (lambda: check_file(disk, "--json"), lambda: write_files({disk: b"x"}, "--json")):
        with pytest.raises(UsageError, match=r"--json: .*disk cannot be written: it is a block device"):
            attempt()
    assert stat.S_ISBLK(disk.stat().st_mode)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed(tmp_path, there):
    (tmp_path / "folder").mkdir()
    target, link, second = tmp_path / "folder" / "target", tmp_path / "link", tmp_path / "second"
    if there:
        target.write_text("old")
    link.symlink_to(Path("folder", "target"))
    second.symlink_to(link)
    write_files({second: b"new"})
    assert (second.is_symlink(), link.is_symlink(), target.is_symlink()) == (True, True, False)
    assert target.read_text() == "new"
    assert sorted(p.name for p in (tmp_path / "folder").iterdir()) == ["target"]


def test_links_in_a_circle(run, tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    code, out, err = run("check", "eq-7", "--json", tmp_path / "a")
    assert (code, out) == (2, "")
    assert_sentence(err, "--json", "symbolic links")


@pytest.mark.parametrize("way", ["pipe", "file", "appended"])
def test_standard_output_by_its_name(tmp_path, way):
    """Through a link of the test's own to the stream, so that the machine's is never touched."""
    link, out = tmp_path / "stdout", tmp_path / "out"
    link.symlink_to("/proc/self/fd/1")
    if not link.exists():
        pytest.skip("streams have no names here")
    out.write_text("before\n")
    if way == "pipe":
        text = process("check", "eq-7", "--json", link, stdout=subprocess.PIPE).stdout.decode()
    else:
        with out.open("ab" if way == "appended" else "wb") as stream:
            assert process("check", "eq-7", "--json", link, stdout=stream).returncode == 0
        text = out.read_text(encoding="utf-8")
    assert text.startswith("before\n{" if way == "appended" else "{")
    found, _ = json.JSONDecoder().raw_decode(text.removeprefix("before\n"))
    assert found["results"][0]["id"] == "eq-7"
    assert "1 proved, 1 claim in" in text  # after the file, on the same stream
    assert link.is_symlink()


# -- regular files ---------------------------------------------------------------------------------------
def test_permissions_stay(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("old")
    old.chmod(0o640)
    write_files({old: b"1", new: b"2"})
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == plain.stat().st_mode


def test_a_name_as_long_as_names_may_be(tmp_path):
    write_files({tmp_path / ("x" * 255): b"1"})
    with pytest.raises(UsageError, match="too long"):
        check_file(tmp_path / ("x" * 256), "--json")


@pytest.mark.parametrize("function", ["replace", "chmod"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_was_there_stays_whole(tmp_path, monkeypatch, function, error):
    old = tmp_path / "old"
    old.write_text("old")

    def interrupted(*_):
        raise error

    monkeypatch.setattr(os, function, interrupted)
    with pytest.raises(UsageError if isinstance(error, OSError) else KeyboardInterrupt):
        write_files({tmp_path / "new": b"new", old: b"new"})
    assert old.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["old"]


def test_what_was_written_before_an_interrupt_is_named(run, tmp_path, monkeypatch):
    real, moved = os.replace, []

    def second_time(*arguments):
        if moved:
            raise KeyboardInterrupt
        moved.append(real(*arguments))

    monkeypatch.setattr(os, "replace", second_time)
    code, _, err = run("derive", "eq-7", "-o", tmp_path / "out")
    assert code == 130
    (written,) = (p for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert_sentence(err, f"interrupted; written before: {written}; nothing else was")
    assert interruption(begin=True) == "nothing was written"


@pytest.mark.parametrize("target", ["/", ".", "no/such/folder/x.json", "file/x.json"])
@pytest.mark.parametrize(
    "command",
    [["check", "eq-7"], ["entropy", "--layers", "0; 1", "--theta", "1"],
     ["flow", str(ROOT / "docs" / "examples" / "figure3.toml"), "--until", "1"]],
    ids=lambda command: command[0],
)  # fmt: skip
def test_json_where_it_cannot_go(run, tmp_path, monkeypatch, command, target):
    """Said before anything is computed."""
    (tmp_path / "file").write_text("mine")
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*command, "--json", target)
    assert (code, out) == (2, "")
    assert_sentence(err, "--json", target)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    for place in ("loop", "file", "file/below"):
        with pytest.raises(UsageError, match="-o: "):
            check_folder(tmp_path / place, "-o")


# -- ids -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["../evil", "/evil", "a/b", "", ".", "..", "-x", "a b", "a\n", "a\0", "ä", 3, None])
def test_an_id_is_the_name_of_a_file(name):
    with pytest.raises(ClaimError, match="an id is letters, digits"):
        Claim(name, "t", "s", "p", lambda depth: ())


def test_a_file_of_claims_with_such_an_id(run, tmp_path):
    mine = write_claims(tmp_path / "mine.py", "Equal(x, x)")
    mine.write_text(mine.read_text().replace("mine-1", "../evil"))
    code, out, err = run("derive", mine, "-o", tmp_path / "out")
    assert (code, out) == (2, "")
    assert_sentence(err, "mine.py, line 6", "'../evil'")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.py"]


# -- standard input and output -----------------------------------------------------------------------------
def test_claims_and_problems_from_standard_input():
    done = process("check", "-", input=EXAMPLE.read_bytes(), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"") and b"my-speed" in done.stdout
    done = process("check", "-", input=b"x = 1\ny = x / 0\n", capture_output=True)
    assert (done.returncode, done.stdout) == (2, b"")
    assert_sentence(done.stderr.decode(), "standard input, line 2, raised ZeroDivisionError")
    problem = b"X = [[1]]\ny = [2]\nlayers = [[0], [1]]\n"
    done = process("flow", "-", "--until", "0.5", "--digits", "12", input=problem, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"") and b"1.80476874276" in done.stdout
    done = process("flow", "-", "--until", "1", input=b"X = 3", capture_output=True)
    assert_sentence(done.stderr.decode(), "standard input lacks y")


def test_a_reader_that_has_seen_enough():
    """Its end of the pipe is closed before anything is printed."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = process("check", "eq-7", stdout=write, stderr=subprocess.PIPE)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")  # as of a program that SIGPIPE ended


def test_an_output_that_is_full(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    with open("/dev/full", "wb") as full:
        done = process("check", "eq-7", stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert_sentence(done.stderr.decode(), "the output cannot be written: No space left on device")


@pytest.mark.parametrize("arguments", [("--version",), ("list",), ("check", "eq-7", "--json", "kept.json")])
def test_a_closed_standard_output_is_one_sentence(tmp_path, arguments):
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "ddln_sym", *arguments]
    done = subprocess.run(command, env=environment(), stderr=subprocess.PIPE, text=True, cwd=tmp_path, timeout=300)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert done.stderr == "ddln-sym: the output cannot be written: standard output is closed\n"


def test_closed_streams_that_are_not_needed(tmp_path):
    """With standard input closed, the first file that is opened would have its number."""
    command = ["sh", "-c", 'exec "$@" <&- 2>&-', "sh", sys.executable, "-m", "ddln_sym", "check", "eq-7", "--json", "a"]
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0 and "eq-7" in done.stdout and "eq-7" in (tmp_path / "a").read_text()


# -- processes ---------------------------------------------------------------------------------------------
def children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("the children of a process cannot be listed here")
    return [int(child) for child in listed.read_text().split()]


def running_still(pid):
    """Whether a process runs, and is not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(met, seconds=60.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_no_process_outlives_the_command(number, code):
    """The signal goes to the parent alone."""
    command = [sys.executable, "-m", "ddln_sym", "check", "--jobs", "2"]
    parent = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(children(parent.pid)) >= min(2, len(os.sched_getaffinity(0))))
    workers = children(parent.pid)
    time.sleep(0.5)  # they begin to work
    parent.send_signal(number)
    parent.wait(60)
    wait_until(lambda: not any(map(running_still, workers)), 20)
    parent.stdout.close()
    if number != signal.SIGKILL:
        said = "terminated" if number == signal.SIGTERM else "interrupted"
        assert parent.stderr.read().strip() == f"ddln-sym: {said}; nothing was written"
    parent.stderr.close()
    assert parent.returncode == code


def test_no_more_processes_than_claims():
    done = in_process("-m", "ddln_sym", "check", "eq-7", "-j", "100000")
    assert (done.returncode, done.stderr) == (0, "") and "1 proved" in done.stdout


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"# \xe9\n", "encoding"), (b"x = 1\0\n", "null bytes"), (b"def f(:\n", "SyntaxError")],
)
def test_a_file_that_is_no_python_is_one_sentence(tmp_path, run, content, sentence):
    path = tmp_path / "claims.py"
    path.write_bytes(content)
    code, _, err = run("check", path)
    assert code == 2
    assert_sentence(err, sentence)
    assert "internal" not in err and "None" not in err


@pytest.mark.parametrize(
    "call",
    [
        ["entropy", "--layers=1;2", "--theta=1", "--json="],
        ["flow", "", "--until=1"],
        *(["derive", "eq-5", *more] for more in (["-o", ""], ["--sty", "--source", ""])),
        ["figures", "depths", "-o", ""],
        ["report", "eq-5", "-o", ""],
        ["new", "On Mirrors", "eq-1", "-o", ""],
        *(["paper", *more] for more in ([""], ["main.tex", ""], ["main.tex", "--compare", ""])),
        ["analyze", "redundant", "--depth=2", "--dimension=1", "--derive", ""],
    ],
)
def test_an_empty_name_is_said_to_be_empty(run, call):
    code, out, err = run(*call)
    assert (code, out) == (2, "")
    assert_sentence(err, "is empty")


def test_a_file_of_claims_may_say_its_encoding(tmp_path, run):
    path = tmp_path / "claims.py"
    path.write_bytes(
        b"# -*- coding: latin-1 -*-\n# \xe9\nimport sympy as sp, ddln_sym as dd\n"
        b'x = sp.Symbol("x", real=True)\nC = dd.Claim("a-1", "t", statement=dd.Equal(x, x))\n'
    )
    code, out, _ = run("check", path)
    assert code == 0 and "1 proved" in out
