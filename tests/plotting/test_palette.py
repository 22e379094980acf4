"""Colours can be told from paper, and from each other, whatever cones an eye has."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from w2v_nce.plotting import style
from w2v_nce.plotting.page import asset

#: What eyes without one kind of cones make of linear RGB (Machado, Oliveira & Fernandes 2009).
EYES = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
#: From linear RGB to the cones of OKLab, and from there to OKLab (Ottosson 2020).
CONES = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
         [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
LAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
       [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    dark, light = sorted(float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: str, eye: str) -> np.ndarray:
    seen = np.clip(np.array(EYES[eye]) @ linear(colour), 0, 1)
    return np.array(LAB) @ np.cbrt(np.array(CONES) @ seen)


def variables(dark: bool) -> dict[str, str]:
    """The colours of the page."""
    part = asset("page.css").split("@media (prefers-color-scheme: dark)")[dark]
    return dict(line.strip(" ;").split(": ") for line in part.split("\n") if "  --" in line)


SCHEMES = [(style.LIGHT, False), (style.DARK, True)]


@pytest.mark.parametrize(("colours", "dark"), SCHEMES)
def test_dots_and_text_stand_out(colours: tuple[str, ...], dark: bool) -> None:
    page = variables(dark)
    assert min(contrast(colour, page["--paper"]) for colour in colours) >= 3
    assert min(contrast(page[text], page["--paper"]) for text in ("--ink", "--quiet")) >= 4.5


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("colours", [style.LIGHT, style.DARK])
def test_any_two_differ(colours: tuple[str, ...], eye: str) -> None:
    places = [oklab(colour, eye) for colour in colours]
    # Some 0.02 is what can just be noticed.
    assert min(np.linalg.norm(a - b) for a, b in combinations(places, 2)) > 0.09


def test_as_many_groups_as_promised_look_different() -> None:
    looks = {(style.colour(i), style.shape(i)) for i in range(style.MOST)}
    assert len(looks) == style.MOST
