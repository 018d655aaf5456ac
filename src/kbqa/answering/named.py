"""What a question names: several notes side by side, several questions in one, what it does not ask for («кроме …»)."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence, Set

from kbqa.index.analysis import STOP_WORDS, content_words, folded, names_something, stem, words
from kbqa.retrieval.question import has_subject
from kbqa.types import NoteSummary

_TOKEN = re.compile(r"\w+|,")
_JOINING = frozenset({",", *words("и или либо а and or vs versus")})
"""What stands between things that are named side by side."""
_COMPARING = frozenset(words("с со от чем лучше хуже than with from to better worse"))
"""What besides stands there in a comparison."""
_BETWEEN = STOP_WORDS | _JOINING | _COMPARING
_EXCEPT = re.compile(
    r"[,(]?\s*\b(?:кроме|помимо|не считая|за исключением|except(?: for)?|besides|apart from|other than)\s+"
    r"(?!того\b|этого\b|всего\b|прочего\b|that\b|this\b)([^?!.,;:)]+)\)?,?",
    re.IGNORECASE,
)
_ASKED_WITH = re.compile(
    r"(?:(?<=[?!])|[?!.;]\s+|[,;]?\s+)(?:[аи]|но|and|but)\s+"
    r"(?=(?:во? |на |со? |к |по |за |до |у |от |об? |из |для |при )?"
    r"(?:что|кто|как\w*|когда|где|куда|откуда|зачем|почему|сколько|скольк\w+|кому|кого|кем|чем|чего|чему|"
    r"what|who|how|when|where|why|which)\b)|[?!]\s+",
    re.IGNORECASE,
)
"""What stands between two questions in one: «…, и сколько это стоит»."""
_OWN_WORDS = 2
"""A question in a question that has fewer words of its own leaves its subject to the one before."""


def asked_with(question: str) -> list[str]:
    """The questions in a question, in order, as they are worded."""
    parts = (part.strip() for part in _ASKED_WITH.split(question))
    return [part for part in parts if part]


def questions_in(question: str) -> tuple[str, ...]:
    """The questions that one asks together («Когда готовят сводку, а когда отчёт?») and that stand alone; or none."""
    found = asked_with(question)
    alone = tuple(part for part in found if names_something(part) and len(content_words(part)) >= _OWN_WORDS)
    return alone if len(alone) > 1 else ()


def of_one_subject(question: str) -> tuple[str, ...]:
    """The questions in a question of which only the last says of what: «Сколько стоит и сколько длится X?»; or none.

    A question word alone («Кому и когда писать?») asks for no more than the question that it stands before.
    """
    *before, last = asked_with(question)
    share_subject = has_subject(last) and not any(has_subject(text) or len(words(text)) == 1 for text in before)
    return (*before, last) if before and share_subject else ()


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
    joining = _JOINING | _COMPARING if comparing else _JOINING
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
