"""The commands, each a thin twin of library functions.

Modules here import click, options and settings at the top; all that loads NumPy, Numba or rich is
imported inside the function of the command that needs it, so that ``--help`` and completion are
quick.
"""
