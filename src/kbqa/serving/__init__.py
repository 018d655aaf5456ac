"""One assistant for many askers: opened and kept up to date, asked in turn, whatever face asks."""
