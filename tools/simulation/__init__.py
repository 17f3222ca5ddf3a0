"""`zufall simulate`: visitors in virtual time who search in the real waiting room.

Everything except `command.py` and `plot.py` is pure: it takes time and randomness as arguments.
"""
