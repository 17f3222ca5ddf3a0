"""`zufall run`: the whole of Zufall on one machine, in real processes, until Ctrl-C."""
