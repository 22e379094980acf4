"""Text by pipe, by standard input, compressed, from folders: real processes, the same vectors."""

from __future__ import annotations

import gzip
import os
import shlex
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.processes import assert_refused

PROGRAM = f"{sys.executable} -m w2v_nce"
FAST = ("--dim", 10, "--epochs", 2, "--threads", 1, "-q")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some blocks of text, with words that are too rare to be trained."""
    generator = np.random.default_rng(0)
    words = np.array([f"Word{i}" for i in range(200)])
    lines = [" ".join(words[np.minimum(generator.zipf(1.3, 12), 200) - 1]) for _ in range(9000)]
    lines[::500] = [f"rare{i} {line}" for i, line in enumerate(lines[::500])]
    path = write_lines(tmp_path_factory.mktemp("corpus") / "corpus.txt", lines)
    path.with_suffix(".packed").write_bytes(gzip.compress(path.read_bytes()))
    return path


@pytest.fixture(scope="module")
def expected(corpus: Path) -> bytes:
    """The vectors of the plain file."""
    return vectors(f"train {corpus}")


@pytest.fixture(scope="module")
def vocabulary(corpus: Path) -> Path:
    """The words of the corpus and their counts."""
    path = corpus.with_suffix(".tsv")
    result = w2v_nce("vocab", corpus, "-o", path, "-q")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    return path


def vectors(command: str, before: str = "", after: str = "", options: tuple = FAST) -> bytes:
    """Run a command, and return the vectors that it writes to standard output.

    Where others have to feed it or to read what it writes, a shell does it.
    """
    if not (before or after or set(command) & set("<(")):
        result = w2v_nce(*shlex.split(command), "-o", "-", *options)
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return result.stdout.encode()
    given = " ".join(map(str, options))
    line = f"set -o pipefail; {before} {PROGRAM} {command} -o - {given} {after}"
    result = subprocess.run(["bash", "-c", line], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b""), result.stderr
    return result.stdout


def test_the_same_text_gives_the_same_vectors_however_it_comes(
    corpus: Path, expected: bytes
) -> None:
    packed = corpus.with_suffix(".packed")
    assert expected.startswith(b"200 10\n")
    assert vectors(f"train {packed}") == expected
    assert vectors("train -", f"cat {corpus} |") == expected
    assert vectors("train -", after=f"< {packed}") == expected
    assert vectors(f"train <(gzip -dc < {packed})") == expected
    assert gzip.decompress(vectors("train -", f"cat {packed} |", "| gzip")) == expected
    assert vectors(f"train '{corpus.parent}/*.txt'") == expected


def test_a_folder_of_pieces_is_one_corpus(corpus: Path, tmp_path: Path) -> None:
    lines = corpus.read_text().splitlines()
    folder = tmp_path / "pieces"
    folder.mkdir()
    write_lines(folder / "1.txt", lines[:3000])
    (folder / "2").write_bytes(gzip.compress("\n".join(lines[3000:]).encode()))
    (folder / ".3").write_text("hidden")
    assert vectors(f"train {folder}") == vectors(f"train {folder}/1.txt - < {folder}/2")


def test_a_vocabulary_spares_the_counting(corpus: Path, vocabulary: Path, expected: bytes) -> None:
    assert "rare3\t1\n" in vocabulary.read_text()
    assert vectors(f"train --vocab {vocabulary} -", f"cat {corpus} |") == expected
    theirs = vocabulary.read_text().replace("\t", " ")
    Path("theirs.txt").write_text("</s> 9000\n" + theirs)
    assert vectors(f"train --vocab theirs.txt {corpus}") == expected


def test_one_pass_over_a_pipe_spools_nothing(corpus: Path, vocabulary: Path) -> None:
    once = (*FAST, "--epochs", 1)
    given = f"train --vocab {vocabulary} --spool-dir nowhere -"
    assert vectors(given, f"cat {corpus} |", options=once) == vectors(
        f"train {corpus}", options=once
    )
    with corpus.open() as text:
        result = w2v_nce("train", "--spool-dir", "nowhere", "-", stdin=text)
    assert_refused(result, "temporary file in nowhere", "--spool-dir")


def test_vocab_writes_words_and_counts_to_standard_output(corpus: Path) -> None:
    with corpus.open() as text:
        result = w2v_nce("vocab", "-", "-o", "-", "--lowercase", "--min-count", 2, stdin=text)
    assert result.returncode == 0, result.stderr
    text = corpus.read_text().lower().split()
    counts = sorted(Counter(text).items(), key=lambda pair: (-pair[1], pair[0]))
    assert result.stdout.splitlines() == [f"{word}\t{n}" for word, n in counts if n > 1]
    assert result.stderr.splitlines()[-1] == (
        f"vocabulary  - (200 of 218 distinct words, {len(text) - 18:,} of {len(text):,}"
        " running words)"
    )


@pytest.mark.parametrize("times", [1, 50])
def test_counts_that_are_not_those_of_the_text(corpus: Path, times: int) -> None:
    """The text is 50 times as long as its vocabulary says, or a 50th of it."""
    lines = [f"Word{i}\t{(30 if times == 50 else 60_000) - i}" for i in range(9)]
    write_lines(Path("vocab.tsv"), lines)
    result = w2v_nce("train", corpus, "--vocab", "vocab.tsv", "--epochs", 1)
    assert result.returncode == 0, result.stderr
    shares = [float(line.split()[1]) for line in result.stderr.splitlines() if "training:" in line]
    assert shares
    assert max(shares) <= 100
    assert (max(shares) == 100) == (times == 50)
    assert Path("vectors.bin").exists()


def test_a_vocabulary_of_other_words_is_refused(corpus: Path) -> None:
    write_lines(Path("vocab.tsv"), ["some 9", "other 8"])
    result = w2v_nce("train", corpus, "--vocab", "vocab.tsv")
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        f"w2v-nce: error: {corpus}: none of its words is in the vocabulary"
    )
    assert not Path("vectors.bin").exists()


def test_refusals(corpus: Path) -> None:
    packed = corpus.with_suffix(".packed").read_bytes()
    Path("cut").write_bytes(packed[: len(packed) // 2])
    result = w2v_nce("train", "cut")
    assert result.returncode == 2
    assert "cut is cut off: its gzip data stop at byte" in result.stderr.splitlines()[-1]
    assert_refused(w2v_nce("train", "-"), "no words at all")
    assert_refused(w2v_nce("vocab", corpus, "-o", corpus), "is the corpus itself")
    assert_refused(w2v_nce("train", corpus, "--vocab", "nowhere.tsv"), "nowhere.tsv: No such file")
    assert_refused(w2v_nce("train", corpus, "--max-vocab-memory", "lots"), "'lots' is not a size")
    assert_refused(w2v_nce("train", corpus, "--max-vocab-memory", "1K"), "is 1,024 bytes")
    both = ("--max-vocab-memory", "1G", "--vocab", "vocab.tsv")
    assert_refused(w2v_nce("train", corpus, *both), "--max-vocab-memory is about counting")
    closed = subprocess.run(
        ["bash", "-c", f"{PROGRAM} train - <&-"], capture_output=True, text=True, check=False
    )
    assert_refused(closed, "standard input is closed; name a file")
    assert [path.name for path in Path().iterdir()] == ["cut"]


def test_strict_names_the_place(tmp_path: Path) -> None:
    Path("latin.txt").write_bytes(b"some words in\n" * 20_000 + b"caf\xe9 au lait\n")
    result = w2v_nce("train", "latin.txt", "--encoding-errors", "strict")
    assert result.returncode == 2
    assert "latin.txt is not UTF-8: e9 at byte 280003" in result.stderr.splitlines()[-1]


def test_warnings_are_printed_once_unless_quiet() -> None:
    write_lines(Path("letters.txt"), ["l e t t e r s"] * 20_000)
    result = w2v_nce("train", "letters.txt", "--epochs", 1)
    warnings = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert "letters.txt: 100% of the words are a single character" in warnings[0]
    assert w2v_nce("train", "letters.txt", "--epochs", 1, "-q").stderr == ""


def test_ctrl_c_while_waiting_for_text() -> None:
    """Nothing comes from standard input, and the signal is heard all the same."""
    source, sink = os.pipe()
    write_lines(Path("vocab.tsv"), ["some 9", "words 8"])
    process = subprocess.Popen(
        [sys.executable, "-m", "w2v_nce", "train", "-", "--vocab", "vocab.tsv", "--epochs", "2"],
        stdin=source,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    os.write(sink, b"some words ")
    assert process.stderr.readline().startswith(("compiling", "training"))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert errors.splitlines()[-1] == "w2v-nce: error: interrupted"
    assert [path.name for path in Path().iterdir()] == ["vocab.tsv"]
    os.close(source)
    os.close(sink)


def test_models_treat_text_as_in_training(corpus: Path) -> None:
    with corpus.open() as text:
        model = ("--save-model", "model", "--calibrate")
        trained = w2v_nce("train", "-", "--lowercase", *model, "--dim", 4, "-q", stdin=text)
    assert trained.returncode == 0, trained.stderr
    cased, small = "Word0 Word1 WORD2", "word0 word1 word2"
    scores = [w2v_nce("score", "-m", "model", input=line).stdout for line in (cased, small)]
    assert scores[0] == scores[1]
    assert scores[0].endswith("\t3\n")
    words = [
        w2v_nce("predict", "-m", "model", "--json", line.replace("1 ", "1 [?] ")).stdout
        for line in (cased, small)
    ]
    assert words[0].partition("answers")[2] == words[1].partition("answers")[2] != ""
    write_lines(Path("questions.tsv"), ["Word0 [?] Word1\tWORD2\tword3"])
    assert '"known": 1' in w2v_nce("complete", "-m", "model", "--json", "questions.tsv").stdout
    with corpus.open() as text:
        piped = w2v_nce("eval", "-m", "model", "--json", "--likelihood", "-", stdin=text)
    plain = w2v_nce("eval", "-m", "model", "--json", "--likelihood", corpus)
    assert '"coverage": 0.99' in plain.stdout
    assert piped.stdout == plain.stdout.replace(str(corpus), "-")
