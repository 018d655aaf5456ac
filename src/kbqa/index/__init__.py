"""Sections → chunks → a published generation of the index, and the way back from the index to chunks."""
