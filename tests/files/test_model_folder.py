"""Model folders: what is written is read again, and damage is named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import FormatError, OutputError, W2vNceError
from w2v_nce.files.model_folder import ModelFolder
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig

WORDS = [b"the", b"caf\xc3\xa9", b"\xff\xfe", b"\xc2\xa0", b"7"]


@pytest.fixture
def model() -> Model:
    vocabulary = Vocabulary(WORDS, np.array([90, 40, 9, 9, 5]), 160, 12)
    model = Model.initial(TrainConfig(dim=5, noise_power=0.5, seed=3), vocabulary)
    model.parameters.output[:, :5] = np.random.default_rng(0).normal(size=(5, 5))
    return model


def test_round_trip(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    loaded = Model.load(tmp_path / "model")
    assert loaded.config == model.config.resolved
    assert loaded.vocabulary.words == WORDS
    assert (loaded.vocabulary.corpus_words, loaded.vocabulary.corpus_types) == (160, 12)
    assert loaded.noise.bits == model.noise.bits
    for mine, theirs in [
        (loaded.vocabulary.counts, model.vocabulary.counts),
        (loaded.noise.units, model.noise.units),
        (loaded.input_vectors, model.input_vectors),
        (loaded.output_vectors, model.output_vectors),
        (loaded.bias, model.bias),
        (loaded.vectors, model.vectors),
    ]:
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("normalizer", ["constant", "per-word"])
def test_normalizers_are_kept(model: Model, tmp_path: Path, normalizer: str) -> None:
    config = TrainConfig(dim=8, normalizer=normalizer)
    learned = Model.initial(config, model.vocabulary)
    learned.parameters.log_z[:] = 0.25
    learned.parameters.input[:, 8:9] = [[1], [2], [3], [4], [5]]
    learned.save(tmp_path / "model")
    loaded = Model.load(tmp_path / "model").normalizer
    expected = [0.25] * 5 if normalizer == "constant" else [1, 2, 3, 4, 5]
    assert loaded is not None
    assert loaded.tolist() == expected
    assert learned.output_vectors.shape == (5, 8)


def test_matrices_are_mapped_and_plain_numpy_files(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    assert isinstance(Model.load(tmp_path / "model").parameters.input, np.memmap)
    plain = np.load(tmp_path / "model" / "output.npy")
    assert plain.shape == (5, 5)
    assert plain.dtype == np.float32
    assert plain.flags.c_contiguous


def test_nothing_is_there_before_the_commit_and_nothing_is_left_without_one(
    model: Model, tmp_path: Path
) -> None:
    with ModelFolder(tmp_path / "model"):
        assert not (tmp_path / "model").exists()
    assert list(tmp_path.iterdir()) == []


def test_an_older_model_is_replaced(model: Model, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()  # an empty folder may be replaced, too
    for seed in (1, 2):
        vocabulary = model.vocabulary
        Model.initial(TrainConfig(dim=4, seed=seed), vocabulary).save(tmp_path / "model")
        assert Model.load(tmp_path / "model").config.seed == seed
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_link_to_a_folder_is_followed(model: Model, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("place")
    model.save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "place" / "model.json").is_file()


def test_what_is_no_model_is_not_replaced(model: Model, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    (tmp_path / "file").write_text("")
    model.save(tmp_path / "mine")
    (tmp_path / "mine" / "vectors.bin").write_text("")
    for name, message in [
        ("letters", "letters holds 'dear.txt', which is not of a model"),
        ("mine", "mine holds 'vectors.bin', which is not of a model"),
        ("file", "file is not a folder"),
    ]:
        with pytest.raises(OutputError, match=message):
            ModelFolder(tmp_path / name)
    with pytest.raises(OutputError, match="there is no folder"):
        ModelFolder(tmp_path / "nowhere" / "model")
    assert (tmp_path / "letters" / "dear.txt").read_text() == "dear"


def test_what_comes_meanwhile_is_not_lost(model: Model, tmp_path: Path) -> None:
    with ModelFolder(tmp_path / "model") as folder:
        (tmp_path / "model").write_text("vectors")
        with pytest.raises(OutputError, match="model is not a folder"):
            folder.save(model.stored)
    assert (tmp_path / "model").read_text() == "vectors"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_old_model_is_back_if_the_new_one_cannot_be_placed(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.save(tmp_path / "model")
    rename, calls = Path.rename, []

    def fail_once(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(5, "disk failure")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(W2vNceError, match="disk failure"):
        Model.initial(TrainConfig(dim=2), model.vocabulary).save(tmp_path / "model")
    assert Model.load(tmp_path / "model").config.dim == 5
    assert len(list(tmp_path.iterdir())) == 1


def change(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def damage_description(folder: Path) -> None:
    (folder / "model.json").write_text("{")


def damage_version(folder: Path) -> None:
    change(folder / "model.json", format_version=2)


def damage_config(folder: Path) -> None:
    change(folder / "model.json", config={"dim": -5})


def damage_setting(folder: Path) -> None:
    change(folder / "model.json", config={"colour": "red"})


def damage_word(folder: Path) -> None:
    (folder / "vocabulary.txt").write_bytes(b"the 5\na b c\n")


def damage_words(folder: Path) -> None:
    (folder / "vocabulary.txt").write_bytes(b"the 5\nof 3\n")


def damage_twice(folder: Path) -> None:
    (folder / "vocabulary.txt").write_bytes(b"the 5\n" * 5)


def damage_count(folder: Path) -> None:
    (folder / "vocabulary.txt").write_bytes(b"the 5\nof 0\n")


def damage_empty(folder: Path) -> None:
    (folder / "bias.npy").write_bytes(b"")


def damage_zip(folder: Path) -> None:
    np.savez(folder / "bias.npz", bias=np.zeros(5, np.float32))
    (folder / "bias.npz").rename(folder / "bias.npy")


def damage_noise(folder: Path) -> None:
    np.save(folder / "noise.npy", np.arange(5))


def damage_type(folder: Path) -> None:
    np.save(folder / "bias.npy", np.zeros(5))


def damage_end(folder: Path) -> None:
    file = folder / "output.npy"
    file.write_bytes(file.read_bytes()[:-4])


def damage_all(folder: Path) -> None:
    (folder / "input.npy").unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_description, "model.json does not describe a model"),
        (damage_version, "model.json: format version 2; this program reads 1"),
        (damage_config, "model.json: `dim` is -5"),
        (damage_setting, "model.json does not describe a model: .*colour"),
        (damage_word, "vocabulary.txt, line 2: 'a b c' is not a word and its count"),
        (damage_words, r"noise.npy holds \(5,\) int64; \(2,\) int64 is needed"),
        (damage_noise, "noise.npy: these are not the units of a distribution"),
        (damage_type, r"bias.npy holds \(5,\) float64; \(5,\) float32 is needed"),
        (damage_end, "output.npy is not a NumPy array, or only a part of one"),
        (damage_all, "input.npy: No such file"),
        (damage_twice, "vocabulary.txt has a word twice"),
        (damage_count, "vocabulary.txt, line 2: 'of 0' is not a word and its count"),
        (damage_empty, "bias.npy is not a NumPy array"),
        (damage_zip, "bias.npy is not a NumPy array"),
    ],
)
def test_damage_is_named(model: Model, tmp_path: Path, damage, message: str) -> None:
    model.save(tmp_path / "model")
    damage(tmp_path / "model")
    with pytest.raises(FormatError, match=message):
        Model.load(tmp_path / "model")


def test_what_is_no_model_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vectors.bin").write_bytes(b"2 2\n")
    with pytest.raises(FormatError, match=r"is not a model folder: there is no model\.json in it"):
        Model.load(tmp_path)
    with pytest.raises(FormatError, match=r"vectors\.bin is not a folder"):
        Model.load(tmp_path / "vectors.bin")
    with pytest.raises(FormatError, match="nowhere: there is no such model folder"):
        Model.load(tmp_path / "nowhere")


def test_a_folder_from_before_there_were_combiners_has_means(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    file = tmp_path / "model" / "model.json"
    config = json.loads(file.read_text())["config"]
    assert config.pop("combiner") == "sqrtn"
    change(file, config=config)
    assert Model.load(tmp_path / "model").config.combiner == "mean"
