r"""The mathematics of the losses, and their differences in kernels.

**The model.** A hidden vector h stands for what is given: the input vector of a word
(skip-gram) or the combined input vectors of its neighbours (CBOW). A word w has an output vector
v_w and a bias b_w, and the score

    s(w, h) = h · v_w + b_w.

**The task.** With each true word w₀ come k noise words w₁ … w_k, drawn from a distribution Q
that we choose. A classifier tells truth from noise by its logit

    Δ(w, h) = s(w, h) − log(k Q(w)),        P(true | w, h) = σ(Δ(w, h)),

and the loss of the example is

    L = −log σ(Δ(w₀, h)) − Σ_{i=1..k} log σ(−Δ(w_i, h)).

**Noise-contrastive estimation** (Gutmann & Hyvärinen 2012; for language Mnih & Teh 2012,
Mnih & Kavukcuoglu 2013, eq. 7-9). If truth is k times rarer than noise, the true logit
of "w is not noise" is log P(w | h) − log(k Q(w)). So at the optimum s(w, h) = log P(w | h):
scores are log-probabilities, with no sum over the vocabulary. Q decides how fast this is
learned, not what is learned, provided that

* the Q in the logit is the Q that is drawn from, exactly (:mod:`w2v_nce.model.noise`);
* noise that happens to equal the true word counts as noise like any other. To drop it would
  make the optimum log(P / (1 − P)).

To take only log Q(w) from the score, as some programs do, makes the optimum log P(w | h) − log k:
the same vectors, and log Z = −log k.

The bias is learned and starts at log Q(w). Output vectors start at zero, so every Δ starts at
−log k and the loss at log(1 + k) + k log(1 + 1/k), which is 2.703 for k = 5.

**Negative sampling** (Mikolov et al. 2013) is the same classifier with Δ = h · v_w: no bias, no
correction for the noise, and noise that equals the true word is dropped. At its optimum
h · v_w is the pointwise mutual information minus log k, if the noise is the unigram
distribution (Levy & Goldberg 2014): good vectors, no probabilities.

**The gradient** follows from d/dΔ log σ(Δ) = 1 − σ(Δ) = σ(−Δ). With the label y = 1 for w₀ and
y = 0 for noise, each of the k + 1 words w contributes

    −∂L/∂Δ(w, h) = y − σ(Δ(w, h)) =: g_w

and, since Δ is linear in each of h, v_w and b_w (log(k Q) is a constant),

    −∂L/∂h = Σ_w g_w v_w,      −∂L/∂v_w = g_w h,      −∂L/∂b_w = g_w.

In CBOW h = Σ_c u_c / √C over C neighbours, or their mean, Σ_c u_c / C, so each input vector u_c
gets −∂L/∂h divided by √C or C. With the mean a vector of few neighbours is longer than one of
many, though it knows less: by chance, sums of vectors grow with √C.

More noise words than k may be drawn, K of them, each with its term weighted by k / K: the
expectation of the gradient stays, its variance falls. Pairs may also have their noise in common:
that correlates their noise terms, but leaves the expectation of each as it is. Both are how
training is fast: a batch of hidden vectors shares K noise words, and its noise terms become
products of small matrices (:mod:`w2v_nce.kernels.batch`), whose gradient is computed for the
batch as a whole, after that of the true words. Pair by pair
(:func:`w2v_nce.kernels.pair.contrast`) training draws K = 2k while that is at most 10, else k,
updates v_w and b_w word by word within an example, h at the end, and reads v_w before it changes.

Biases of CBOW take steps 0.3 times as long as those of vectors. This decides whether biases or
vectors learn what all words have in common, h · m for some vector m, which a softmax does not
determine: adding m to all output vectors changes Z(h) alone. Vectors are better if they learn some
of it.

**The softmax** needs no noise but a sum over the vocabulary: :mod:`w2v_nce.kernels.softmax`. The
**sampled softmax**, or ranking NCE (Ma & Collins 2018), has the logits of NCE, but the true word
competes with all its noise words at once: :mod:`w2v_nce.kernels.ranking`.

===================  =====================  =======================  =====================
for a kernel         NCE                    negative sampling        sampled softmax
===================  =====================  =======================  =====================
offset of the score  log(k Q(w)); option:   0                        log(k Q(w))
                     log Q(w)
bias                 learned, starts at     none (stays 0)           learned, starts at
                     log Q(w)                                        log Q(w)
noise = true word    kept                   dropped; kept in         kept
                                            batches
noise words drawn    k and more, each       the same                 k and more, each
                     counts k / K                                    counts 1
a logit is held      0                      0                        the log of the summed
against                                                              exp of the noise's
===================  =====================  =======================  =====================

In batches, noise that equals one of the true words is kept for negative sampling, too, because it
is noise for the other vectors. Levy & Goldberg analyse this case, with accidental hits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping


def initial_nce_loss(k: int) -> float:
    """Return the NCE loss per example before training, when every logit is -log k."""
    return math.log1p(k) + k * math.log1p(1 / k)


def initial_ns_loss(k: int) -> float:
    """Return the negative-sampling loss per example before training, if no noise is dropped."""
    return (k + 1) * math.log(2)


LOSSES = ("nce", "ns", "softmax", "sampled-softmax")

#: Noise words (k), by loss: the most that improve vectors, of those that batches train as fast.
DEFAULT_NOISE: Mapping[str, int] = {"nce": 15, "ns": 5, "softmax": 5, "sampled-softmax": 15}

#: Learning rates that a search on real text found best, by the kind of hidden vector (the combiner
#: of CBOW, or skip-gram) and by loss.
DEFAULT_LEARNING_RATES: Mapping[tuple[str, str], float] = {
    ("sqrtn", "nce"): 0.075,
    ("sqrtn", "ns"): 0.11,
    ("sqrtn", "softmax"): 0.075,
    ("sqrtn", "sampled-softmax"): 0.075,
    ("mean", "nce"): 0.15,
    ("mean", "ns"): 0.25,
    ("mean", "softmax"): 0.15,
    ("mean", "sampled-softmax"): 0.15,
    ("skipgram", "nce"): 0.025,
    ("skipgram", "ns"): 0.025,
    ("skipgram", "softmax"): 0.025,
    ("skipgram", "sampled-softmax"): 0.025,
}
