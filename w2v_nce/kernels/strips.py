"""Where in a text the centres of a block come from.

Words that stand side by side are about the same things. If all of them, and only they, had their
noise words in common, they would push each of these in one direction, and far. So the text is cut
into as many sections as a block has strips: from each section it takes a strip of neighbouring
words, and the next block takes the strips behind these.
"""

from __future__ import annotations

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.block import Block
from w2v_nce.kernels.contrast import Setup
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.rows import prefetch_row
from w2v_nce.kernels.windows import Windows


@inline_jit
def section_size(windows: Windows, setup: Setup) -> int:
    """Return how many words of a text a section has; the last ones may have fewer."""
    return -(-len(windows.words) // (setup.block // setup.strip))


@inline_jit
def take_strips(block: Block, windows: Windows, section: int, place: int, setup: Setup) -> int:
    """Make words the centres of a block, those from a place in each section on.

    Returns how many they are: strips end where their section does.
    """
    words, size = windows.words, 0
    for start in range(place, len(words), section):
        for centre in range(start, min(start + setup.strip, start - place + section, len(words))):
            block.centre[size] = centre
            block.word[size] = words[centre]
            size += 1
    return size


@inline_jit
def prefetch_next(
    block: Block, size: int, words: Ids, setup: Setup, of_centres: Reals, of_neighbours: Reals
) -> None:
    """Ask for the rows that the next block needs and this one does not."""
    for row in range(size):
        centre = block.centre[row] + setup.strip
        neighbour = centre + setup.window
        if centre < len(words):
            prefetch_row(of_centres, words[centre])
        if neighbour < len(words):
            prefetch_row(of_neighbours, words[neighbour])
