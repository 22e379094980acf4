"""Slow, obvious twins of the kernels, in float64 and without any cleverness.

They follow the same random streams, so a kernel and its twin must agree step by step.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

MASK = 2**64 - 1


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
    units, other = columns[column]
    return column if bits % 2**32 < units else int(other)


# ---- corpus


def count(text: bytes) -> Counter[bytes]:
    return Counter(text.split())


def encode(text: bytes, words: list[bytes]) -> list[int]:
    ids = {word: i for i, word in enumerate(words)}
    result: list[int] = []
    for line in text.split(b"\n"):
        sentence = [ids[word] for word in line.split() if word in ids]
        if sentence:
            result += [*sentence, -1]
    last_line = [word for word in text.rsplit(b"\n", 1)[-1].split() if word in ids]
    return result[:-1] if last_line else result


def sentences(ids: list[int]) -> list[tuple[int, list[int]]]:
    """The sentences and where they start."""
    result: list[tuple[int, list[int]]] = [(0, [])]
    for i, word in enumerate(ids):
        if word < 0:
            result.append((i + 1, []))
        else:
            result[-1][1].append(word)
    return result


def subsample(ids: list[int], keep: np.ndarray, random: Random) -> list[int]:
    return [word for word in ids if word < 0 or random.bits() >> 32 <= keep[word]]


# ---- training


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


class Trainer:
    """Trains one block with the same settings as a kernel; see ``Setup``."""

    def __init__(self, setup, rate: float, state: int) -> None:
        self.input = np.array(setup.parameters.input, np.float64)
        self.output = np.array(setup.parameters.output, np.float64)
        self.bias = np.array(setup.parameters.bias, np.float64)
        self.setup, self.rate, self.random = setup, rate, Random(state)
        self.losses: list[float] = []  # of all examples
        self.measured: list[float] = []  # of those that the kernels measure

    def example(self, target: int, hidden: np.ndarray, place: int) -> np.ndarray:
        """Update the output side; return minus the gradient for hidden, times the rate."""
        error, loss = np.zeros_like(hidden), 0.0
        for j in range(self.setup.draws + 1):
            word = target if j == 0 else draw(self.setup.noise.table.columns, self.random)
            if j > 0 and word == target and not self.setup.keep_hits:
                continue
            label, weight = (1, 1.0) if j == 0 else (0, self.setup.k / self.setup.draws)
            logit = hidden @ self.output[word] + self.bias[word] - self.setup.noise.offset[word]
            loss -= weight * math.log(sigmoid(logit if label else -logit))
            step = self.rate * weight * (label - sigmoid(logit))
            error += step * self.output[word]
            self.output[word] += step * hidden
            if self.setup.learn_bias:
                self.bias[word] += step
        self.losses.append(loss)
        if place % 16 == 0:
            self.measured.append(loss)
        return error

    def window(self, sentence: list[int], position: int) -> list[int]:
        size = 1 + self.random.below(self.setup.window)
        before = sentence[max(0, position - size) : position]
        return before + sentence[position + 1 : position + 1 + size]

    def skipgram(self, ids: list[int]) -> None:
        for start, sentence in sentences(ids):
            for i, word in enumerate(sentence):
                for neighbour in self.window(sentence, i):
                    hidden = self.input[word].copy()
                    self.input[word] += self.example(neighbour, hidden, start + i)

    def cbow(self, ids: list[int]) -> None:
        for start, sentence in sentences(ids):
            for i, word in enumerate(sentence):
                context = self.window(sentence, i)
                if context:
                    hidden = np.mean(self.input[context], axis=0)
                    error = self.example(word, hidden, start + i)
                    for neighbour in context:
                        self.input[neighbour] += error / len(context)
