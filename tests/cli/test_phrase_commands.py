"""``w2v-nce phrases`` and ``w2v-nce join``: what they write, and what they refuse."""

from __future__ import annotations

import dataclasses
import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.processes import assert_refused
from w2v_nce.cli.commands.phrases import phrases as command
from w2v_nce.corpus.phrases.phrases import Phrases, read_phrases
from w2v_nce.corpus.phrases.selection import Phrase
from w2v_nce.errors import FormatError
from w2v_nce.settings.phrase_config import PhraseConfig
from w2v_nce.settings.setting import option_name

TEXT = """\
the old mill stands in new york
new york  has a mill\tand a bank of the river
a bank of the  river in old new york city
old men like new york city and the bank of the river
the city of new
york has a river
"""
JOINED = """\
the old mill stands in new_york
new_york  has a mill\tand a bank_of_the_river
a bank_of_the_river in old new_york_city
old men like new_york_city and the bank_of_the_river
the city of new
york has a river
"""
LIST = """\
pass\tphrase\twords\tcount\tscore
1\tbank_of_the_river\tbank of the river\t3\t0.896241
1\tnew_york\tnew york\t4\t0.820401
2\tnew_york_city\tnew_york city\t2\t0.616165
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "corpus.txt", TEXT.splitlines())


OPTIONS = ("--score", "npmi", "--threshold", 0.75, "--threshold-decay", 0.8,
           "--min-count", 2, "--passes", 2,
           "--connectors", "english")  # fmt: skip


def test_text_and_list(corpus: Path) -> None:
    result = w2v_nce("phrases", corpus, *OPTIONS, "-o", "joined.txt", "--list", "list.tsv")
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert result.stderr == (
        "phrases     2 with a score above 0.75, then 1 with a score above 0.6 (npmi)\n"
    )
    assert Path("joined.txt").read_text() == JOINED
    assert Path("list.tsv").read_text() == LIST
    assert {path.name for path in Path().iterdir()} == {"corpus.txt", "joined.txt", "list.tsv"}


def test_a_list_joins_other_texts(corpus: Path) -> None:
    Path("list.tsv").write_text(LIST)
    result = w2v_nce("join", "list.tsv", corpus, corpus, "--threads", 1)
    assert (result.stdout, result.returncode) == (JOINED + JOINED, 0)
    assert result.stderr == "joined      - (3 phrases of list.tsv)\n"
    result = w2v_nce("join", "list.tsv", corpus, "-o", "joined.txt", "-q")
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
    assert Path("joined.txt").read_text() == JOINED


def test_compressed_output_is_the_same_in_every_run(corpus: Path) -> None:
    for name, threads in (("1.gz", 1), ("2.gz", 2)):
        result = w2v_nce("phrases", corpus, *OPTIONS, "-o", name, "--threads", threads, "-q")
        assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
    assert gzip.decompress(Path("1.gz").read_bytes()).decode() == JOINED
    assert Path("1.gz").read_bytes() == Path("2.gz").read_bytes()


def test_no_phrases_is_no_error(corpus: Path) -> None:
    result = w2v_nce("phrases", corpus)
    assert (result.returncode, result.stdout) == (0, TEXT)
    assert result.stderr == (
        "phrases     0 with a score above 100 (count); try a lower --threshold or --min-count\n"
    )


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_the_program_quietly(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "long.txt", ["some words"] * 100_000)
    shell = f"{sys.executable} -m w2v_nce phrases {path} -q | head -1"
    result = subprocess.run(shell, shell=True, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("some words\n", "")


def test_what_is_wrong_is_said_in_one_line(corpus: Path) -> None:
    assert_refused(w2v_nce("phrases", "nowhere.txt"), "nowhere.txt: No such file")
    assert_refused(w2v_nce("phrases", corpus, "-o", corpus), "corpus.txt is the corpus itself")
    assert_refused(w2v_nce("phrases", corpus, "--list", corpus), "corpus.txt is the corpus itself")
    assert_refused(
        w2v_nce("phrases", corpus, "-o", "a", "--list", "a"), "--list a is also the file of -o"
    )
    assert_refused(w2v_nce("phrases", corpus, "--connectors", "no"), "--connectors no: No such")
    assert_refused(w2v_nce("phrases", corpus, "-o", "no/such/folder"), "no folder")
    assert_refused(w2v_nce("join", corpus, corpus), "corpus.txt, line 1: 'the old mill stands")
    assert_refused(w2v_nce("join", "nowhere.tsv", corpus), "nowhere.tsv: No such file")
    assert [path.name for path in Path().iterdir()] == ["corpus.txt"]


def test_ctrl_c_leaves_the_old_file_alone(tmp_path: Path) -> None:
    """The text goes into a pipe that nobody reads, so that the program hangs when it writes."""
    path = write_lines(tmp_path / "long.txt", ["some words"] * 100_000)
    os.mkfifo("pipe")
    Path("list.tsv").write_text("precious")
    process = subprocess.Popen(
        [sys.executable, "-m", "w2v_nce", "phrases", path, "-o", "pipe", "--list", "list.tsv"],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with Path("pipe").open("rb") as pipe:
        assert pipe.read(11) == b"some words\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert errors.endswith("w2v-nce: error: interrupted\n")
    assert Path("list.tsv").read_text() == "precious"
    assert {each.name for each in Path().iterdir()} == {"long.txt", "pipe", "list.tsv"}


def test_every_setting_has_an_option() -> None:
    options = {option.name: option for option in command.params if isinstance(option, click.Option)}
    for item in dataclasses.fields(PhraseConfig):
        assert options[item.name].opts == [option_name(item)]
        assert options[item.name].default == item.default


words = st.lists(
    st.binary(min_size=1, max_size=4).filter(lambda word: not set(word) & set(b" \t\n\r\v\f\0")),
    min_size=2, max_size=4, unique=True,
).map(tuple)  # fmt: skip


@given(
    st.lists(st.lists(words, max_size=4, unique_by=lambda words: words[0]), max_size=3),
    st.sampled_from(["_", "", "<é>"]),
    st.sampled_from(["list.tsv", "list.tsv.gz"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read(
    tmp_path: Path, passes: list[list[tuple[bytes, ...]]], delimiter: str, name: str
) -> None:
    found = Phrases(delimiter, [[Phrase(each, 7, 0.25) for each in group] for group in passes])
    found.save(tmp_path / name)
    again = Phrases.load(tmp_path / name)
    assert [group for group in again.passes if group] == [group for group in found.passes if group]
    assert again.delimiter == (delimiter if len(found) else "_")


def test_a_cut_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv.gz"
    path.write_bytes(gzip.compress(LIST.encode())[:-9])
    with pytest.raises(FormatError, match=r"list\.tsv\.gz is cut off: "):
        read_phrases(path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1\ta_b\ta b\t3", "it has 4 fields; 5 are needed"),
        ("one\ta_b\ta b\t3\t1", "pass, count and score must be numbers"),
        ("1\ta_b\ta b\t3\thigh", "pass, count and score must be numbers"),
        ("101\ta_b\ta b\t3\t1", "the pass must be a number from 1 to 100"),
        ("0\ta_b\ta b\t3\t1", "the pass must be a number from 1 to 100"),
        ("1\ta_b\ta c\t3\t1", "the phrase is not made of its words"),
        ("1\ta\ta b\t3\t1", "the phrase is not made of its words"),
        ("1\ta\ta\t3\t1", "a phrase has two words or more"),
        ("1\ta__b\ta  b\t3\t1", "a phrase has two words or more"),
        ("1\ta+b\ta b\t3\t1", "its words are joined otherwise"),
        ("1\tnew_york_city\tnew york city\t3\t1", "another phrase of the pass begins so"),
    ],
)  # fmt: skip
def test_damaged_lists_are_refused(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(LIST + line)
    with pytest.raises(FormatError, match=rf"list\.tsv, line \d: .*: {problem}"):
        read_phrases(path)
