"""What pages are made of: text as HTML that stays text, addresses and names of places, notes and answers drawn."""
