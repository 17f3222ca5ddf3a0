"""One match: who meets whom, what they say to each other, and what of it must arrive."""
