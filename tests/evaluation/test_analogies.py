"""Analogies: the protocol, against slow and obvious code and against gensim."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tests.helpers import write_lines
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.errors import ConfigError
from w2v_nce.evaluation import analogies
from w2v_nce.evaluation.analogies import Score, evaluate_analogies
from w2v_nce.evaluation.tasks import AnalogyTask, read_task

#: A plane on which b - a + c is d for (man, woman, king, queen).
FAMILY = Embeddings(
    ["man", "woman", "king", "queen", "apple"],
    np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [0, -1, -1]], np.float32),
)
QUEEN = ("man", "woman", "king", "queen")


def task(*questions: tuple[str, str, str, str]) -> AnalogyTask:
    return AnalogyTask({"family": list(questions)})


def random_problem(seed: int) -> tuple[Embeddings, AnalogyTask]:
    """Return 80 words, 500 questions with some unknown words, answers that are often right."""
    generator = np.random.default_rng(seed)
    words = [f"w{i}" for i in range(80)]
    embeddings = Embeddings(words, generator.normal(size=(80, 3)).astype(np.float32))
    drawn = [[f"w{i}" for i in generator.choice(83, 4, replace=False)] for _ in range(500)]
    questions = [(a, b, c, d) for a, b, c, d in drawn]
    return embeddings, AnalogyTask({"one": questions[:200], "gram2-two": questions[200:]})


def slow_answer(embeddings: Embeddings, question: tuple[str, ...], method: str, limit: int) -> str:
    """Look at every word in float64, one after the other."""
    unit = embeddings.vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    a, b, c = (unit[embeddings.index[word]] for word in question[:3])
    scores: dict[str, float] = {}
    for word, vector in zip(embeddings.words[:limit], unit, strict=False):
        if word in question[:3]:
            continue
        if method == "add":
            scores[word] = vector @ b - vector @ a + vector @ c
        else:
            near_a, near_b, near_c = ((vector @ x + 1) / 2 for x in (a, b, c))
            scores[word] = near_b * near_c / (near_a + 0.001)
    return max(scores, key=scores.__getitem__)


@pytest.mark.parametrize("method", ["add", "mul"])
@pytest.mark.parametrize("limit", [80, 60])
@pytest.mark.parametrize("pieces", [(1 << 22, 512, 1024), (1, 7, 5), (500, 100, 3)])
def test_against_slow_code(monkeypatch, method: str, limit: int, pieces) -> None:
    for name, value in zip(("COSINES", "QUESTIONS", "CANDIDATES"), pieces, strict=True):
        monkeypatch.setattr(analogies, name, value)
    embeddings, questions = random_problem(limit)
    known = set(embeddings.words[:limit])
    report = evaluate_analogies(embeddings, questions, method, limit)
    for name, section in questions.sections.items():
        answered = [question for question in section if known.issuperset(question)]
        right = [slow_answer(embeddings, q, method, limit) == q[3] for q in answered]
        assert 0 < sum(right) < len(answered) < len(section)
        assert report.sections[name] == Score(sum(right), len(answered), len(section))


@pytest.mark.parametrize("fold_case", [True, False])
def test_against_gensim(tmp_path: Path, fold_case: bool) -> None:
    keyedvectors = pytest.importorskip("gensim.models.keyedvectors", reason="needs gensim")
    embeddings, questions = random_problem(1)
    lines = []
    for name, section in questions.sections.items():
        lines += [f": {name}", *(" ".join(question) for question in section)]
    lines = [
        line.upper() if i % 3 == 0 and line[0] != ":" else line for i, line in enumerate(lines)
    ]
    path = write_lines(tmp_path / "questions.txt", lines)
    theirs = keyedvectors.KeyedVectors(embeddings.dim)
    theirs.add_vectors(list(embeddings.words), embeddings.vectors)
    _, expected = theirs.evaluate_word_analogies(str(path), 60, case_insensitive=fold_case)
    ours = evaluate_analogies(embeddings, read_task(path), "add", 60, fold_case)
    for section in expected[:-1]:
        right, wrong = len(section["correct"]), len(section["incorrect"])
        score = ours.sections[section["section"]]
        assert (score.correct, score.answered) == (right, right + wrong)
        assert right > 0


def test_real_questions_against_gensim(shared_data: Path) -> None:
    keyedvectors = pytest.importorskip("gensim.models.keyedvectors", reason="needs gensim")
    path = shared_data / "questions-words.txt"
    questions = read_task(path)
    assert isinstance(questions, AnalogyTask)
    words = sorted({w for section in questions.sections.values() for q in section for w in q})
    vectors = np.random.default_rng(0).normal(size=(len(words), 4)).astype(np.float32)
    theirs = keyedvectors.KeyedVectors(4)
    theirs.add_vectors(words, vectors)
    _, expected = theirs.evaluate_word_analogies(str(path), 700, case_insensitive=False)
    ours = evaluate_analogies(
        Embeddings(words, vectors), questions, restrict_vocab=700, fold_case=False
    )
    assert ours.total.total == 19_544
    assert 0 < ours.total.correct < ours.total.answered < 19_544
    assert ours.total.correct == len(expected[-1]["correct"])
    assert ours.total.answered == len(expected[-1]["correct"]) + len(expected[-1]["incorrect"])


@pytest.mark.parametrize("method", ["add", "mul"])
class TestProtocol:
    def test_a_right_answer(self, method: str) -> None:
        report = evaluate_analogies(FAMILY, task(QUEEN), method)
        assert report.total == Score(1, 1, 1)
        assert (report.method, report.vocabulary) == (method, 5)

    def test_words_of_the_question_are_no_answers(self, method: str) -> None:
        asked = task(("man", "woman", "woman", "woman"), ("man", "man", "king", "king"))
        assert evaluate_analogies(FAMILY, asked, method).total == Score(0, 2, 2)

    def test_unknown_words_leave_a_question_out(self, method: str) -> None:
        asked = task(QUEEN, ("man", "woman", "king", "who"), ("who", "woman", "king", "queen"))
        report = evaluate_analogies(FAMILY, asked, method)
        assert report.total == Score(1, 1, 3)
        assert report.total.coverage == pytest.approx(1 / 3)

    def test_words_outside_the_vocabulary_are_unknown(self, method: str) -> None:
        assert evaluate_analogies(FAMILY, task(QUEEN), method, 4).total == Score(1, 1, 1)
        report = evaluate_analogies(FAMILY, task(QUEEN), method, 3)
        assert report.total == Score(0, 0, 1)
        assert report.total.accuracy is None
        assert report.vocabulary == 3

    @pytest.mark.parametrize("everything", [None, 0, -1, 5, 10**9])
    def test_the_whole_vocabulary(self, method: str, everything: int | None) -> None:
        report = evaluate_analogies(FAMILY, task(QUEEN), method, everything)
        assert report.total == Score(1, 1, 1)
        assert report.vocabulary == 5

    def test_case(self, method: str) -> None:
        asked = task(("MAN", "Woman", "KinG", "queen"))
        assert evaluate_analogies(FAMILY, asked, method).total == Score(1, 1, 1)
        exact = evaluate_analogies(FAMILY, asked, method, fold_case=False)
        assert exact.total == Score(0, 0, 1)

    def test_rarer_spellings_are_neither_asked_about_nor_answers(self, method: str) -> None:
        words = [*FAMILY.words, "KING", "Queen", "Woman"]
        # "KING" is what is nearest to the answer, "Queen" and "Woman" are somewhere else.
        more = np.array([[1, 1.01, 1], [0, 0, -1], [0, -1, 0]], np.float32)
        embeddings = Embeddings(words, np.concatenate([FAMILY.vectors, more]))
        assert evaluate_analogies(embeddings, task(QUEEN), method).total == Score(1, 1, 1)

    def test_of_equally_good_answers_the_most_frequent(self, method: str, monkeypatch) -> None:
        monkeypatch.setattr(analogies, "CANDIDATES", 1)  # also if they are looked at separately
        monkeypatch.setattr(analogies, "COSINES", 1)
        words = ["a", "b", "c", "first", "second"]
        same = Embeddings(words, np.ones((5, 2), np.float32))
        assert evaluate_analogies(same, task(("a", "b", "c", "first")), method).total.correct == 1
        assert evaluate_analogies(same, task(("a", "b", "c", "second")), method).total.correct == 0

    def test_three_words_have_no_fourth(self, method: str) -> None:
        few = Embeddings(FAMILY.words[:3], FAMILY.vectors[:3])
        asked = task(("man", "woman", "king", "man"))
        assert evaluate_analogies(few, asked, method).total == Score(0, 1, 1)

    def test_vectors_of_zeros(self, method: str) -> None:
        zeros = Embeddings(FAMILY.words, np.zeros((5, 3), np.float32))
        assert evaluate_analogies(zeros, task(QUEEN), method).total == Score(1, 1, 1)

    @pytest.mark.slow
    def test_memory_is_bounded(self, method: str) -> None:
        """All scores at once would take 1.2 GB."""
        generator = np.random.default_rng(0)
        vectors = generator.normal(size=(100_000, 2)).astype(np.float32)
        embeddings = Embeddings([f"w{i}" for i in range(100_000)], vectors)
        drawn = [[f"w{i}" for i in generator.choice(100_000, 4)] for _ in range(3000)]
        asked = task(*((a, b, c, d) for a, b, c, d in drawn))
        tracemalloc.start()
        try:
            assert evaluate_analogies(embeddings, asked, method, None).total.answered == 3000
            assert tracemalloc.get_traced_memory()[1] < 100e6
        finally:
            tracemalloc.stop()


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(ConfigError, match="method is 'plus'; choose one of add, mul"):
        evaluate_analogies(FAMILY, task(QUEEN), "plus")


def test_the_report() -> None:
    wrong = ("man", "woman", "king", "apple")
    unknown = ("man", "woman", "king", "who")
    asked = AnalogyTask({"family": [QUEEN, wrong], "gram1-x": [QUEEN], "gram2-y": [unknown] * 2})
    report = evaluate_analogies(FAMILY, asked)
    assert report.sections["family"] == report.semantic == Score(1, 2, 2)
    assert report.syntactic == Score(1, 1, 3)
    assert report.total == Score(2, 3, 5)
    assert report.total.accuracy == pytest.approx(2 / 3)
    assert report.total.coverage == pytest.approx(3 / 5)
    document = json.loads(json.dumps(report.to_dict()))
    assert document["method"] == "add"
    assert document["vocabulary"] == 5
    assert list(document["sections"]) == ["family", "gram1-x", "gram2-y"]
    expected = {"accuracy": None, "coverage": 0.0, "correct": 0, "answered": 0, "total": 2}
    assert document["sections"]["gram2-y"] == expected
    assert document["semantic"]["accuracy"] == 0.5
    assert document["syntactic"]["correct"] == 1
    assert document["total"]["answered"] == 3
