"""A damaged question → as it was meant."""

from kbqa.retrieval.repair.reading import repaired
from kbqa.retrieval.repair.vocabulary import Vocabulary

__all__ = ["Vocabulary", "repaired"]
