"""People use real browsers on a real `zufall run`."""
