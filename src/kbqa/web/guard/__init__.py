"""What stands in front of every page and door: who may come in, under which name, to what, and how it is told no."""
