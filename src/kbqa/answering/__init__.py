"""Hits → an answer whose every statement is cited, or the word that the notes hold none."""
