"""Analogies and similarity against slow code, gensim and SciPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import write_lines
from w2v_nce.embeddings import Embeddings
from w2v_nce.errors import FormatError
from w2v_nce.evaluation import (
    AnalogyTask,
    PairTask,
    evaluate_analogies,
    evaluate_pairs,
    read_task,
)
from w2v_nce.evaluation.analogies import EPSILON
from w2v_nce.evaluation.similarity import ranks

WORDS = [f"w{i}" for i in range(60)]


@pytest.fixture
def embeddings() -> Embeddings:
    return Embeddings(WORDS, np.random.default_rng(1).normal(size=(60, 4)).astype(np.float32))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Random questions, some with unknown words; the nearest word is often the fourth."""
    generator = np.random.default_rng(2)
    lines = [": one"]
    for i in range(2000):
        if i == 1250:
            lines.append(": gram-two")
        lines.append(" ".join(f"W{j}" for j in generator.choice(63, 4, replace=False)))
    return write_lines(tmp_path / "questions.txt", lines)


def naive_answer(embeddings: Embeddings, a: str, b: str, c: str, method: str, limit: int) -> str:
    unit = embeddings.vectors / np.linalg.norm(embeddings.vectors, axis=1, keepdims=True)
    index = {word: i for i, word in enumerate(embeddings.words)}
    best, answer = -np.inf, ""
    for word in embeddings.words[:limit]:
        if word in (a, b, c):
            continue
        near = {x: float(unit[index[word]] @ unit[index[x]]) for x in (a, b, c)}
        score = near[b] - near[a] + near[c]
        if method == "mul":
            moved = {x: (cosine + 1) / 2 for x, cosine in near.items()}
            score = moved[b] * moved[c] / (moved[a] + EPSILON)
        if score > best:
            best, answer = score, word
    return answer


@pytest.mark.parametrize("limit", [None, 40])
@pytest.mark.parametrize("method", ["add", "mul"])
def test_answers_are_those_of_slow_code(embeddings, questions, method, limit) -> None:
    task = read_task(questions)
    assert isinstance(task, AnalogyTask)
    known = set(WORDS[: limit or 60])
    correct = answered = 0
    for section in task.sections.values():
        for question in section:
            a, b, c, d = (word.lower() for word in question)
            if {a, b, c, d} <= known:
                answered += 1
                correct += naive_answer(embeddings, a, b, c, method, limit or 60) == d
    report = evaluate_analogies(embeddings, task, method, limit)
    assert (report.total.correct, report.total.answered, report.total.total) == (
        correct,
        answered,
        2000,
    )
    assert 0 < correct < answered < 2000
    assert report.semantic.total == 1250
    assert report.syntactic.total == 750


def test_analogies_agree_with_gensim(embeddings, questions) -> None:
    theirs = KeyedVectors(4)
    theirs.add_vectors(WORDS, embeddings.vectors)
    accuracy, sections = theirs.evaluate_word_analogies(str(questions), restrict_vocab=50)
    report = evaluate_analogies(embeddings, read_task(questions), restrict_vocab=50)
    assert report.total.accuracy == pytest.approx(accuracy)
    assert report.total.correct == len(sections[-1]["correct"])


def test_case_counts_if_asked(embeddings, questions) -> None:
    report = evaluate_analogies(embeddings, read_task(questions), fold_case=False)
    assert report.total.answered == 0
    assert report.total.accuracy is None
    assert report.total.coverage == 0


def test_of_words_that_fold_to_one_the_most_frequent_counts() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0.1]], np.float32)
    embeddings = Embeddings(["The", "other", "the"], vectors)
    near = evaluate_pairs(embeddings, PairTask([("THE", "other", 1.0), ("the", "The", 2.0)]))
    assert near.found == 2
    assert near.pearson == pytest.approx(1)  # cosines 0 and 1: "the" means "The"


@pytest.mark.parametrize("separator", [" ", "\t", ",", ";", ", ", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["", "word1{}word2{}score", "# a comment"])
def test_dialects_of_pairs(tmp_path: Path, separator: str, end: str, header: str) -> None:
    lines = [header.format(separator, separator)] * bool(header)
    lines += [separator.join(fields) for fields in (("sun", "moon", "7.5"), ("a", "b", "-1"))]
    (tmp_path / "pairs").write_bytes("".join(line + end for line in lines).encode("utf-8-sig"))
    assert read_task(tmp_path / "pairs") == PairTask([("sun", "moon", 7.5), ("a", "b", -1.0)])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b": only\n: sections\n", "no questions"),
        (b": s\na b c d\na b c\n", "line 3: a question has four words, found 3: 'a b c'"),
        (b"a b 1\na b\n", "line 2: two words and a number"),
        (b"a b 1\na b nan\n", "line 2: two words and a number"),
        (b"just\nwords\n", "line 1: two words and a number"),
        (b"a b 1\n\xff\xfe 2\n", "byte 6: not UTF-8"),
    ],
)
def test_malformed_tasks_are_named(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "task").write_bytes(content)
    with pytest.raises(FormatError, match=problem):
        read_task(tmp_path / "task")


def test_a_missing_task_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="No such file"):
        read_task(tmp_path / "task")


def test_pairs_agree_with_scipy_and_gensim(embeddings, tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    pairs = [(*generator.choice(WORDS, 2), float(generator.integers(0, 6))) for _ in range(80)]
    task = PairTask([*pairs, ("w1", "unknown", 3.0)])
    report = evaluate_pairs(embeddings, task)
    cosines = [float(embeddings.unit[embeddings.index[a]] @ embeddings.unit[embeddings.index[b]])
               for a, b, _ in pairs]  # fmt: skip
    scores = [score for *_, score in pairs]
    assert report.spearman == pytest.approx(scipy.stats.spearmanr(cosines, scores)[0])
    assert report.pearson == pytest.approx(scipy.stats.pearsonr(cosines, scores)[0])
    assert (report.found, report.total) == (80, 81)
    theirs = KeyedVectors(4)
    theirs.add_vectors(WORDS, embeddings.vectors)
    path = write_lines(tmp_path / "pairs.tsv", ["\t".join(map(str, pair)) for pair in task.pairs])
    pearson, spearman, missing = theirs.evaluate_word_pairs(str(path))
    assert report.pearson == pytest.approx(pearson[0], rel=1e-5)
    assert report.spearman == pytest.approx(spearman[0], rel=1e-5)
    assert missing == pytest.approx(100 / 81)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_ranks_are_those_of_scipy(values: list[int]) -> None:
    np.testing.assert_array_equal(ranks(np.array(values, float)), scipy.stats.rankdata(values))


@pytest.mark.parametrize(
    "pairs",
    [[("w1", "w2", 1.0)], [("w1", "w2", 3.0), ("w3", "w4", 3.0)], [("no", "none", 1.0)] * 3],
)
def test_without_variance_there_is_no_correlation(embeddings, pairs) -> None:
    report = evaluate_pairs(embeddings, PairTask(pairs))
    assert report.spearman is None
    assert report.pearson is None


@pytest.mark.parametrize(
    ("name", "kind", "size"),
    [
        ("questions-words.txt", AnalogyTask, 19_544),
        ("EN-MEN-TR-3k.txt", PairTask, 3_000),
        ("EN-WS-353-ALL.txt", PairTask, 353),
        ("EN-SIMLEX-999.txt", PairTask, 999),
    ],
)
def test_real_sets_are_read_whole(shared_data: Path, name: str, kind: type, size: int) -> None:
    task = read_task(shared_data / name)
    assert isinstance(task, kind)
    if isinstance(task, AnalogyTask):
        assert len(task.sections) == 14
        assert sum(map(len, task.sections.values())) == size
    else:
        assert len(task.pairs) == size
