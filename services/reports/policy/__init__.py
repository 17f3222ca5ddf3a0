"""What a report weighs and what follows by itself, as an operator can change it and try it on past cases."""
