"""`zufall simulate`: a crowd in virtual time in front of the real waiting room.

Pure but for `command.py` and `picture.py`: time and randomness are given to it.
"""
