"""The commands of operators: `zufall reports`, `zufall moderator` and `zufall policy`."""
