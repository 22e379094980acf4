"""Text that is kept from training, and what is measured on it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.processes import assert_refused
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.corpus.windows import Part
from w2v_nce.errors import ConfigError, CorpusError
from w2v_nce.evaluation.likelihood import evaluate_likelihood
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.run import Training
from w2v_nce.training.ticks import HeldOutTick

SENTENCES = st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=6), max_size=30)


def joined(sentences: list[list[int]], ended: bool) -> list[int]:
    ids = [number for sentence in sentences for number in [*sentence, -1]]
    return ids if ended else ids[:-1]


def sentences_of(ids: list[int]) -> list[tuple[int, ...]]:
    found: list[list[int]] = [[]]
    for number in ids:
        if number < 0:
            found.append([])
        else:
            found[-1].append(number)
    return [tuple(sentence) for sentence in found if sentence]


def selected(part: Part, ids: list[int]) -> list[int]:
    room = np.array(ids, np.int32)
    return room[: part.select(room, len(room))].tolist()


@given(SENTENCES, st.booleans(), st.floats(0, 1), st.integers(0, 2**63 - 1))
def test_every_sentence_is_on_one_side(sentences, ended, share, seed) -> None:
    ids = joined(sentences, ended)
    held_out = sentences_of(selected(Part(share, True, seed), ids))
    others = sentences_of(selected(Part(share, False, seed), ids))
    assert sorted(held_out + others) == sorted(map(tuple, sentences))
    assert not set(held_out) & set(others)
    everywhere = sentences_of(selected(Part(share, True, seed), joined(sentences[::-1], True)))
    assert held_out == everywhere[::-1]


def test_the_share_is_what_was_asked_for() -> None:
    ids = joined([[i % 251, i // 251] for i in range(20_000)], True)
    found = sentences_of(selected(Part(0.1, True, 1), ids))
    assert len(found) == pytest.approx(2000, rel=0.1)
    assert found != sentences_of(selected(Part(0.1, True, 2), ids))
    assert selected(Part(0.0, True, 1), ids) == []
    assert selected(Part(1.0, True, 1), ids) == ids


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lines in which words of the same half of the vocabulary meet."""
    generator = np.random.default_rng(0)
    lines = [
        " ".join(f"w{generator.integers(20) + 20 * (i % 2)}" for _ in range(8)) for i in range(3000)
    ]
    return write_lines(tmp_path_factory.mktemp("heldout") / "text.txt", lines)


def run_of(text: Path, **options: object) -> tuple[Training, list[HeldOutTick]]:
    defaults = {"dim": 8, "sample": 0.0, "threads": 1, "epochs": 3, "min_count": 1}
    run = Training(Corpus.open([text]), TrainConfig(**(defaults | options)))
    return run, [tick for tick in run if isinstance(tick, HeldOutTick)]


def test_a_held_out_file_is_measured_after_every_epoch(text: Path) -> None:
    run, ticks = run_of(text, heldout=str(text))
    assert len(ticks) == 3
    assert run.vocabulary is not None
    assert [tick.words for tick in ticks] == [run.vocabulary.total * i for i in (1, 2, 3)]
    assert ticks[0].perplexity > ticks[-1].perplexity
    assert ticks[-1].is_best
    report = evaluate_likelihood(run.finished_model(), Corpus.open([text]), ticks[-1].examples)
    assert ticks[-1].perplexity == pytest.approx(report.perplexity, rel=0.05)
    assert ticks[-1].nce_loss == pytest.approx(report.nce_loss, rel=0.05)
    assert ticks[-1].mean_log_z == pytest.approx(report.mean_log_z, abs=0.05)


def test_held_out_sentences_are_not_trained_on(tmp_path: Path) -> None:
    """Sentences of words of their own: those of held-out ones keep their first output vectors."""
    path = write_lines(tmp_path / "c.txt", (f"a{i} b{i} a{i} b{i}" for i in range(200)))
    run, _ = run_of(path, heldout="0.5", noise_sharing="none", noise_dist="log-uniform")
    model, vocabulary = run.finished_model(), run.vocabulary
    assert vocabulary is not None
    before = Model.initial(model.config, vocabulary).input_vectors
    moved = (model.input_vectors != before).any(axis=1)
    held_out = [bool(selected(Part(0.5, True, 1), pair * 2)) for pair in pairs_of(vocabulary)]
    assert 60 < sum(held_out) < 140
    for pair, out in zip(pairs_of(vocabulary), held_out, strict=True):
        assert moved[pair].tolist() == [not out] * 2  # only true words move input vectors


def pairs_of(vocabulary: Vocabulary) -> list[list[int]]:
    return [
        [vocabulary.index[f"{letter}{i}".encode()] for letter in "ab"]
        for i in range(len(vocabulary) // 2)
    ]


@pytest.fixture(scope="module")
def contrary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lines in which the halves meet: the better the text is learned, the worse is theirs."""
    generator = np.random.default_rng(1)
    lines = (f"w{generator.integers(20)} w{20 + generator.integers(20)}" for _ in range(2000))
    return write_lines(tmp_path_factory.mktemp("contrary") / "contrary.txt", lines)


def test_training_stops_when_patience_is_at_its_end(text: Path, contrary: Path) -> None:
    run, ticks = run_of(text, heldout=str(contrary), patience=2, epochs=10)
    assert 2 < len(ticks) < 10
    assert [tick.is_best for tick in ticks] == [True] * (len(ticks) - 2) + [False, False]
    assert run.share_done == pytest.approx(len(ticks) / 10)


def test_the_best_is_kept(text: Path, contrary: Path) -> None:
    run, ticks = run_of(text, heldout=str(contrary), keep_best=True, epochs=6)
    report = evaluate_likelihood(run.finished_model(), Corpus.open([contrary]), limit=None)
    best = min(ticks, key=lambda tick: tick.nce_loss)
    assert ticks[-1].perplexity > 1.02 * best.perplexity
    assert report.perplexity == pytest.approx(best.perplexity, rel=0.01)


def test_what_cannot_be_held_out(text: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none\.txt"):
        run_of(text, heldout=str(tmp_path / "none.txt"))
    with pytest.raises(CorpusError, match="hold out more"):
        run_of(text, heldout="1e-9")
    for share in ("0", "1", "-0.5", "nan"):
        with pytest.raises(ConfigError, match="`heldout`"):
            TrainConfig(heldout=share)
    with pytest.raises(ConfigError, match="`keep_best`"):
        TrainConfig(keep_best=True)
    with pytest.raises(ConfigError, match="`patience`"):
        TrainConfig(patience=3)


@pytest.mark.parametrize(
    ("loss", "summary"),
    [
        ("nce", r"loss +\d\.\d{3} in the last epoch \(nce, k = 15; 3\.741 at the start\)"),
        ("softmax", r"loss +\d\.\d{3} in the last epoch \(softmax\)"),
        ("sampled-softmax", r"loss +\d\.\d{3} in the last epoch \(sampled-softmax\)"),
    ],
)
def test_what_the_program_says(text: Path, tmp_path: Path, loss: str, summary: str) -> None:
    options = ("--heldout", 0.1, "--epochs", 2, "--dim", 8, "--sample", 0, "-o", tmp_path / "v.txt")
    result = w2v_nce("train", text, "--loss", loss, *options)
    assert result.returncode == 0, result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("held out")]
    number = r"-?\d+\.\d+"
    figures = rf"nce loss {number}, perplexity {number}, log Z {number} ± {number}"
    for line, words in zip(lines, ("24.0k", "48.0k"), strict=True):
        assert re.fullmatch(rf"held out +{figures}, after {words} words( \(best\))?", line), line
    assert "(best)" in lines[0]
    assert re.search(summary, result.stderr)


@pytest.mark.parametrize("size", [512, 4096])
def test_a_long_line_is_cut_alike_on_both_sides(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of training may be small; those that are measured must be cut at the same places."""
    path = tmp_path / "line.txt"
    path.write_text(" ".join(f"a{i} b{i}" for i in range(3000)))  # every word once
    monkeypatch.setattr("w2v_nce.training.run.chunk_size", lambda *_: size)
    run, _ = run_of(path, heldout="0.3", noise_sharing="none", epochs=1)
    model = run.finished_model()
    before = Model.initial(model.config, model.vocabulary).input_vectors
    moved = (model.input_vectors != before).any(axis=1)
    assert run.validation is not None
    assert run.validation.held_out is not None
    measured = np.unique(np.concatenate([some.words for some in run.validation.held_out.examples]))
    assert not moved[measured].any()
    assert 0.05 < len(measured) / len(moved) < 0.95
    assert moved.sum() > 0.05 * len(moved)
    assert moved.sum() + len(measured) <= len(moved)


@pytest.mark.parametrize("loss", ["nce", "softmax", "sampled-softmax"])
def test_what_decides_is_the_loss_that_training_can_lower(text: Path, loss: str) -> None:
    run, ticks = run_of(text, heldout="0.1", loss=loss)
    assert run.validation is not None
    expected = [
        tick.nce_loss if loss == "nce" else float(np.log(tick.perplexity)) for tick in ticks
    ]
    assert run.validation.state.best == pytest.approx(min(expected))


def test_held_out_text_is_named_like_a_corpus(text: Path, tmp_path: Path) -> None:
    """In several files or in one: the same text, the same measurements."""
    lines = text.read_text().splitlines(keepends=True)
    held = tmp_path / "held"
    held.mkdir()
    (held / "a.txt").write_text("".join(lines[:200]))
    (held / "b.txt").write_text("".join(lines[200:400]))
    (tmp_path / "one.txt").write_text("".join(lines[:400]))
    found = {}
    for name in ("one.txt", "held", "held/*.txt"):
        found[name] = run_of(text, heldout=str(tmp_path / name))[1]
    assert found["held"] == found["held/*.txt"]
    assert found["one.txt"]
    # Blocks end with files, and each has random numbers of its own for windows and subsampling.
    assert found["held"][-1].nce_loss == pytest.approx(found["one.txt"][-1].nce_loss, abs=0.2)


@pytest.mark.parametrize("name", ["held", "held/*.txt", "held/a.txt"])
def test_held_out_files_are_not_overwritten(text: Path, name: str) -> None:
    Path("held").mkdir()
    for each in ("held/a.txt", "held/b.txt"):
        Path(each).write_text("a b\n")
    asked = ("train", text, "--heldout", name)
    assert_refused(w2v_nce(*asked, "-o", "held/a.txt"), "held/a.txt is the file of --heldout")
    assert_refused(
        w2v_nce(*asked, "--save-model", "held"), "--save-model held would replace held/a.txt"
    )
    assert Path("held/a.txt").read_text() == "a b\n"


def test_standard_input_is_the_corpus_or_held_out() -> None:
    assert_refused(w2v_nce("train", "-", "--heldout", "-", input="a b\n"), "is named twice")
    assert_refused(w2v_nce("train", "-", "--heldout", "no*.txt", input=""), "no*.txt: no file has")
