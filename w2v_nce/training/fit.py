"""Whether a vocabulary that was counted elsewhere is that of the text."""

from __future__ import annotations

from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.training.hogwild import Seen

UNKNOWN = 0.2  # of the words of the text, beyond the share that was left out when counting
FEWER = 0.8  # of the words that were counted
MORE = 1.25  # times these


def misfit(seen: Seen, vocabulary: Vocabulary) -> str | None:
    """Say how a text of which an epoch has been seen is not the one that was counted, if so."""
    if not seen.read:
        return None
    unknown = 1 - seen.known / seen.read
    expected = 1 - vocabulary.total / vocabulary.corpus_words
    if unknown > expected + UNKNOWN:
        return (
            f"{unknown:.0%} of the words of the text are not in the vocabulary, and {expected:.0%}"
            " of those that were counted; count the words of this text, cleaned in the same way"
        )
    if not FEWER <= seen.known / vocabulary.total <= MORE:
        when = "late" if seen.known < vocabulary.total else "early"
        return (
            f"an epoch has {seen.known:,} words of the vocabulary, but {vocabulary.total:,} were"
            f" counted, so that the learning rate falls too {when}; count the words of this text"
        )
    return None
