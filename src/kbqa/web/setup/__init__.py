"""To choose the folder of notes on the page itself: which folders there are, and what a choice changes."""
