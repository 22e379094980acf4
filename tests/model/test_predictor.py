"""Probabilities against sums that are written out."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from tests import naive as twins
from w2v_nce.corpus.vocabulary import Vocabulary, keep_probability
from w2v_nce.errors import InputError
from w2v_nce.model import predictor as probability
from w2v_nce.model.model import Model
from w2v_nce.model.sentences import fill_gaps, score_sentences
from w2v_nce.settings.train_config import TrainConfig

WORDS = ["the", "of", "cat", "dog", "saw"]
COUNTS = np.array([500, 300, 100, 60, 40])


def model_of(**settings: object) -> Model:
    vocabulary = Vocabulary([word.encode() for word in WORDS], COUNTS, 1000, 5)
    defaults = {"dim": 6, "window": 2, "sample": 0.0}
    model = Model.initial(TrainConfig(**(defaults | settings)), vocabulary)
    random = np.random.default_rng(0)
    for matrix in (model.input_vectors, model.output_vectors):
        matrix[:] = random.normal(size=matrix.shape)
    if model.config.loss == "nce":
        model.bias[:] += random.normal(size=5).astype(np.float32)
    return model


def naive(model: Model, context: list[str], correct: Callable[[int], float]) -> list[float]:
    """Unnormalised log-probabilities of all words."""
    known = [WORDS.index(word) for word in context if word in WORDS]
    share = twins.share_of(known, model.config.root) if known else 0.0
    hidden = share * model.input_vectors[known].sum(axis=0)
    taken = 0.0 if model.normalizer is None else share * model.normalizer[known].sum()
    return [
        float(np.dot(hidden, model.output_vectors[i]) + model.bias[i] - taken + correct(i))
        for i in range(5)
    ]


def log_z(scores: list[float]) -> float:
    return math.log(sum(math.exp(score) for score in scores))


CONTEXTS = [["the", "of"], ["cat"], ["unknown", "dog", "dog"], [], ["unknown"]]


@pytest.mark.parametrize("normalizer", ["one", "per-word"])
@pytest.mark.parametrize("at_once", [1, 7, 10_000])
def test_log_probabilities_of_nce(
    at_once: int, normalizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probability, "SCORES_AT_ONCE", at_once)
    model = model_of(normalizer=normalizer)
    if model.normalizer is not None:
        model.normalizer[:] = np.arange(5) - 1.5
    targets = ["cat", "the", "saw", "of", "cat"]
    scores = [naive(model, context, lambda i: 0.0) for context in CONTEXTS]
    expected = [s[WORDS.index(t)] - log_z(s) for s, t in zip(scores, targets, strict=True)]
    np.testing.assert_allclose(model.log_prob(targets, CONTEXTS), expected, rtol=1e-5)
    normalizers = [log_z(s) for s in scores]
    np.testing.assert_allclose(model.log_normalizer(CONTEXTS), normalizers, rtol=1e-5, atol=1e-6)
    probabilities = [math.exp(model.log_prob([word], [["cat"]])[0]) for word in WORDS]
    assert sum(probabilities) == pytest.approx(1, abs=1e-6)


def test_unknown_words_have_no_probability() -> None:
    result = model_of().log_prob(["the", "unknown"], [["of"], ["of"]])
    assert np.isfinite(result[0])
    assert np.isnan(result[1])


def test_what_negative_sampling_learns_is_shifted_by_log_k_q() -> None:
    model = model_of(loss="ns", noise=7)
    q = COUNTS**0.75 / (COUNTS**0.75).sum()
    scores = naive(model, ["cat"], lambda i: math.log(7 * q[i]))
    expected = [score - log_z(scores) for score in scores]
    np.testing.assert_allclose(model.log_prob(WORDS, [["cat"]] * 5), expected, rtol=1e-5)


def test_subsampling_is_corrected_for_full_text_alone() -> None:
    model = model_of(sample=0.1)
    keep = keep_probability(COUNTS, 0.1)
    assert keep.min() < 0.7
    ids = np.arange(5)
    for full_text, correct in [(True, lambda i: -math.log(keep[i])), (False, lambda i: 0.0)]:
        predictor = model.new_predictor(full_text)
        scores = naive(model, ["cat"], correct)
        expected = [score - log_z(scores) for score in scores]
        hidden = predictor.hidden([[2]] * 5)
        np.testing.assert_allclose(predictor.log_probability(hidden, ids), expected, rtol=1e-5)


def test_a_model_of_frequencies_has_z_1_in_full_and_in_thinned_text() -> None:
    model = model_of(sample=0.1)
    model.output_vectors[:] = 0
    thinned = COUNTS * keep_probability(COUNTS, 0.1)
    model.bias[:] = np.log(thinned / thinned.sum())
    for full_text, frequencies in [(True, COUNTS), (False, thinned)]:
        predictor = model.new_predictor(full_text)
        hidden = predictor.hidden([[1]] * 5)
        np.testing.assert_allclose(predictor.log_normalizer(hidden), 0, atol=1e-6)
        np.testing.assert_allclose(
            np.exp(predictor.score(hidden, np.arange(5))),
            frequencies / frequencies.sum(),
            rtol=1e-5,
        )


def test_predict_gives_the_best_words_first() -> None:
    model = model_of()
    for context, words in zip(CONTEXTS, model.predict(CONTEXTS, 3), strict=True):
        scores = naive(model, context, lambda i: 0.0)
        order = sorted(range(5), key=lambda i: -scores[i])[:3]
        assert [word for word, _ in words] == [WORDS[i] for i in order]
        expected = [math.exp(scores[i] - log_z(scores)) for i in order]
        assert [value for _, value in words] == pytest.approx(expected, rel=1e-5)


def test_more_words_than_there_are_and_ties() -> None:
    model = model_of()
    model.output_vectors[:] = 0
    model.bias[:] = [0, 1, 1, 1, 0]
    words = model.predict([["cat"]], 100)[0]
    assert [word for word, _ in words] == ["of", "cat", "dog", "the", "saw"]
    assert [word for word, _ in model.predict([["cat"]], 2)[0]] == ["of", "cat"]
    equal = model_of()
    equal.output_vectors[:] = 0
    equal.bias[:] = 0
    assert [word for word, _ in equal.predict([["cat"]], 3)[0]] == ["the", "of", "cat"]


def test_a_constant_normalizer_is_taken_from_all_scores() -> None:
    model = model_of(normalizer="constant")
    before = model.log_normalizer([["cat"], []])
    model.parameters.log_z[:] = 0.5
    learned = model.new_predictor()
    after = learned.log_normalizer(learned.hidden([[2], []]))
    np.testing.assert_allclose(after, before - 0.5, rtol=1e-5)


def test_a_pickled_model_says_the_same() -> None:
    model = model_of(normalizer="per-word")
    again = pickle.loads(pickle.dumps(model))
    asked = ([*WORDS[1:], "odd"], CONTEXTS)
    np.testing.assert_array_equal(again.log_prob(*asked), model.log_prob(*asked))
    assert len(repr(model)) + len(repr(model.vocabulary)) < 150  # not all of its words


def test_as_many_contexts_as_words() -> None:
    with pytest.raises(ValueError, match="1 words and 2 contexts"):
        model_of().log_prob(["the"], [["of"], ["of"]])


def test_an_unknown_way_to_normalize() -> None:
    with pytest.raises(InputError, match="normalize is 'quick'; choose one of exact, fast, none"):
        score_sentences(model_of(), [["the"]], normalize="quick")


def test_sentences_are_scored_word_by_word_with_their_neighbours() -> None:
    model = model_of()
    sentence = ["the", "cat", "unknown", "saw", "of", "dog"]
    contexts = {
        0: ["cat", "saw"], 1: ["the", "saw", "of"], 3: ["the", "cat", "of", "dog"],
        4: ["cat", "saw", "dog"], 5: ["saw", "of"],
    }  # fmt: skip
    [logs, nothing, single] = score_sentences(model, [sentence, [], ["dog"]])
    assert nothing == []
    assert single[0] == pytest.approx(model.log_prob(["dog"], [[]])[0])
    assert logs[2] is None
    for place, context in contexts.items():
        assert logs[place] == pytest.approx(model.log_prob([sentence[place]], [context])[0])
    [trusting] = score_sentences(model, [["the", "cat"]], normalize="none")
    scores = [naive(model, ["cat"], lambda i: 0.0)[0], naive(model, ["the"], lambda i: 0.0)[2]]
    assert trusting == pytest.approx(scores, rel=1e-5)


def test_gaps_are_filled_from_their_neighbours() -> None:
    model = model_of()
    [words] = fill_gaps(model, ["of the unknown cat [?] dog"], 2)
    assert words == model.predict([["the", "cat", "dog"]], 2)[0]
    assert fill_gaps(model, [], 2) == []


@pytest.mark.parametrize("sentence", ["", "the cat", "[?] the [?]", "the [?]."])
def test_a_sentence_without_one_gap_is_refused(sentence: str) -> None:
    with pytest.raises(InputError, match=r"gaps; write \[\?\] once, as a word of its own"):
        fill_gaps(model_of(), [sentence])
