"""Words in the plane, with their groups and neighbours, from which maps are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Indices
from w2v_nce.embeddings.clustering import cluster
from w2v_nce.embeddings.embeddings import Embeddings
from w2v_nce.embeddings.search import Found, search
from w2v_nce.errors import ConfigError
from w2v_nce.plotting.projection import Projection, project
from w2v_nce.plotting.style import LIGHT, MOST, shown

GROUPS = len(LIGHT)  # one per colour
NEIGHBOURS = 10
ASKED_AT_ONCE = 256  # words
NAMES = {"pca": "principal components", "tsne": "t-SNE", "umap": "UMAP"}
NAMING = 3  # words that name a group
FREQUENT = 0.2  # share of a group's words that may name it, the most frequent


class Groups(NamedTuple):
    """The group of each word, and the names of the groups."""

    of_word: Indices  # (V,)
    names: list[str]  # one for each group


@dataclass(frozen=True)
class WordMap:
    """V words in the plane, most frequent first."""

    words: list[str]  # printable
    projection: Projection
    method: str
    groups: Groups
    nearest: Found  # (V, n): the words with the largest cosines, of those in the map

    @property
    def caption(self) -> str:
        """A line below the map: the number of words and the method."""
        variance = self.projection.variance
        share = "" if variance is None else f" with {100 * variance:.0f} % of the variance"
        words = "1 word" if len(self.words) == 1 else f"{len(self.words):,} words"
        return f"{words} by {NAMES[self.method]}{share}"


def draw_map(
    embeddings: Embeddings, method: str = "pca", groups: Groups | int | None = None, seed: int = 1
) -> WordMap:
    """Make a map of all words of some embeddings.

    Args:
        embeddings: the words, most frequent first, and their vectors.
        method: how vectors get into the plane; see :func:`w2v_nce.plotting.projection.project`.
        groups: those of the words, or how many are to be found by spherical k-means (7 by
            default); fewer if there are fewer words.
        seed: of the method and of k-means.

    Raises:
        ConfigError: if there is no word, if there are more groups than can be told apart, or if the
            method cannot be used; see there.
    """
    if not len(embeddings):
        raise ConfigError("there is no word to draw")
    if groups is None or isinstance(groups, int):
        groups = find_groups(embeddings, GROUPS if groups is None else groups, seed)
    if len(groups.names) > MOST:
        raise ConfigError(
            f"{len(groups.names):,} groups; {MOST} at most can be told apart: name fewer, or let"
            " `groups` find some"
        )
    return WordMap(
        words=[shown(word) for word in embeddings.words],
        projection=project(embeddings.vectors, method, seed),
        method=method,
        groups=Groups(groups.of_word, [shown(name) for name in groups.names]),
        nearest=nearest_words(embeddings),
    )


def find_groups(embeddings: Embeddings, k: int, seed: int) -> Groups:
    """Put words into k groups, each named by frequent words that are near to its centre.

    Raises:
        ConfigError: if k is not positive.
    """
    found = cluster(embeddings.vectors, min(k, len(embeddings)), seed)
    closeness = np.einsum("ij,ij->i", embeddings.unit, found.centroids[found.of_row])
    names = []
    for number in range(len(found.centroids)):
        rows = np.flatnonzero(found.of_row == number)
        frequent = rows[: max(round(FREQUENT * len(rows)), NAMING)]
        best = frequent[np.argsort(-closeness[frequent], kind="stable")[:NAMING]]
        names.append(", ".join(embeddings.words[row] for row in best))
    return Groups(found.of_row, names)


def given_groups(words: Sequence[str], group_of: dict[str, str]) -> Groups:
    """Return the groups given for words, in the order of their first words."""
    numbers: dict[str, int] = {}
    of_word = [numbers.setdefault(group_of[word], len(numbers)) for word in words]
    return Groups(np.array(of_word, np.intp), list(numbers))


def nearest_words(embeddings: Embeddings, n: int = NEIGHBOURS) -> Found:
    """Return the n words with the largest cosines with each word, best first."""
    count = len(embeddings)
    n = min(n, count - 1)
    own = np.arange(count, dtype=np.intp)[:, None]
    # All at once would be searched in very many small parts.
    found = [
        search(embeddings.vectors, embeddings.lengths, embeddings.unit[part], n, own[part])
        for part in (slice(i, i + ASKED_AT_ONCE) for i in range(0, count, ASKED_AT_ONCE))
    ]
    return Found(
        np.concatenate([each.rows for each in found]),
        np.concatenate([each.scores for each in found]),
    )
