"""Find and join phrases with gensim as a process of its own.

Takes corpus, target, threshold and least count; the threshold is that of word2phrase and of
w2v-nce, whose scores are scaled by the words of the text.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gensim.models.phrases import Phrases
from gensim.models.word2vec import LineSentence

NO_LIMIT = 10**9  # words of a line


def main() -> None:
    corpus, target, threshold, min_count = sys.argv[1:]
    sentences = LineSentence(corpus, max_sentence_length=NO_LIMIT)
    phrases = Phrases(sentences, min_count=int(min_count))
    phrases.threshold = float(threshold) * len(phrases.vocab) / phrases.corpus_word_count
    frozen = phrases.freeze()
    with Path(target).open("w", encoding="utf-8") as file:
        for sentence in sentences:
            file.write(" ".join(frozen[sentence]) + "\n")


if __name__ == "__main__":
    main()
