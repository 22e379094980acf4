"""Training that starts from what is known already."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.command_line import w2v_nce
from tests.helpers import write_lines
from tests.processes import assert_refused
from w2v_nce.corpus.sources import Corpus
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import ConfigError, FormatError
from w2v_nce.files.word_lists import read_words
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.checkpoints import Checkpoints, newest_checkpoint
from w2v_nce.training.hot_rows import MOST
from w2v_nce.training.memory import available_memory, needed_memory, refuse_too_much
from w2v_nce.training.pretrained import Pretrained
from w2v_nce.training.run import Training, train

SETTINGS: dict[str, Any] = {"dim": 10, "min_count": 1, "threads": 1, "epochs": 2, "sample": 0.0}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text(tmp_path_factory.mktemp("old") / "old.txt", range(30))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text with words of its own, and without some of the old ones."""
    return text(tmp_path_factory.mktemp("new") / "new.txt", range(20, 50))


def text(path: Path, numbers: range) -> Path:
    generator = np.random.default_rng(len(path.name))
    return write_lines(
        path, (" ".join(f"w{i}" for i in generator.choice(numbers, 8)) for _ in range(500))
    )


def run_of(corpus: Path, start: Pretrained | None, **options: Any) -> Training:
    """Prepare a run and train it."""
    settings = {**SETTINGS, **options.pop("settings", {})}
    run = Training(Corpus.open([corpus]), TrainConfig(**settings), start=start, **options)
    for _ in run:
        pass
    return run


def rows(model: Model, words: list[bytes]) -> list[int]:
    return [model.vocabulary.index[word] for word in words]


@pytest.mark.parametrize("loss", ["nce", "ns"])
def test_vectors_are_where_their_words_begin(new: Path, old: Path, loss: str) -> None:
    """At a learning rate of next to nothing that is also where they end."""
    given = train(old, TrainConfig(**SETTINGS)).embeddings
    settings = {"learning_rate": 1e-12, "loss": loss}
    model = run_of(new, Pretrained("vectors", given), settings=settings).finished_model()
    fresh = Model.initial(model.config, model.vocabulary)
    for row, word in enumerate(model.vocabulary.words):
        expected = fresh.input_vectors[row]
        if word.decode() in given:
            expected = given[word.decode()]
        np.testing.assert_allclose(model.input_vectors[row], expected, atol=1e-7)
    assert len(model.vocabulary) == 30


@pytest.mark.parametrize("normalizer", ["one", "constant", "per-word"])
def test_a_model_gives_its_words_all_it_has(new: Path, old: Path, normalizer: str) -> None:
    before = train(old, TrainConfig(**SETTINGS, normalizer=normalizer))
    before.save("model")
    settings = {"learning_rate": 1e-12, "normalizer": normalizer}
    run = run_of(new, Pretrained.load("model"), settings=settings)
    model = run.finished_model()
    assert model.vocabulary.words == before.vocabulary.words
    for now, then in zip(model.parameters, before.parameters, strict=True):
        np.testing.assert_allclose(now, then, atol=1e-6)
    # The learning rate falls with what is known of the new text, not with the old counts.
    known = [word for word in new.read_bytes().split() if word in before.vocabulary.index]
    assert run.epoch_words == len(known)
    assert run.share_done == 1


def test_a_vocabulary_is_extended(new: Path, old: Path) -> None:
    before = train(old, TrainConfig(**SETTINGS))
    before.save("model")
    start = Pretrained.load("model", extended=True)
    model = run_of(new, start, settings={"learning_rate": 1e-12}).finished_model()
    together = (old.read_bytes() + new.read_bytes()).split()
    expected = {word: together.count(word) for word in set(together)}
    found = dict(zip(model.vocabulary.words, model.vocabulary.counts.tolist(), strict=True))
    assert found == expected
    words = before.vocabulary.words
    ids, old_ids = rows(model, words), rows(before, words)
    np.testing.assert_allclose(model.output_vectors[ids], before.output_vectors[old_ids], atol=1e-7)
    np.testing.assert_allclose(model.bias[ids], before.bias[old_ids], atol=1e-6)
    others = rows(model, sorted(expected.keys() - set(words)))
    assert len(others) == 20
    assert np.abs(model.output_vectors[others]).max() < 1e-7


@pytest.mark.parametrize("threads", [1, 3])
def test_frozen_vectors_stay_to_the_byte_and_others_do_not(
    new: Path, old: Path, threads: int
) -> None:
    given = train(old, TrainConfig(**SETTINGS)).embeddings
    start = Pretrained("vectors", given)
    settings = {"threads": threads, "architecture": "skipgram", "epochs": 5}
    frozen = [word for word in start.words if word < b"w25"]
    run = run_of(new, start, freeze=frozen, settings=settings)
    model = run.finished_model()
    moved = 0
    for row, word in enumerate(model.vocabulary.words):
        same = word.decode() in given and bool(
            (model.input_vectors[row] == given[word.decode()]).all()
        )
        assert same == (word in frozen)
        moved += not same
    assert moved > 20
    assert model.output_vectors.any(axis=1).all()


def test_what_is_frozen_stays_so_after_a_checkpoint(new: Path, old: Path) -> None:
    given = train(old, TrainConfig(**SETTINGS)).embeddings
    start = Pretrained("vectors", given)
    whole = run_of(new, start, freeze=start.words)
    checkpoints = Checkpoints("run")
    half = Training(Corpus.open([new]), whole.config, start=start, freeze=start.words)
    for _ in half:
        pass
    checkpoints.save(half.checkpoint)
    saved = newest_checkpoint("run")
    assert saved.frozen is not None
    assert saved.epoch_words == 4000
    earlier = saved.position._replace(epoch=1, chunk=0, words=4000)
    resume = dataclasses.replace(saved, position=earlier)
    model = run_of(new, None, resume=resume).finished_model()
    ids = rows(model, [word for word in start.words if word in model.vocabulary.index])
    expected = whole.finished_model()
    assert (model.input_vectors[ids] == expected.input_vectors[ids]).all()
    assert (model.input_vectors != expected.input_vectors).any()


def test_what_does_not_fit_is_refused(new: Path, old: Path, tmp_path: Path) -> None:
    vectors = Embeddings(["w20", "w21"], np.ones((2, 7)))
    with pytest.raises(ConfigError, match="`dim` is 10, but the vectors of v have 7 numbers"):
        run_of(new, Pretrained("v", vectors))
    with pytest.raises(FormatError, match="v has none of the words of the text"):
        run_of(new, Pretrained("v", Embeddings(["a", "b"], np.ones((2, 10)))))
    with pytest.raises(FormatError, match="none of the words of `freeze`"):
        run_of(new, None, freeze=[b"nowhere"])
    vectors.save("v.bin")
    with pytest.raises(ConfigError, match=r"`extended` needs .* v\.bin is none"):
        Pretrained.load("v.bin", extended=True)
    words = write_lines(tmp_path / "words", ["one", "", "two words"])
    with pytest.raises(FormatError, match="words, line 3: 'two words' is not one word"):
        read_words(words)
    with pytest.raises(FormatError, match="No such file"):
        read_words(tmp_path / "nowhere")


def test_the_command_takes_the_size_from_the_vectors(new: Path, old: Path) -> None:
    arguments = ("--min-count", 1, "--epochs", 1, "-q")
    assert w2v_nce("train", old, *arguments, "--dim", 7, "-o", "old.txt").returncode == 0
    again = ("train", new, *arguments, "--init", "old.txt", "-o", "new.txt")
    result = w2v_nce(*again, "--freeze", "init", "--vectors", "input")
    assert (result.returncode, result.stderr) == (0, "")
    before, after = Embeddings.load("old.txt"), Embeddings.load("new.txt")
    both = [word for word in after.words if word in before]
    assert len(both) == 10
    assert all((before[word] == after[word]).all() for word in both)
    assert_refused(w2v_nce(*again, "--dim", 8), "--dim is 8, but the vectors of old.txt have 7")
    assert_refused(w2v_nce("train", new, "--freeze", "init"), "--freeze init is about")
    assert_refused(w2v_nce("train", new, "--extend-vocab"), "--extend-vocab is about")
    assert_refused(w2v_nce("train", new, "--init", "nowhere"), "nowhere: No such file")


class TestMemory:
    def test_the_estimate_follows_the_matrices(self) -> None:
        def needed(dim: int, threads: int) -> int:
            return needed_memory(TrainConfig(dim=dim, threads=threads), 10**6)

        assert needed(200, 1) - needed(100, 1) == 2 * 10**6 * (200 - 104) * 4
        # Two matrices of copies, and of what was copied, for each thread.
        assert needed(100, 3) - needed(100, 1) == 3 * 4 * MOST * 104 * 4
        assert needed_memory(TrainConfig(dim=8), 10**9) < needed_memory(
            TrainConfig(dim=8, heldout="x", keep_best=True), 10**9
        )

    def test_too_much_is_refused(self) -> None:
        there = available_memory()
        if there is None:
            pytest.skip("this system does not tell how much memory there is")
        refuse_too_much(TrainConfig(), 100)
        with pytest.raises(ConfigError, match=r"takes \d,\d\d\d\.\d GiB .* available; .*`force`"):
            refuse_too_much(TrainConfig(), 10**9)

    def test_control_groups_of_both_kinds(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The tightest group counts; files in memory are given up when there is need."""
        import w2v_nce.training.memory as memory

        (tmp_path / "own").write_text("4:memory:/a/b\n1:cpu:/\n0::/c\n")
        for name, limit, used in (
            ("memory/a", "memory.limit_in_bytes", "memory.usage_in_bytes"),
            ("c", "memory.max", "memory.current"),
        ):
            (tmp_path / name).mkdir(parents=True)
            (tmp_path / name / limit).write_text("5000\n")
            (tmp_path / name / used).write_text("3000\n")
            (tmp_path / name / "memory.stat").write_text("anon 7\ninactive_file 500\n")
        (tmp_path / "c" / "memory.max").write_text("max\n")
        monkeypatch.setattr(memory, "OWN_CGROUPS", tmp_path / "own")
        monkeypatch.setattr(memory, "CGROUPS", tmp_path)
        assert available_memory() == 2500
        (tmp_path / "c" / "memory.max").write_text("4000\n")
        assert available_memory() == 1500


def test_the_command_goes_on_as_the_model_began(new: Path, old: Path) -> None:
    arguments = ("--min-count", 1, "--epochs", 1, "-q", "--loss", "ns", "--lowercase")
    made = w2v_nce("train", old, *arguments, "--arch", "skipgram", "--dim", 7, "--save-model", "a")
    assert made.returncode == 0, made.stderr
    again = ("train", new, "--min-count", 1, "--epochs", 1, "-q", "--init", "a")
    result = w2v_nce(*again, "--save-model", "b", "--loss", "nce")
    assert (result.returncode, result.stderr) == (0, "")
    config = Model.load("b").config
    assert (config.architecture, config.dim, config.lowercase) == ("skipgram", 7, True)
    assert config.loss == "nce"


def test_what_a_run_starts_from_gives_way_to_what_it_learns_alone(
    new: Path, tmp_path: Path
) -> None:
    Embeddings(["w20", "w21"], np.ones((2, 3))).save("v.bin")
    for option in ("--log", "--report", "--save-config"):
        result = w2v_nce("train", new, "--init", "v.bin", "-o", "new.bin", option, "./v.bin")
        assert_refused(result, f"./v.bin is the file of --init; choose another name with {option}")
    assert len(Embeddings.load("v.bin")) == 2
    quick = ("--min-count", 1, "--epochs", 1, "-q", "--threads", 1)
    for start in ("v.bin", "model"):
        result = w2v_nce(
            "train", new, *quick, "--init", start, "-o", "v.bin", "--save-model", "model"
        )
        assert (result.returncode, result.stderr) == (0, "")
    assert len(Embeddings.load("v.bin")) == len(Embeddings.load("model")) > 2
