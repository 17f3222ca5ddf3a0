"""The decisions of the matcher, without I/O: the waiting room and the rules, stages and indexes it uses."""
