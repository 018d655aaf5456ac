"""The evidence of an answer → a language model's text, every sentence of which is compared with what it cites."""
