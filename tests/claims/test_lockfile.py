"""The lockfile of verdicts: a claim a line, read with a clear sentence, compared by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ddln_sym.claims import certify_all, collect, lockfile
from ddln_sym.statements import SEAL, Scope, Verdict

COMMITTED = Path(__file__).resolve().parents[2] / "proofs" / "verdicts.json"
PROVED, REFUTED = certify_all(collect(), ["eq-7", "eq-6"])  # the second has a correction


# -- writing ----------------------------------------------------------------------------------------
def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "verdicts.json"
    path.write_text(lockfile.dump([PROVED, REFUTED]), encoding="utf-8")
    assert lockfile.read(path) == {"eq-7": lockfile.entry(PROVED), "eq-6": lockfile.entry(REFUTED)}
    assert lockfile.differences(lockfile.read(path), [PROVED, REFUTED]) == []
    assert list(tmp_path.iterdir()) == [path]


def test_a_claim_is_one_line(tmp_path):
    path = tmp_path / "verdicts.json"
    path.write_text(lockfile.dump([PROVED, REFUTED]), encoding="utf-8")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "verdict" in line]
    assert [line.split('"')[1] for line in lines] == ["eq-7", "eq-6"]
    assert "all L ≥ 2" in lines[0]  # as a reader writes it, not escaped


# -- comparing --------------------------------------------------------------------------------------
def test_differences_name_the_claim_and_what_changed():
    locked = {c.id: lockfile.entry(c) for c in (PROVED, REFUTED)}
    weaker = replace(PROVED, verdict=Verdict.UNDECIDED, seal=SEAL)
    (sentence,) = lockfile.differences(locked, [weaker, REFUTED])
    assert sentence == "eq-7 was proved (all L ≥ 2, all d); now undecided (all L ≥ 2, all d)"
    narrower = replace(PROVED, scope=Scope("L = 2…6"), seal=SEAL)
    (sentence,) = lockfile.differences(locked, [narrower])
    assert sentence.endswith("now proved (L = 2…6, all d)")
    unproved = replace(REFUTED, correction=replace(REFUTED.correction, verdict=Verdict.UNDECIDED, seal=SEAL), seal=SEAL)
    (sentence,) = lockfile.differences(locked, [PROVED, unproved])
    assert sentence.startswith("eq-6 was refuted") and "correction proved" in sentence
    assert sentence.endswith("correction undecided (all L ≥ 2, all d)")
    (sentence,) = lockfile.differences(locked, [replace(REFUTED, correction=None, seal=SEAL)])
    assert "correction" not in sentence.partition("; now ")[2]


def test_a_claim_that_is_not_locked_is_a_difference():
    (sentence,) = lockfile.differences({}, [PROVED])
    assert sentence == "eq-7 is not in the lockfile; now proved (all L ≥ 2, all d)"


def test_times_are_not_locked():
    assert lockfile.entry(PROVED) == lockfile.entry(replace(PROVED, seconds=PROVED.seconds + 100, seal=SEAL))


# -- reading ----------------------------------------------------------------------------------------
def test_no_lockfile_yet(tmp_path):
    assert lockfile.read(tmp_path / "verdicts.json") == {}


CORRUPTED = (
    b"",
    b'{"schema": 1, "claims": {"eq-4"',
    b"[]",
    b"3",
    b'{"schema": 1}',
    b'{"claims": 3}',
    b'{"claims": {"eq-4": "proved"}}',
    b"\xff\xfe",
)


@pytest.mark.parametrize("content", CORRUPTED)
def test_a_corrupted_lockfile_is_one_clear_sentence(tmp_path, content):
    path = tmp_path / "verdicts.json"
    path.write_bytes(content)
    with pytest.raises(lockfile.LockfileError) as caught:
        lockfile.read(path)
    assert str(caught.value) == (
        f"{path} is not a lockfile of verdicts; write it anew with `ddln-sym check --update-lock`"
    )


# -- the committed file -------------------------------------------------------------------------------
def test_the_committed_lockfile_has_exactly_the_claims_of_the_paper():
    assert list(lockfile.read(COMMITTED)) == [claim.id for claim in collect()]


def test_the_committed_lockfile_is_in_the_form_that_is_written():
    text = COMMITTED.read_text(encoding="utf-8")
    data = json.loads(text)
    lines = [f"    {json.dumps(n)}: {json.dumps(e, ensure_ascii=False)}" for n, e in data["claims"].items()]
    assert text == '{\n  "schema": 1,\n  "claims": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def test_the_committed_lockfile_locks_corrections_that_are_proved():
    for name, entry in lockfile.read(COMMITTED).items():
        assert entry["verdict"] in {"proved", "refuted"}, name
        assert ("correction" in entry) == (entry["verdict"] == "refuted"), name
        assert entry.get("correction", entry)["verdict"] == "proved", name
