"""What is counted, and what everybody may see of it."""
