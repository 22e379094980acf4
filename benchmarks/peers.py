"""The trainers that are compared, each as a command line."""

from __future__ import annotations

import json
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from w2v_nce.settings.train_config import ARCHITECTURES, TrainConfig

HERE = Path(__file__).resolve().parent

#: gensim's default is 0.025 for both. For CBOW that is far too low (README.md has figures), so
#: that it has the rate of word2vec.c here.
GENSIM_RATES = {"skipgram": 0.025, "cbow": 0.05}
FASTTEXT_RATES = {"skipgram": 0.05, "cbow": 0.05}  # its default for both


@dataclass(frozen=True)
class Settings:
    """What all trainers are told alike; without ``rate``, each has its own (see README.md)."""

    dim: int
    window: int
    noise: int
    sample: float
    min_count: int
    epochs: int
    threads: int
    rate: float | None = None


@dataclass(frozen=True)
class Job:
    """One run: file names are relative to the folder in which it runs."""

    settings: Settings
    architecture: str  # "skipgram" or "cbow"
    seed: int
    corpus: str = "corpus.txt"
    output: str = "vectors.txt"


class Trainer:
    """A program that turns a text into a file of vectors."""

    name: str
    package: str  # on PyPI
    #: Learning rates at the start, by architecture.
    rates: Mapping[str, float]
    #: Takes a seed; what does not is run once, however many seeds there are.
    seeded = True
    #: Compiles itself at its first run, which is therefore made on a small text beforehand.
    compiles_at_first_run = False

    def command(self, job: Job) -> list[str]:
        """Return the command line that does ``job``."""
        raise NotImplementedError

    def rate(self, job: Job) -> float:
        """Return the learning rate at the start."""
        given = job.settings.rate
        return self.rates[job.architecture] if given is None else given

    def missing(self) -> str | None:
        """Say why this trainer cannot run, or None if it can."""
        try:
            metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return f"the package {self.package} is not installed"
        return None

    def version(self) -> str:
        """Return package and version."""
        return f"{self.package} {metadata.version(self.package)}"


class W2vNce(Trainer):
    """This project's command line."""

    package = "w2v-nce"
    compiles_at_first_run = True

    def __init__(self, loss: str, sharing: str = "block") -> None:
        self.loss = loss
        self.sharing = sharing
        self.name = f"w2v-nce, {loss}" + ("" if sharing == "block" else ", pair by pair")
        self.rates = {
            each: TrainConfig(architecture=each, loss=loss).initial_rate for each in ARCHITECTURES
        }

    def command(self, job: Job) -> list[str]:
        """Return the command line that does ``job``."""
        given = job.settings
        options = {
            "--arch": job.architecture,
            "--loss": self.loss,
            "--dim": given.dim,
            "--window": given.window,
            # NCE has a k of its own by default, which costs no more than that of the others.
            "--noise": given.noise if self.loss == "ns" else None,
            "--noise-sharing": self.sharing,
            "--sample": given.sample,
            "--min-count": given.min_count,
            "--epochs": given.epochs,
            "--threads": given.threads,
            "--seed": job.seed,
            "--lr": self.rate(job),
        }
        program = str(script("w2v-nce"))
        return [program, "train", job.corpus, "-o", job.output, *_flat(options)]

    def missing(self) -> str | None:
        """Say why this trainer cannot run, or None if it can."""
        return super().missing() or _missing_program(script("w2v-nce"))


class Word2vecC(Trainer):
    """Google's word2vec.c. It has no seed: runs differ by the race of its threads alone.

    Its file names hold at most 99 bytes, so the job's names must be short and relative.
    """

    name = "word2vec.c"
    package = "word2vec"
    seeded = False
    rates = MappingProxyType({"skipgram": 0.025, "cbow": 0.05})  # its defaults

    def command(self, job: Job) -> list[str]:
        """Return the command line that does ``job``."""
        given = job.settings
        options = {
            "-train": job.corpus,
            "-output": job.output,
            "-size": given.dim,
            "-window": given.window,
            "-sample": given.sample,
            "-hs": 0,
            "-negative": given.noise,
            "-min-count": given.min_count,
            "-cbow": int(job.architecture == "cbow"),
            "-iter": given.epochs,
            "-threads": given.threads,
            "-alpha": self.rate(job),
        }
        return [str(script("word2vec")), *_flat(options)]

    def missing(self) -> str | None:
        """Say why this trainer cannot run, or None if it can."""
        return super().missing() or _missing_program(script("word2vec"))


class PythonPeer(Trainer):
    """A Python library, driven by a script of this folder that takes a :class:`Job` as JSON."""

    def __init__(self, name: str, package: str, driver: str, rates: Mapping[str, float]) -> None:
        self.name, self.package, self.driver, self.rates = name, package, driver, rates

    def command(self, job: Job) -> list[str]:
        """Return the command line that does ``job``."""
        driver = str(HERE / self.driver)
        return [sys.executable, driver, json.dumps({**asdict(job), "rate": self.rate(job)})]


def script(name: str) -> Path:
    """Return the path of a program that pip installed for this Python."""
    return Path(sysconfig.get_path("scripts")) / name


def all_trainers() -> list[Trainer]:
    """Return every trainer of the comparison, in the order of the tables."""
    return [
        W2vNce("ns"),
        W2vNce("nce"),
        W2vNce("ns", sharing="none"),
        Word2vecC(),
        PythonPeer("gensim", "gensim", "train_gensim.py", GENSIM_RATES),
        PythonPeer("fastText", "fasttext", "train_fasttext.py", FASTTEXT_RATES),
    ]


def _flat(options: dict[str, object]) -> list[str]:
    return [
        text for name, value in options.items() if value is not None for text in (name, str(value))
    ]


def _missing_program(path: Path) -> str | None:
    return None if path.is_file() else f"its program {path.name} is not among pip's scripts"
