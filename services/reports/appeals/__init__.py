"""Appeals against decisions, and what proves whose decision it was."""
