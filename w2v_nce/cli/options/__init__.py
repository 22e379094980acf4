"""Options: declared from settings, checked, suggested and shown in help."""
