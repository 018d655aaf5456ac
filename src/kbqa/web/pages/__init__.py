"""The vault to read: the tree of notes, a note with what links to it, the map."""
