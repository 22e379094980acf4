"""Everything that is shown on a terminal or read from one."""
