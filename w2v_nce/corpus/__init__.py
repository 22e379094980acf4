"""From text to word ids: sources of blocks, the scanner, the vocabulary."""
