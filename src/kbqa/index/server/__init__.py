"""A generation on a Chroma server: published there by the one indexer, read from there by many apps."""
