"""Slow, obvious twins of the kernels, in float64 and without any cleverness.

They follow the same random streams, so a kernel and its twin must agree step by step.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

MASK = 2**64 - 1
Example = tuple[int, list[int]]  # a word and its neighbours


# ---- random numbers: SplitMix64 on Python's whole numbers


def mix(state: int) -> int:
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


class Random:
    """A stream of 64-bit random numbers."""

    def __init__(self, state: int) -> None:
        self.state = int(state)

    def bits(self) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return mix(self.state)

    def below(self, bound: int) -> int:
        return (self.bits() >> 32) * bound >> 32


def draw(columns: np.ndarray, random: Random) -> int:
    bits = random.bits()
    column = bits * len(columns) >> 64
    units, other = divmod(int(columns[column]), 2**32)
    return column if bits % 2**32 < units else other


# ---- corpus


def count(text: bytes) -> Counter[bytes]:
    return Counter(text.split())


def check(word: bytes) -> int:
    """What stands for a long word beside its key."""
    if len(word) < 8:
        return 0
    state = len(word)
    for start in range(0, len(word), 8):
        state ^= int.from_bytes(word[start : start + 8], "little")
        state = state * 0x9E3779B97F4A7C15 & MASK
        state ^= state >> 32
    return state >> 32


def encode(text: bytes, words: list[bytes]) -> list[int]:
    ids = {word: i for i, word in enumerate(words)}
    result: list[int] = []
    for line in text.split(b"\n"):
        sentence = [ids[word] for word in line.split() if word in ids]
        if sentence:
            result += [*sentence, -1]
    last_line = [word for word in text.rsplit(b"\n", 1)[-1].split() if word in ids]
    return result[:-1] if last_line else result


def find_words(text: bytes) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(rb"[^ \t\n\v\f\r]+", text)]


def subsample(ids: list[int], keep: np.ndarray, random: Random) -> list[int]:
    return [word for word in ids if word < 0 or random.bits() >> 32 <= keep[word]]


def windows(ids: list[int], window: int, random: Random) -> list[Example]:
    """Every word that has neighbours, with its neighbours."""
    examples: list[Example] = []
    sentence: list[int] = []
    for word in [*ids, -1]:
        if word >= 0:
            sentence.append(word)
            continue
        if len(sentence) > 1:
            for i, centre in enumerate(sentence):
                size = 1 + random.below(window)
                context = sentence[max(0, i - size) : i] + sentence[i + 1 : i + 1 + size]
                examples.append((centre, context))
        sentence = []
    return examples


# ---- training


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def share_of(context: list[int], root: bool) -> float:
    """What the vectors of a context are multiplied by before they are added."""
    return len(context) ** (-0.5 if root else -1)


class Trainer:
    """Trains a ``Problem`` as a kernel does. Knows no text, only examples."""

    def __init__(self, problem, rate: float, state: int) -> None:
        self.input = np.array(problem.parameters.input, np.float64)
        self.output = np.array(problem.parameters.output, np.float64)
        self.bias = np.array(problem.parameters.bias, np.float64)
        self.log_z = float(problem.parameters.log_z[0])
        self.problem, self.rate, self.random = problem, rate, Random(state)
        self.bias_rate = problem.bias_rate * problem.is_corrected
        self.ranks = problem.loss == "sampled-softmax"
        self.root = problem.combiner == "sqrtn"
        self.learns_log_z = problem.normalizer == "constant"
        self.loss = 0.0  # of all true words and their noise
        self.measured_loss = 0.0  # of those that the kernels measure
        self.measured = 0  # how many true words these are

    def draw_noise(self) -> list[int]:
        return [draw(self.problem.table.columns, self.random) for _ in range(self.problem.draws)]

    def logit(self, word: int, hidden: np.ndarray) -> float:
        score = hidden @ self.output[word] + self.bias[word] - self.log_z
        return score - self.problem.offset[word]

    def slope(self, word: int, hidden: np.ndarray, label: int) -> tuple[float, float]:
        """Minus the derivative of the loss for the logit, and the loss."""
        weight = 1.0 if label else self.problem.k / self.problem.draws
        logit = self.logit(word, hidden)
        loss = -weight * math.log(sigmoid(logit if label else -logit))
        return weight * (label - sigmoid(logit)), loss

    def step(self, word: int, hidden: np.ndarray, label: int) -> tuple[float, float]:
        """The step for one word against one vector, and its share of the loss."""
        slope, loss = self.slope(word, hidden, label)
        return self.rate * slope, loss

    def rivals(self, hidden: np.ndarray, noise: list[int]) -> float:
        """The logarithm of the summed exponentials of the noise words' logits."""
        return math.log(sum(math.exp(self.logit(word, hidden)) for word in noise))

    def pin(self) -> None:
        if self.problem.normalizer == "per-word":
            self.output[:, self.problem.dim] = -1

    # -- pair by pair, each with its update

    def pair(self, target: int, hidden: np.ndarray, noise: list[int], measure: bool) -> np.ndarray:
        """Update the output side; return minus the gradient for hidden."""
        if self.ranks:
            return self.ranked_pair(target, hidden, noise, measure)
        error, total = np.zeros_like(hidden), 0.0
        for word, label in [(target, 1), *((word, 0) for word in noise)]:
            if label == 0 and word == target and not self.problem.is_corrected:
                continue
            slope, loss = self.slope(word, hidden, label)
            total += loss
            self.descend(word, slope, hidden, error)
        self.note(total, 1, measure)
        return error

    def ranked_pair(
        self, target: int, hidden: np.ndarray, noise: list[int], measure: bool
    ) -> np.ndarray:
        error, rivals = np.zeros_like(hidden), self.rivals(hidden, noise)
        logits = [self.logit(word, hidden) for word in noise]
        chance = sigmoid(self.logit(target, hidden) - rivals)
        self.descend(target, 1 - chance, hidden, error)
        for word, logit in zip(noise, logits, strict=True):
            self.descend(word, (chance - 1) * math.exp(logit - rivals), hidden, error)
        self.note(-math.log(chance), 1, measure)
        return error

    def descend(self, word: int, slope: float, hidden: np.ndarray, error: np.ndarray) -> None:
        error += slope * self.output[word]
        self.output[word] += self.rate * slope * hidden
        self.bias[word] += self.bias_rate * self.rate * slope
        self.log_z -= self.rate * slope * self.learns_log_z
        self.pin()

    def add_error(self, word: int, error: np.ndarray) -> None:
        self.input[word] += self.rate * error

    def note(self, loss: float, true_words: int, measure: bool) -> None:
        self.loss += loss
        self.measured_loss += loss * measure
        self.measured += true_words * measure

    def skipgram(self, examples: list[Example]) -> None:
        for i, (centre, context) in enumerate(examples):
            noise = self.draw_noise()
            for j, neighbour in enumerate(context):
                if j > 0 and self.problem.redraw:
                    noise = self.draw_noise()
                hidden = self.input[centre].copy()
                self.add_error(centre, self.pair(neighbour, hidden, noise, i % 16 == 0))

    def cbow(self, examples: list[Example]) -> None:
        for i, (centre, context) in enumerate(examples):
            hidden = share_of(context, self.root) * self.input[context].sum(axis=0)
            error = self.pair(centre, hidden, self.draw_noise(), i % 16 == 0)
            for neighbour in context:
                self.add_error(neighbour, share_of(context, self.root) * error)

    # -- in batches: true words one after the other, then noise that all of the batch share

    def batches_of(self, examples: list[Example]) -> Iterator[tuple[list[Example], bool]]:
        """Batches: a strip of each section of the text; and whether their loss is measured."""
        batch, strip = self.problem.batch, self.problem.strip
        size = -(-len(examples) // (batch // strip)) or 1
        sections = [examples[i : i + size] for i in range(0, len(examples), size)]
        strips = [[s[i : i + strip] for i in range(0, len(s), strip)] for s in sections]
        for number, some in enumerate(itertools.zip_longest(*strips, fillvalue=[])):
            yield list(itertools.chain(*some)), number % 128 == 0

    def true_words(self, hidden: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, float]:
        """Contrast one target with each hidden vector: all steps first, then the updates."""
        steps, losses = zip(*map(self.step, targets, hidden, [1] * len(hidden)), strict=True)
        errors = np.zeros_like(hidden)
        for step, target, vector, error in zip(steps, targets, hidden, errors, strict=True):
            error += step * self.output[target]
            self.output[target] += step * vector
            self.bias[target] += step * self.bias_rate
            self.log_z -= step * self.learns_log_z / self.problem.batch
            self.pin()
        return errors, sum(losses)

    def shared_noise(self, hidden: np.ndarray, weights: list[int]) -> tuple[np.ndarray, float]:
        """Contrast the same noise with all vectors, as often as they have true words."""
        errors, output, bias = (np.zeros_like(a) for a in (hidden, self.output, self.bias))
        total = log_z = 0.0
        for word in self.draw_noise():
            for vector, weight, error in zip(hidden, weights, errors, strict=True):
                step, loss = self.step(word, vector, 0)
                total += weight * loss
                error += weight * step * self.output[word]
                output[word] += weight * step * vector
                bias[word] += weight * step * self.bias_rate
                log_z += weight * step
        self.output += output
        self.bias += bias
        self.pin()
        self.log_z -= log_z * self.learns_log_z / self.problem.batch
        return errors, total

    def ranked_batch(
        self, hidden: np.ndarray, targets: list[list[int]], together: bool
    ) -> tuple[np.ndarray, float]:
        """True words against all noise; steps are made for eight vectors at once or for each."""
        noise, errors, loss = self.draw_noise(), np.zeros_like(hidden), 0.0
        rivals = [self.rivals(vector, noise) for vector in hidden]
        shares = [
            [math.exp(self.logit(word, vector) - r) for word in noise]
            for vector, r in zip(hidden, rivals, strict=True)
        ]
        samples, steps = self.output[noise].copy(), []
        size = 8 if together else 1
        for start in range(0, len(hidden), size):
            group = range(len(hidden))[start : start + size]
            chances = [
                [sigmoid(self.logit(w, hidden[b]) - rivals[b]) for w in targets[b]] for b in group
            ]
            for b, row in zip(group, chances, strict=True):
                for word, chance in zip(targets[b], row, strict=True):
                    errors[b] += self.rate * (1 - chance) * self.output[word]
                    self.output[word] += self.rate * (1 - chance) * hidden[b]
                    self.bias[word] += self.bias_rate * self.rate * (1 - chance)
                    loss -= math.log(chance)
                steps.append(self.rate * sum(1 - chance for chance in row))
        for b, step in enumerate(steps):
            for word, share, sample in zip(noise, shares[b], samples, strict=True):
                errors[b] -= step * share * sample
                self.output[word] -= step * share * hidden[b]
                self.bias[word] -= self.bias_rate * step * share
        return errors, loss

    def ranked_skipgram_batches(self, examples: list[Example]) -> None:
        for some, measure in self.batches_of(examples):
            hidden = np.array([self.input[centre] for centre, _ in some])
            errors, loss = self.ranked_batch(hidden, [c for _, c in some], together=False)
            for (centre, _), error in zip(some, errors, strict=True):
                self.input[centre] += error
            pairs = sum(len(context) for _, context in some)
            self.note(loss, pairs, measure)

    def skipgram_batches(self, examples: list[Example]) -> None:
        if self.ranks:
            self.ranked_skipgram_batches(examples)
            return
        for some, measure in self.batches_of(examples):
            hidden, loss = [], 0.0
            for centre, context in some:
                hidden.append(self.input[centre].copy())
                errors, more = self.true_words(np.array([hidden[-1]] * len(context)), context)
                self.input[centre] += errors.sum(axis=0)
                loss += more
            errors, more = self.shared_noise(np.array(hidden), [len(c) for _, c in some])
            for (centre, _), error in zip(some, errors, strict=True):
                self.input[centre] += error
            pairs = sum(len(context) for _, context in some)
            self.note(loss + more, pairs, measure)

    def cbow_batches(self, examples: list[Example]) -> None:
        for some, measure in self.batches_of(examples):
            hidden = np.array([share_of(c, self.root) * self.input[c].sum(axis=0) for _, c in some])
            if self.ranks:
                targets = [[centre] for centre, _ in some]
                errors, loss = self.ranked_batch(hidden, targets, together=True)
            else:
                parts = [slice(start, start + 8) for start in range(0, len(some), 8)]
                centres = np.array([centre for centre, _ in some])
                errors, losses = zip(
                    *(self.true_words(hidden[part], centres[part]) for part in parts), strict=True
                )
                more_errors, loss = self.shared_noise(hidden, [1] * len(some))
                errors, loss = np.concatenate(errors) + more_errors, loss + sum(losses)
            for (_, context), error in zip(some, errors, strict=True):
                for neighbour in context:
                    self.input[neighbour] += share_of(context, self.root) * error
            self.note(loss, len(some), measure)
