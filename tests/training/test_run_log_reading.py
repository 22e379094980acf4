"""Logs of training, and what is drawn of them."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training_logs import event, write_log
from w2v_nce.errors import FormatError
from w2v_nce.plotting.curves import MOST_POINTS, SCALES, panels, thinned
from w2v_nce.training.run_log import RunLog, read_log


def test_all_that_is_logged_is_drawn() -> None:
    logs = [read_log(write_log("one.jsonl")), read_log(write_log("two.jsonl", rate=0.1))]
    found = {panel.title: panel for panel in panels(logs)}
    assert list(found) == [
        "Loss", "log Z, mean ± standard deviation", "Analogies, accuracy",
        "Similarity, Spearman's ρ", "Learning rate", "Words per second",
    ]  # fmt: skip
    assert [line.label for line in found["Loss"].lines] == [
        "one, training", "two, training", "one, held out", "two, held out",
    ]  # fmt: skip
    two = found["Learning rate"].lines[1]
    ticks = logs[1].ticks
    assert two.values.tolist() == [tick["learning_rate"] for tick in ticks]
    for scale in SCALES:
        assert two.at[scale].tolist() == [tick[scale] for tick in ticks]
    assert [line.label for line in found["Similarity, Spearman's ρ"].lines] == [
        "one, men.txt", "two, men.txt", "one, ws.txt", "two, ws.txt",
    ]  # fmt: skip
    spread = found["log Z, mean ± standard deviation"].lines[0].spread
    assert spread is not None
    assert spread.tolist() == [each["log_z_sd"] for each in logs[0].held_out]


def test_a_single_run_needs_no_name() -> None:
    write_log("run.jsonl", only=("tick",))
    drawn = panels([read_log("run.jsonl")])
    assert [(panel.title, [line.label for line in panel.lines]) for panel in drawn] == [
        ("Loss", [""]), ("Learning rate", [""]), ("Words per second", [""]),
    ]  # fmt: skip


def test_runs_of_one_name_have_their_folders() -> None:
    logs = [RunLog("a/run.jsonl"), RunLog("b/run.jsonl"), RunLog("c/other.jsonl")]
    for log in logs:
        log.ticks.append(event("tick", 10))
    labels = [line.label for line in panels(logs)[0].lines]
    assert labels == ["a/run.jsonl", "b/run.jsonl", "other"]


def test_a_measurement_without_a_number_is_left_out() -> None:
    path = Path("run.jsonl")
    path.write_text(
        "".join(json.dumps({**event("heldout", 10 * i), "loss": loss}) + "\n"
                for i, loss in enumerate((2.5, None, 2.3)))
    )  # fmt: skip
    assert panels([read_log(path)])[0].lines[0].values.tolist() == [2.5, 2.3]


def test_losses_that_were_not_measured_are_left_out() -> None:
    log = RunLog("run", ticks=[event("tick", 10, loss=None), event("tick", 20, loss=2.5)])
    line = panels([log])[0].lines[0]
    assert line.at["words"].tolist() == [20]
    assert line.marked  # a line of one point would not be seen
    assert not panels([log])[1].lines[0].marked


def test_what_a_resumed_run_did_again_counts() -> None:
    lines = [event("start", 0), *(event("tick", words, loss=1.0) for words in (10, 20, 30))]
    lines += [event("heldout", 30), event("end", 30)]
    again = [event("start", 0), event("tick", 15, loss=2.0), event("tick", 25, loss=2.0)]
    Path("run.jsonl").write_text("\n".join(map(json.dumps, lines + again)), "utf-8")
    log = read_log("run.jsonl")
    assert [(tick["words"], tick["loss"]) for tick in log.ticks] == [(10, 1), (15, 2), (25, 2)]
    assert log.held_out == []


def test_a_line_that_is_being_written_is_left_out() -> None:
    path = write_log("run.jsonl")
    whole = path.read_bytes()
    expected = len(read_log(path).ticks)
    path.write_bytes(whole + json.dumps(event("tick", 10**9)).encode()[:40])
    assert len(read_log(path).ticks) == expected
    Path("run.jsonl.gz").write_bytes(gzip.compress(whole))
    assert read_log("run.jsonl.gz").ticks == read_log("run.jsonl").ticks


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("words and more", "'words and more' is not JSON"),
        ("[1]", "'[1]' is no event"),
        ('{"event": 3}', "is no event"),
        ('{"event": "tick", "schema_version": 2}', "schema_version is 2; this program reads 1"),
        ('{"event": "tick"}', "schema_version is None"),
        (json.dumps(event("tick", 5)).replace("5", "NaN", 1), "is not JSON"),
        (json.dumps({**event("tick", 5), "seconds": None}), "seconds is None, not a number"),
        (json.dumps({**event("tick", 5), "loss": "low"}), "loss is 'low', not a number"),
        (json.dumps({**event("tick", 5), "epoch": True}), "epoch is True, not a number"),
        (json.dumps(event("tick", 10**400)), "words is 1000"),
        (json.dumps({**event("eval", 5), "file": 7}), "file is 7, not a text"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_damage_is_named(line: str, message: str) -> None:
    lines = [json.dumps(event("tick", 1)), line, json.dumps(event("tick", 9))]
    Path("run.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(FormatError) as caught:
        read_log("run.jsonl")
    assert str(caught.value).startswith("run.jsonl, line 2: ")
    assert message in str(caught.value)
    assert str(caught.value).endswith("; `Log` writes logs")


@pytest.mark.parametrize("content", [b"", b"\n", json.dumps(event("start", 0)).encode()])
def test_nothing_to_draw(content: bytes) -> None:
    Path("run.jsonl").write_bytes(content)
    with pytest.raises(FormatError, match=r"run\.jsonl: a log without any progress"):
        read_log("run.jsonl")


def test_no_log_at_all() -> None:
    with pytest.raises(FormatError, match=r"cannot read none\.jsonl"):
        read_log("none.jsonl")


@given(st.binary(max_size=60), st.integers(0, 400))
def test_any_damage_is_an_error_of_ours_or_harmless(junk: bytes, at: int) -> None:
    whole = write_log("run.jsonl", ticks=3).read_bytes()
    Path("hurt.jsonl").write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    with contextlib.suppress(FormatError):
        assert panels([read_log("hurt.jsonl")])


@given(st.integers(1, 4 * MOST_POINTS))
def test_long_lines_are_thinned_out_by_means(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    some = thinned(values)
    assert MOST_POINTS / 2 < len(some) <= MOST_POINTS or count <= MOST_POINTS / 2
    size = -(-count // MOST_POINTS)
    expected = [values[start : start + size].mean() for start in range(0, count, size)]
    np.testing.assert_allclose(some, expected, atol=1e-12)
