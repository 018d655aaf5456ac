"""Doors for other programs: REST, and the protocol of OpenAI's chat completions."""
