"""Named pools: an operator's events, with their words, pictures and hours."""
