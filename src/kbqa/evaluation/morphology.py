"""The dictionary of Russian word forms, loaded once."""

from functools import cache

import pymorphy3


@cache
def analyzer() -> pymorphy3.MorphAnalyzer:
    """pymorphy3 with OpenCorpora's dictionary; takes a moment when it is first asked for."""
    return pymorphy3.MorphAnalyzer()
