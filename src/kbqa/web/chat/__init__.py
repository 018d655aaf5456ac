"""The chat: one page that asks, shows each answer beside its sources, and keeps the talk."""
