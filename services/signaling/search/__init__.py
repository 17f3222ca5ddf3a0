"""What visitors look for, whom they have met, and the tickets that wait."""
