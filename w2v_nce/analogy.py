"""The two scores of analogies "a is to b as c is to what?".

3CosAdd (Mikolov et al. 2013) is cos(b) - cos(a) + cos(c): since all vectors have length 1, it ranks
words as their cosine with b - a + c does. 3CosMul (Levy & Goldberg 2014) is cos(b) cos(c) / cos(a),
of cosines that are shifted to [0, 1].
"""

from __future__ import annotations

import numpy as np

from w2v_nce.errors import ConfigError
from w2v_nce.records import Matrix, Rows
from w2v_nce.search import Combine

METHODS = ("add", "mul")
EPSILON = 1e-3  # Levy & Goldberg (2014), so that nothing is divided by zero


def combination(questions: Rows, method: str) -> tuple[Rows, Combine]:
    """Return which rows the questions are about, and what makes scores of their cosines.

    ``questions`` is (q, 3): the rows of a, b and c. Questions often have words in common: each
    row comes once, in ascending order.

    Raises:
        ConfigError: if there is no such method.
    """
    if method not in METHODS:
        raise ConfigError(f"method is {method!r}; choose one of {', '.join(METHODS)}")
    score = _multiply if method == "mul" else _add
    asked, place = np.unique(questions, return_inverse=True)
    a, b, c = place.reshape(questions.shape).T
    return asked, lambda cosines: score(cosines, a, b, c)


def _add(cosines: Matrix, a: Rows, b: Rows, c: Rows) -> Matrix:
    scores = cosines[b]
    scores -= cosines[a]
    scores += cosines[c]
    return scores


def _multiply(cosines: Matrix, a: Rows, b: Rows, c: Rows) -> Matrix:
    shifted = np.asarray(np.float32(0.5) * (cosines + np.float32(1)))  # to [0, 1]
    scores = shifted[b]
    scores *= shifted[c]
    scores /= shifted[a] + np.float32(EPSILON)
    return scores
