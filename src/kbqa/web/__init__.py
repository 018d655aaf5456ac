"""The chat in the browser: one page, served from this machine to this machine."""
