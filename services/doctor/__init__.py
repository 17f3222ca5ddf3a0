"""Checks an installation from outside and on its own machine, and says what to do."""
