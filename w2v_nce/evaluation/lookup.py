"""Finding the words of an evaluation set among the embeddings."""

from __future__ import annotations

from w2v_nce.embeddings import Embeddings
from w2v_nce.search import ABSENT


class Lookup:
    """Rows by word, of the most frequent words alone if asked, case folded if asked.

    Where several words fold to one, the most frequent counts, as in word2vec's programs.
    """

    def __init__(self, embeddings: Embeddings, restrict_vocab: int | None, fold_case: bool) -> None:
        self.size = min(restrict_vocab or len(embeddings), len(embeddings))
        self.fold_case = fold_case
        words = embeddings.words[: self.size]
        self.rows: dict[str, int] = {}
        for row, word in enumerate(words):
            self.rows.setdefault(self._fold(word), row)

    def row(self, word: str) -> int:
        """Return the row of a word, or ABSENT."""
        return self.rows.get(self._fold(word), ABSENT)

    def _fold(self, word: str) -> str:
        return word.lower() if self.fold_case else word
