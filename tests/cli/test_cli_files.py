"""The command line on files of claims, as scripts, with several processes, and when it is interrupted."""

from __future__ import annotations

import importlib
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from command_line import LIBRARY, ROOT, assert_sentence, environment, in_process, running, write_claims

from ddln_sym import Claim
from ddln_sym.cli import app as cli
from proofs import SECTIONS

run = pytest.fixture(running)


# -- a user's own claims --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x = 1\ny = x / 0\n", ["line 2", "ZeroDivisionError"]),
        ("x = 1\ndef f(:\n", ["line 2", "SyntaxError"]),
        ("import sys\n\nsys.exit(0)\n", ["line 3", "SystemExit"]),
        ("from ddln_sym import Klaim\n", ["line 1", "ImportError"]),
    ],
)
def test_a_file_that_cannot_be_run(run, tmp_path, monkeypatch, text, parts):
    (tmp_path / "mine.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    code, out, err = run("check", "mine.py")
    assert (code, out) == (2, "")
    assert_sentence(err, "mine.py", *parts)


@pytest.mark.parametrize("statement", ["sp.Eq(x, x + 1, evaluate=False)", "1 / 0", "()"])
def test_a_claim_that_states_no_proposition(run, tmp_path, statement):
    code, out, err = run("check", write_claims(tmp_path / "mine.py", statement))
    assert code == 2 and "1 undecided" in out
    assert_sentence(err, "mine-1")


def test_an_id_of_the_paper_cannot_be_given_another_meaning(run, tmp_path):
    mine = write_claims(tmp_path / "mine.py", "Equal(x, x)")
    source = LIBRARY["eq-7"].source
    mine.write_text(mine.read_text().replace("mine-1", "eq-7").replace('"s"', repr(source)))
    code, out, err = run("check", mine)
    assert (code, out) == (2, "")
    assert_sentence(err, mine, "eq-7 belongs to the paper")


def test_two_files_cannot_share_an_id(run, tmp_path):
    first, second = (write_claims(tmp_path / name, f"Compare(x**2, {n})") for n, name in enumerate(["a.py", "b.py"]))
    code, _, err = run("check", first, second)
    assert code == 2
    assert_sentence(err, "mine-1")
    code, _, err = run("check", tmp_path)
    assert code == 2
    assert_sentence(err, "mine-1")


def test_nothing_to_check(run, tmp_path):
    code, _, err = run("check", tmp_path)
    assert code == 5
    assert_sentence(err, tmp_path, "no claims")
    (tmp_path / "mine.py").write_text("x = 1\n")
    code, _, err = run("check", tmp_path / "mine.py")
    assert code == 5
    assert_sentence(err, "mine.py", "no claims")


@pytest.mark.parametrize("name", ["EQ-6", "eq−6", "eq‑6", "eq-６", "Eq-6"])
def test_an_id_in_other_letters_is_recognized(run, name):
    code, out, err = run("check", name)
    assert (code, out) == (2, "")
    assert_sentence(err, f"there is no claim '{name}'", "did you mean eq-6?")


@pytest.mark.parametrize("name", ["", " "])
@pytest.mark.parametrize("command", ["check", "list", "explain", "derive"])
def test_an_empty_name_is_no_folder(run, command, name):
    """It once stood for the folder that one is in, and everything there was run."""
    code, out, err = run(command, name)
    assert (code, out) == (2, "")
    assert_sentence(err, "an empty name is given where the id of a claim, a file or a folder is expected")


def test_a_name_too_long_for_a_file_is_no_claim(run):
    code, out, err = run("check", "x" * 5000)
    assert (code, out) == (2, "")
    assert_sentence(err, f"there is no claim '{'x' * 100}…'")


def test_a_folder_named_like_a_file_is_looked_into(run, tmp_path):
    (tmp_path / "mine.py").mkdir()
    code, _, err = run("check", tmp_path)
    assert code == 5
    assert_sentence(err, "no claims")
    write_claims(tmp_path / "a.py", "Compare(x**2, 0)")
    assert run("check", tmp_path)[0] == 0
    write_claims(tmp_path / "mine.py" / "b.py", "Compare(x**2, 0)")
    assert run("check", tmp_path / "mine.py")[0] == 0


def test_two_results_do_not_share_a_file(run, tmp_path):
    both = tmp_path / "both.json"
    code, out, err = run("check", "eq-7", "--json", both, "--proof", tmp_path / "." / "both.json")
    assert (code, out, both.exists()) == (2, "", False)
    assert_sentence(err, f"--json and --proof both write to {both}: give each a file of its own")


def test_a_file_without_a_name(run):
    code, out, err = run("check", "eq-7", "--json", "")
    assert (code, out) == (2, "")
    assert_sentence(err, "--json is empty: name a file, such as results.json")


def test_standard_output_is_no_folder(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("derive", "eq-7", "-o", "-")
    assert (code, out, list(tmp_path.iterdir())) == (2, "", [])
    assert_sentence(err, "--output: several files are written, and - is none: name a folder")


def test_claims_of_standard_input_need_no_docstring(tmp_path):
    """Its docstring was looked for in a file named -."""
    claims = write_claims(tmp_path / "mine.py", "Compare(x**2, 0)").read_text()
    done = in_process("-m", "ddln_sym", "list", "-", input=claims)
    assert (done.returncode, done.stderr) == (0, "") and "mine-1" in done.stdout
    done = in_process("-m", "ddln_sym", "explain", "-", input="x = 1\n")
    assert done.returncode == 5
    assert_sentence(done.stderr, "no claims")


def test_a_file_that_no_line_of_it_explains(run, tmp_path):
    (tmp_path / "mine.py").write_bytes(b"x = 1\0\n")
    code, _, err = run("check", tmp_path / "mine.py")
    assert code == 2 and "None" not in err
    assert_sentence(err, "mine.py raised SyntaxError: source code string cannot contain null bytes")


def test_two_claims_are_not_explained_at_a_time(run):
    code, out, err = run("explain", "eq-6", "eq-7")
    assert (code, out) == (2, "")
    assert_sentence(err, "one claim is explained at a time: eq-6 is a claim, not a file with eq-7 in it")


def test_an_undecided_claim(run, tmp_path):
    mine = write_claims(tmp_path / "mine.py", "Compare(x**2, 0)", "Equal(x, x**2)")
    code, out, err = run("check", mine)
    assert code == 4 and "1 proved, 1 refuted" in out
    assert_sentence(err, "refuted: mine-2", "no correction has been stated")


def test_the_worked_example(run):
    code, out, err = run("check", ROOT / "docs" / "examples" / "my_claims.py", "--json", "-")
    assert (code, err) == (0, "")
    results = {r["id"]: r for r in json.loads(out)["results"]}
    assert {name: r["verdict"] for name, r in results.items()} == {
        "my-speed": "proved", "my-conserved": "refuted", "my-squares": "proved",
    }  # fmt: skip
    assert results["my-conserved"]["correction"]["verdict"] == "proved"
    assert results["my-squares"]["scope"] == "all L ≥ 2, all d"


# -- as processes ---------------------------------------------------------------------------------------
def test_a_module_of_the_paper_runs_as_a_script():
    done = in_process("proofs/necessity.py", cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert "new-frozen" in done.stdout and "eq-20" not in done.stdout


@pytest.mark.parametrize("section", SECTIONS)
def test_every_module_of_the_paper_checks_its_own_claims(monkeypatch, capsys, section):
    """Only what is selected matters here, so nothing is decided."""
    chosen = []
    monkeypatch.setattr(cli, "_certify", lambda claims, own, jobs: chosen.extend(own) or [])
    file = ROOT / "proofs" / f"{section}.py"
    monkeypatch.setattr(sys, "argv", [str(file)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(file), run_name="__main__")
    assert ended.value.code == 0 and capsys.readouterr().err == ""
    module = importlib.import_module(f"proofs.{section}")
    assert [c.id for c in chosen] == [c.id for c in vars(module).values() if isinstance(c, Claim)] != []


def test_the_sections_are_all_the_modules_of_the_paper():
    """But for what they share, and the table that says which of them decides each line of it."""
    assert sorted([*SECTIONS, "coverage", "notation", "text"]) == sorted(
        file.stem for file in (ROOT / "proofs").glob("[a-z]*.py")
    )


def test_two_processes_give_the_verdicts_of_one():
    ids = ["eq-6", "eq-16", "eq-30", "thm-1", "new-frozen"]
    reports = []
    for jobs in (1, 2):
        done = in_process("-m", "ddln_sym", "check", *ids, "--jobs", jobs, "--json", "-")
        assert (done.returncode, done.stderr) == (0, "")
        results = json.loads(done.stdout)["results"]
        for result in results:
            for part in filter(None, (result, result["correction"])):
                del part["seconds"]
        reports.append(results)
    assert [r["id"] for r in reports[0]] == ids
    assert reports[0] == reports[1]


def _interrupted(*arguments, ready):
    """Start a check, press Ctrl-C once it is at work, and wait for its end."""
    command = [sys.executable, "-m", "ddln_sym", "check", *map(str, arguments)]
    process = subprocess.Popen(
        command,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    limit = time.monotonic() + 240  # a ceiling; the sign comes in a second or two
    while not ready(process.pid) and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.05)
    at_work = ready(process.pid) and process.poll() is None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT if at_work else signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert at_work, f"the check ended, or never began: {out}{err}"
    return process.returncode, out, err


def _busy(marker):
    """The statement of a claim that says so in a file when it is decided, and then takes a minute."""
    return f"(open({str(marker)!r}, 'w').close(), __import__('time').sleep(60))"


def test_ctrl_c_writes_nothing(tmp_path):
    locked = (ROOT / "proofs" / "verdicts.json").read_bytes()
    mine, marker, target = (tmp_path / name for name in ("mine.py", "at-work", "out.json"))
    write_claims(mine, _busy(marker))
    code, out, err = _interrupted(mine, "--json", target, ready=lambda _: marker.exists())
    assert (code, out) == (130, "")
    assert err.strip() == "ddln-sym: interrupted; nothing was written"
    assert not target.exists()
    assert (ROOT / "proofs" / "verdicts.json").read_bytes() == locked


def _leave_interrupts(pid):
    """How many descendants of a process have come to ignore SIGINT, which workers do before they take work."""
    found = 0
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            with suppress(OSError):  # it may be gone by now
                mask = re.search(r"^SigIgn:\s*(\w+)", Path(f"/proc/{child}/status").read_text(), re.MULTILINE)
                found += int(mask[1], 16) >> (signal.SIGINT - 1) & 1
                found += _leave_interrupts(child)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells which signals a process ignores")
def test_ctrl_c_with_several_processes():
    code, out, err = _interrupted("--jobs", 2, ready=lambda pid: _leave_interrupts(pid) >= 2)
    assert (code, out) == (130, "")
    assert err.strip() == "ddln-sym: interrupted; nothing was written"
