"""People at real browsers, on a real `zufall run`."""
