"""The page in the operator's name."""
