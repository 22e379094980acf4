"""The version of the program, which its files name."""

VERSION = "0.1.0"
