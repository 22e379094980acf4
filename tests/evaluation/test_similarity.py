"""Word pairs, with SciPy and gensim as oracles."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.evaluation.similarity import evaluate_pairs, pearson, ranks
from w2v_nce.evaluation.tasks import PairTask, read_task

stats = pytest.importorskip("scipy.stats", reason="needs SciPy")

few = st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), min_size=2, max_size=30)
COMPASS = Embeddings(
    ["north", "northeast", "east", "south"],
    np.array([[0, 2], [3, 3], [5, 0], [0, -1]], np.float32),
)


@given(values=st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    np.testing.assert_array_equal(ranks(np.array(values)), stats.rankdata(values))


@given(points=few)
def test_correlations_are_those_of_scipy(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, float).T
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert pearson(x, y) is None
    else:
        assert pearson(x, y) == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-12)
        assert pearson(ranks(x), ranks(y)) == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-12)


@given(points=st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2)))
def test_a_correlation_is_between_minus_one_and_one(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points, float).reshape(-1, 2).T
    result = pearson(x, y)
    assert result is None or -1 <= result <= 1


@pytest.mark.parametrize("scale", [1e-300, 1, 1e300])
def test_no_number_is_too_large_or_too_small(scale: float) -> None:
    x, y = np.array([1.0, -1.0, 0.0]), np.array([1.0, 2.0, 4.0])
    assert pearson(x * scale, y) == pytest.approx(stats.pearsonr(x, y)[0])


class TestPairs:
    def test_cosines_against_scores(self) -> None:
        pairs = [("north", "northeast", 3.0), ("north", "east", 2.0), ("north", "south", 1.0)]
        report = evaluate_pairs(COMPASS, PairTask(pairs))
        assert report.spearman == pytest.approx(1)
        assert report.pearson == pytest.approx(stats.pearsonr([np.sqrt(0.5), 0, -1], [3, 2, 1])[0])
        assert (report.found, report.total, report.coverage) == (3, 3, 1)

    def test_unknown_words_leave_a_pair_out(self) -> None:
        pairs = [("north", "east", 2.0), ("west", "east", 1.0), ("north", "south", 1.0)]
        report = evaluate_pairs(COMPASS, PairTask([*pairs, ("up", "down", 9.0)]))
        assert (report.found, report.total, report.coverage) == (2, 4, 0.5)
        assert report.spearman == pytest.approx(1)

    @pytest.mark.parametrize(("limit", "found"), [(None, 3), (0, 3), (-1, 3), (3, 2), (2, 1)])
    def test_a_part_of_the_vocabulary(self, limit: int | None, found: int) -> None:
        pairs = [("north", "northeast", 1.0), ("north", "east", 2.0), ("north", "south", 3.0)]
        assert evaluate_pairs(COMPASS, PairTask(pairs), limit).found == found

    def test_case(self) -> None:
        task = PairTask([("NORTH", "East", 1.0), ("north", "south", 2.0)])
        assert evaluate_pairs(COMPASS, task).found == 2
        assert evaluate_pairs(COMPASS, task, fold_case=False).found == 1

    @pytest.mark.parametrize(
        "pairs",
        [
            [],
            [("up", "down", 1.0)],
            [("north", "east", 1.0)],
            [("north", "east", 1.0), ("north", "south", 1.0)],
            [("north", "east", 1.0), ("south", "east", 2.0)],
        ],
        ids=["none", "none known", "one", "equal scores", "equal cosines"],
    )
    def test_without_variance_there_is_no_correlation(self, pairs) -> None:
        report = evaluate_pairs(COMPASS, PairTask(pairs))
        assert (report.spearman, report.pearson) == (None, None)
        assert json.loads(json.dumps(report.to_dict()))["spearman"] is None

    def test_the_report_as_plain_values(self) -> None:
        task = PairTask([("north", "northeast", 2.0), ("north", "east", 1.0), ("up", "east", 1.0)])
        document = json.loads(json.dumps(evaluate_pairs(COMPASS, task).to_dict()))
        expected = {"task": "similarity", "coverage": 2 / 3, "found": 2, "total": 3}
        correlations = {"spearman": pytest.approx(1), "pearson": pytest.approx(1)}
        assert document == {**expected, **correlations}


@pytest.mark.parametrize("name", ["EN-WS-353-ALL.txt", "EN-MEN-TR-3k.txt", "EN-SIMLEX-999.txt"])
def test_real_pairs_against_gensim(shared_data: Path, name: str) -> None:
    keyedvectors = pytest.importorskip("gensim.models.keyedvectors", reason="needs gensim")
    task = read_task(shared_data / name)
    assert isinstance(task, PairTask)
    words = sorted({word.lower() for *pair, _ in task.pairs for word in pair})[::2]
    vectors = np.random.default_rng(0).normal(size=(len(words), 5)).astype(np.float32)
    theirs = keyedvectors.KeyedVectors(5)
    theirs.add_vectors(words, vectors)
    tabbed = Path("pairs.tsv")
    tabbed.write_text("".join(f"{a}\t{b}\t{score}\n" for a, b, score in task.pairs))
    expected = theirs.evaluate_word_pairs(str(tabbed))
    report = evaluate_pairs(Embeddings(words, vectors), task)
    assert 2 < report.found < report.total
    assert report.pearson == pytest.approx(expected[0][0], abs=1e-6)
    assert report.spearman == pytest.approx(expected[1][0], abs=1e-6)
    assert 100 * (1 - report.coverage) == pytest.approx(expected[2])


def test_of_words_that_fold_to_one_the_most_frequent_counts() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0.1]], np.float32)
    embeddings = Embeddings(["The", "other", "the"], vectors)
    report = evaluate_pairs(embeddings, PairTask([("THE", "other", 1.0), ("the", "The", 2.0)]))
    assert report.found == 2
    assert report.pearson == pytest.approx(1)  # cosines 0 and 1: "the" means "The"


def test_pairs_agree_with_scipy_and_gensim(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    words = [f"w{i}" for i in range(60)]
    embeddings = Embeddings(words, generator.normal(size=(60, 4)).astype(np.float32))
    pairs = [(*generator.choice(words, 2), float(generator.integers(0, 6))) for _ in range(80)]
    report = evaluate_pairs(embeddings, PairTask([*pairs, ("w1", "unknown", 3.0)]))
    assert (report.found, report.total) == (80, 81)
    rows = np.array([[embeddings.index[a], embeddings.index[b]] for a, b, _ in pairs])
    cosines = (embeddings.unit[rows[:, 0]] * embeddings.unit[rows[:, 1]]).sum(axis=1)
    scores = [score for *_, score in pairs]
    assert report.spearman == pytest.approx(stats.spearmanr(cosines, scores)[0])
    assert report.pearson == pytest.approx(stats.pearsonr(cosines, scores)[0], rel=1e-5)
    theirs = KeyedVectors(4)
    theirs.add_vectors(words, embeddings.vectors)
    path = tmp_path / "pairs.tsv"
    path.write_text("".join("\t".join(map(str, pair)) + "\n" for pair in pairs))
    pearson_there, spearman_there, _ = theirs.evaluate_word_pairs(str(path))
    assert report.pearson == pytest.approx(pearson_there[0], rel=1e-5)
    assert report.spearman == pytest.approx(spearman_there[0], rel=1e-5)
