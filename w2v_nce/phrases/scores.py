"""How much more often two words occur together than by chance.

With counts c(a), c(b) of two words and c(ab) of the pair among N words of text, the shares
p = c / N, and δ the least count of a phrase:

* ``count``: (c(ab) - δ) / (c(a) c(b)) · N, which is p(ab) / (p(a) p(b)) but for δ: how many times
  as often as by chance (Mikolov et al. 2013, eq. 6, scaled by N as in word2phrase; gensim takes
  the number of different words and pairs instead);
* ``npmi``: ln(p(ab) / (p(a) p(b))) / -ln p(ab), from -1 to 1 (Bouma 2009).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from w2v_nce.arrays import Doubles

Score = Callable[[Doubles, Doubles, Doubles, int, int], Doubles]


def count_score(
    pairs: Doubles, lefts: Doubles, rights: Doubles, words: int, min_count: int
) -> Doubles:
    """Return how many times as often as by chance pairs occur; arrays are counts."""
    return (pairs - min_count) / (lefts * rights) * words


def npmi_score(
    pairs: Doubles, lefts: Doubles, rights: Doubles, words: int, min_count: int
) -> Doubles:
    """Return the normalised pointwise mutual information of pairs; arrays are counts."""
    share = pairs / words
    result: Doubles = np.log(share / (lefts / words * (rights / words))) / -np.log(share)
    return result


SCORES: Mapping[str, Score] = {"count": count_score, "npmi": npmi_score}
