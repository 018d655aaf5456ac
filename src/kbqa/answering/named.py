"""What a question names: several notes side by side, and what it does not ask for («кроме …»)."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence, Set

from kbqa.answering.several import JOINING
from kbqa.index.analysis import STOP_WORDS, content_words, folded, stem, words
from kbqa.types import NoteSummary

_TOKEN = re.compile(r"\w+|,")
_COMPARING = frozenset(words("с со от чем лучше хуже than with from to better worse"))
"""What besides stands there in a comparison."""
_BETWEEN = STOP_WORDS | JOINING | _COMPARING
_EXCEPT = re.compile(
    r"[,(]?\s*\b(?:кроме|помимо|не считая|за исключением|except(?: for)?|besides|apart from|other than)\s+"
    r"(?!того\b|этого\b|всего\b|прочего\b|that\b|this\b)([^?!.,;:)]+)\)?,?",
    re.IGNORECASE,
)


class NoteNames:
    """The names of all notes by their first word: a question is compared with few of them, however many there are."""

    def __init__(self, notes: Iterable[NoteSummary]) -> None:
        self._by_first: dict[str, set[tuple[tuple[str, ...], str]]] = {}
        self._called: dict[tuple[str, ...], set[str]] = {}
        for note in notes:
            for name in (note.title, *note.aliases):
                if stemmed := tuple(map(stem, content_words(name))):
                    self._by_first.setdefault(stemmed[0], set()).add((stemmed, note.path))
                    self._called.setdefault(tuple(map(stem, words(name))), set()).add(note.path)

    def beginning(self, word: str) -> Collection[tuple[tuple[str, ...], str]]:
        """The names that begin with a word, as the stems of their words, with the paths of their notes."""
        return self._by_first.get(word, ())

    def called(self, text: str) -> frozenset[str]:
        """Paths of the notes that a text names, in any case and number, and says nothing besides."""
        return frozenset(self._called.get(tuple(map(stem, words(text))), ()))

    def named(self, asked: Set[str]) -> frozenset[str]:
        """Paths of the notes with a name of just these words, given as stems."""
        return frozenset(path for word in asked for name, path in self.beginning(word) if asked == set(name))

    def having(self, asked: Set[str]) -> frozenset[str]:
        """Paths of the notes with a name that has all of these words, given as stems, and maybe others."""
        names = (pair for beginning in self._by_first.values() for pair in beginning)
        return frozenset(path for name, path in names if asked <= set(name))


def side_by_side(question: str, names: NoteNames, *, comparing: bool) -> tuple[str, ...]:
    """Paths of the notes whose names, in full, stand next to each other in the question, in this order; two or none.

    Args:
        question: its text.
        names: of all notes.
        comparing: whether «X от Y» and «X с Y» are two things, too.
    """
    tokens = [folded(token) for token in _TOKEN.findall(question)]
    joining = JOINING | _COMPARING if comparing else JOINING
    chain: list[str] = []
    end = 0
    for start, after, path in _spans(tokens, names):
        between = tokens[end:start]
        if chain and not (joining.intersection(between) and _BETWEEN.issuperset(between)):
            if len(chain) > 1:
                break
            chain = []
        if path not in chain:
            chain.append(path)
        end = after
    return tuple(chain) if len(chain) > 1 else ()


def _spans(tokens: Sequence[str], names: NoteNames) -> Iterator[tuple[int, int, str]]:
    """Where names of notes stand in the tokens: start, end, path; of names at one place the longest."""
    content = [(place, stem(token)) for place, token in enumerate(tokens) if token not in STOP_WORDS]
    found = []
    for first, (_, begun) in enumerate(content):
        for name, path in names.beginning(begun):
            window = content[first : first + len(name)]
            if tuple(word for _, word in window) == name:
                found.append((window[0][0], window[0][0] - window[-1][0] - 1, path))
    end = 0
    for start, length, path in sorted(found):
        if start >= end:
            end = start - length
            yield start, end, path


def split_exception(question: str) -> tuple[str, str]:
    """The question without «кроме …», and what is excepted; empty where nothing is."""
    match = _EXCEPT.search(question)
    if match is None:
        return question, ""
    return f"{question[: match.start()]}{question[match.end() :]}", match[1].strip()
