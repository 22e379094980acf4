from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest

import w2v_nce
from w2v_nce.demo.grammar import FAMILIES, pseudo_words, sentences, vocabulary, zipf_stream
from w2v_nce.demo.world import World, shuffle_words, write_world

WORDS = 2_000_000


def questions(world: World) -> dict[str, list[list[str]]]:
    sections: dict[str, list[list[str]]] = {}
    for line in world.analogies.read_text().splitlines():
        if line.startswith(": "):
            section = sections.setdefault(line[2:], [])
        else:
            section.append(line.split(" "))
    return sections


def pairs(world: World) -> list[tuple[str, str, float]]:
    rows = [line.split("\t") for line in world.pairs.read_text().splitlines()]
    return [(a, b, float(score)) for a, b, score in rows]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("world"), WORDS)


@pytest.fixture(scope="module")
def counts(world: World) -> Counter[str]:
    return Counter(world.corpus.read_text().split())


# --- The files -------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [1, 500, 20_000])
def test_corpus_ends_with_the_sentence_that_reaches_the_size(tmp_path: Path, words: int) -> None:
    lines = write_world(tmp_path, words).corpus.read_text().splitlines()
    lengths = [len(line.split()) for line in lines]
    assert sum(lengths) >= words > sum(lengths[:-1])


def test_size_is_within_one_percent(counts: Counter[str]) -> None:
    assert counts.total() == pytest.approx(WORDS, rel=0.01)


def test_files_are_plain(world: World) -> None:
    for path in (world.corpus, world.analogies, world.pairs):
        data = path.read_bytes()
        assert data.isascii()
        assert data.endswith(b"\n")
        assert b"\r" not in data
    text = world.corpus.read_text()
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz \n")
    assert "  " not in text
    assert "\n\n" not in text


def test_folder_is_made_and_an_old_world_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "world"
    write_world(folder, 1_000, seed=2)
    write_world(folder, 500, seed=1)
    assert digests(folder) == digests(write_world(tmp_path / "other", 500, seed=1).corpus.parent)


def test_sentences_are_of_a_readable_length(world: World) -> None:
    lengths = np.array([len(line.split()) for line in world.corpus.read_text().splitlines()])
    assert lengths.min() >= 5
    assert lengths.max() <= 25
    assert 10 <= lengths.mean() <= 16


# --- Determinism -----------------------------------------------------------------------------

SCRIPT = (
    "import sys; from pathlib import Path; from w2v_nce.demo import write_world;"
    " write_world(Path(sys.argv[1]), 20_000, seed=7)"
)


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_same_seed_gives_the_same_bytes_in_any_process(tmp_path: Path, hash_seed: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    write_world(here, 20_000, seed=7)
    root = str(Path(w2v_nce.__file__).parents[1])  # so that it need not be installed
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", SCRIPT, str(there)], check=True, env=environment)
    assert digests(here) == digests(there)


def test_the_default_world_is_the_one_that_was_measured(world: World) -> None:
    """Any change to the tables or the grammar shows here: measure the demo again after one."""
    digest = hashlib.sha256(world.corpus.read_bytes()).hexdigest()
    assert digest.startswith("1649d9f068f28f68")


def test_seeds_differ(tmp_path: Path) -> None:
    one, two = (write_world(tmp_path / str(seed), 2_000, seed) for seed in (1, 2))
    assert one.corpus.read_bytes() != two.corpus.read_bytes()


# --- The language ----------------------------------------------------------------------------


def test_filler_follows_zipfs_law(counts: Counter[str]) -> None:
    known = vocabulary()
    frequencies = sorted((n for word, n in counts.items() if word not in known), reverse=True)
    assert 0.1 < sum(frequencies) / counts.total() < 0.4
    ranks = np.arange(10, 1_000)
    slope = np.polyfit(np.log(ranks + 1), np.log(np.array(frequencies)[ranks]), 1)[0]
    assert slope == pytest.approx(-1.0, abs=0.05)


def test_vocabulary_has_thousands_of_words(counts: Counter[str]) -> None:
    assert 5_000 <= sum(count >= 5 for count in counts.values()) <= 10_000


def test_pseudo_words_are_distinct_and_never_real() -> None:
    before = pseudo_words(Random(1), frozenset(), 100)
    after = pseudo_words(Random(1), frozenset(before), 100)
    assert len(set(before)) == 100
    assert not set(before) & set(after)


def test_zipf_stream_prefers_the_first_words() -> None:
    drawn = Counter(islice(zipf_stream(Random(1), ["a", "b", "c"]), 11_000))
    assert drawn["a"] == pytest.approx(6_000, rel=0.05)
    assert drawn["b"] == pytest.approx(3_000, rel=0.05)
    assert drawn["c"] == pytest.approx(2_000, rel=0.08)


def test_each_word_of_the_tables_has_one_place() -> None:
    rows = [row.forms + row.traits for family in FAMILIES for row in family.rows]
    words = Counter(word for row in rows for word in row)
    assert [word for word, count in words.items() if count > 1] == []
    forms = [form for family in FAMILIES for form in family.forms]
    grammar = {word for form in forms for line in form.templates for word in line}
    grammar |= {cue for form in forms for cue in form.cues}
    assert sorted(grammar & set(words)) == []


def test_rows_have_a_form_for_each_column_and_traits() -> None:
    for family in FAMILIES:
        assert {len(row.forms) for row in family.rows} == {len(family.forms)}
        assert min(len(row.traits) for row in family.rows) >= 4


def test_no_sentence_states_a_relation() -> None:
    row_of = {form: row for family in FAMILIES for row in family.rows for form in row.forms}
    for sentence in islice(sentences(Random(1), zipf_stream(Random(1), ["bim"])), 10_000):
        rows = [row_of[word] for word in sentence if word in row_of]
        assert len(rows) <= 1, sentence


# --- The questions ---------------------------------------------------------------------------


def test_sections(world: World) -> None:
    sections = questions(world)
    assert len(sections) == 7
    assert any(name.startswith("gram") for name in sections)
    assert not all(name.startswith("gram") for name in sections)
    for asked in sections.values():
        assert 300 <= len(asked) <= 500
        assert len({(a, b) for a, b, _, _ in asked}) >= 12


def test_questions_are_well_formed(world: World) -> None:
    everything = [tuple(asked) for section in questions(world).values() for asked in section]
    assert all(len(set(asked)) == 4 for asked in everything)
    assert len(set(everything)) == len(everything)


def test_pairs_are_well_formed(world: World) -> None:
    scored = pairs(world)
    assert len(scored) == 150
    assert all(0 <= score <= 10 and a != b for a, b, score in scored)
    assert len({frozenset((a, b)) for a, b, _ in scored}) == 150
    assert len({score for _, _, score in scored}) >= 4


def test_every_word_asked_for_is_frequent(world: World, counts: Counter[str]) -> None:
    asked = {word for section in questions(world).values() for line in section for word in line}
    paired = {word for a, b, _ in pairs(world) for word in (a, b)}
    rare = [w for w in sorted(asked | paired | {*world.showcase}) if counts[w] < 50]
    assert rare == []


# --- Shuffling -------------------------------------------------------------------------------


def test_shuffling_keeps_the_words_and_the_line_lengths(tmp_path: Path) -> None:
    source, target = write_world(tmp_path, 20_000).corpus, tmp_path / "shuffled.txt"
    shuffle_words(source, target)
    before, after = source.read_text(), target.read_text()
    assert before != after
    assert Counter(before.split()) == Counter(after.split())
    assert [len(line.split()) for line in before.splitlines()] == [
        len(line.split()) for line in after.splitlines()
    ]


def test_shuffling_is_deterministic_and_has_no_order_left(tmp_path: Path) -> None:
    source = write_world(tmp_path, 20_000).corpus
    targets = [tmp_path / name for name in ("one", "two", "three")]
    for target, seed in zip(targets, (1, 1, 2), strict=True):
        shuffle_words(source, target, seed)
    one, two, three = (target.read_text() for target in targets)
    assert one == two != three
    assert source.read_text().count("in the land of") > 100
    assert one.count("in the land of") < 5
