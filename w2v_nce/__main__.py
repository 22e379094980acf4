"""``python -m w2v_nce`` is the same as ``w2v-nce``."""

from w2v_nce.cli import main

if __name__ == "__main__":
    main()
