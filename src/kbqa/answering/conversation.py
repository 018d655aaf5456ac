"""A question that only makes sense after the one before it → one that stands alone, without a language model.

«А какие у него минусы?» after «Что такое личный бренд?» is «Какие минусы: личный бренд». What a question leaves out is
its subject; that of the conversation is the note that the last question with a subject names, else its few words, else
what was found for it. A question with a subject of its own is never changed.
"""

import re
from collections.abc import Callable, Sequence

from kbqa.index.analysis import STOP_WORDS, content_words, folded, is_acronym
from kbqa.retrieval.dictionary import analyzer
from kbqa.retrieval.facets import asked, beyond, told
from kbqa.retrieval.naming import Mention, Naming
from kbqa.types import Chunk

Turn = tuple[str, str]
"""One earlier exchange: the question and the answer's text."""

_REMEMBERED = 8
"""How many earlier exchanges are read."""
_FEW = 3
"""Up to so many words of a question are its subject as they stand."""
_SHORT = 4
"""A question with a pronoun and more content words than this says itself what it means."""

_BEGIN = r"^\s*(?:(?:ну\s+)?(?:а|и|но)|ну|and|but|so)\b[\s,]*"
_LINK = re.compile(
    _BEGIN + r"(?:(?:что|как)\s+(?:насчет|насчёт|по поводу|с)\b|(?:what|how)\s+about\b)?\s*", re.IGNORECASE
)
_ABOUT = re.compile(r"^\s*(?:что|как)\s+(?:насчет|насчёт|по поводу)\b\s*|^\s*(?:what|how)\s+about\b\s*", re.IGNORECASE)
_PREPOSITION = (
    r"(?:у|о|об|обо|в|во|на|для|к|ко|с|со|от|из|за|про|по|при|без|если|when|if|of|about|for|in|on|at|to|with)"
)
_ASKING_WORD = re.compile(
    r"\b(?:кто|кого|кому|кем|что|чего|чему|чем|как|как\w{2,4}|где|куда|откуда|когда|почему|зачем|сколько|"
    r"who|what|which|where|when|why|how|is|are|do|does|can)\b",
    re.IGNORECASE,
)
_ALONE = r"него|не[её]|них|ней|нею|н[её]м|ним|ними|нему|it|them"
_POINTING = re.compile(
    rf"\b(?:{_PREPOSITION}\s+(?:{_ALONE}|(?:этом|этого|этому|этим|этой|это|this|these|that)(?=\s*(?:[?!.,;:]|$)))"
    rf"|{_ALONE}|он|она|оно|они|его|е[её]|их|ему|ей|им|ими|"
    r"эт(?:от|а|о|и|у|ого|ой|ому|их|им|ими|ом)|там|туда|оттуда|its|they|their|this|these|those)\b",
    re.IGNORECASE,
)
_ORDINALS = (
    ("перв", "first", "1"),
    ("втор", "second", "2"),
    ("трет", "third", "3"),
    ("четверт", "fourth", "4"),
    ("пят", "fifth", "5"),
    ("шест", "sixth", "6"),
    ("седьм", "seventh", "7"),
    ("восьм", "eighth", "8"),
    ("девят", "ninth", "9"),
    ("десят", "tenth", "10"),
)
_ADJECTIVE = r"(?:ый|ой|ий|ая|ое|ого|ому|ом|ую|ым|ья|ье|ьего|ьему|ьем|ью|ьей|ьим|ей|яя|ее|его|ему|ем|юю|им)"
_ORDINAL = re.compile(
    "|".join(
        rf"\b(?P<n{place}>{russian}{_ADJECTIVE}|{english}|(?:пункт\w*|номер\w*|item|number|№)\s*{digit}\b)(?!\w)"
        for place, (russian, english, digit) in enumerate(_ORDINALS, start=1)
    )
    + rf"|\b(?P<last>последн{_ADJECTIVE}|last)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:пункт|вариант|шаг|этап|способ|вид|тип|пример|элемент|част|раздел|совет|правил|формат|"
    r"points?|items?|options?|steps?|ones?|parts?|stages?|kinds?)(?:\w{0,3})\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:(?:рас|по|с)?скажи\w*|поясни\w*|объясни\w*|раскро\w+|опиши\w*|хочу|знать|узнать|(?:по)?подробн\w+|детальн\w+|"
    r"ещ[её]|больше|дальше|кратко|поконкретнее|конкретн\w+|например|есть|бывают?|нужн[аоы]?|нужен|"
    r"tell|explain|elaborate|describe|more|details?|else|further)\b",
    re.IGNORECASE,
)
_TO_US = re.compile(r"\b(?:ты|тебя|тебе|тобой|тво\w{1,3}|вы|вас|вам|вами|ваш\w*|are you|your)\b", re.IGNORECASE)
"""What is said to the one who answers is not about the notes."""
_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.)\s+(.+)$", re.MULTILINE)
_MARKER = re.compile(r"\s*\[\d+\]")
_NAME_END = re.compile(r":|\s[-–—]\s|[.;]\s")
_ITEM_WORDS = 8


class Conversation:
    """Reads questions in the light of those before them.

    Args:
        names: titles and aliases of all notes.
        best: the best hit for a question; None where nothing is found.
        meant: an earlier question as it was meant.
    """

    def __init__(
        self, names: Naming, best: Callable[[str], Chunk | None], meant: Callable[[str], str] = lambda text: text
    ) -> None:
        self._names = names
        self._best = best
        self._meant = meant

    def standalone(self, question: str, history: Sequence[Turn]) -> str:
        """The question with what it leaves out, which `history` (oldest first) says; itself where it says it all."""
        before: list[Turn] = []
        for asked_before, answer in history[-_REMEMBERED:]:
            before.append((self._read(self._meant(asked_before), before), answer))
        return self._read(question, before)

    def _read(self, question: str, before: Sequence[Turn]) -> str:
        """`question` as one that stands alone, after exchanges whose questions do."""
        if not before:
            return question
        last, answer = before[-1]
        last = _sentence(_LINK.sub("", last))
        named = self._names.mentions(question)
        if named:
            return self._with_new_subject(question, named[0], last) or question
        item = _item_meant(question, answer)
        if not item and not self._leaves_out(question):
            return _with_modifier(question, last) or question
        subject = next(filter(None, (self._subject(earlier) for earlier, _ in reversed(before))), None)
        if subject is None:
            return question
        if item:
            question = _PART.sub(" ", _ORDINAL.sub(" ", question, count=1))
            subject = f"{item}, {subject}"
        return _joined(_LINK.sub("", _POINTING.sub(" ", question)), subject)

    def _leaves_out(self, question: str) -> bool:
        """Whether a question that names no note needs a subject: it asks for a facet or for more, or has a pronoun."""
        own = _own_words(question)
        if _TO_US.search(question):
            return False
        if not own:
            return bool(asked(question)) or bool(_REQUEST.search(question)) or bool(_POINTING.search(question))
        pointing = _POINTING.search(question)
        return (
            pointing is not None
            and len(content_words(question)) <= _SHORT
            and not any(map(_is_thing, _own_words(question[: pointing.start()])))
        )

    def _with_new_subject(self, question: str, named: Mention, last: str) -> str | None:
        """«А у митапов?»: what was asked before, of another subject; None where the question asks something itself."""
        link = _LINK.match(question) or _ABOUT.match(question)
        rest = question[link.end() if link else 0 : named.start] + " " + question[named.end :]
        if not link or _ASKING_WORD.search(rest) or _own_words(rest) or asked(rest):
            return None
        new = question[named.start : named.end]
        old = self._names.mentions(last)
        if old:
            return last[: old[0].start] + new + last[old[0].end :]
        return _joined(_without(last, _own_words(last)), new) if asked(last) else None

    def _subject(self, question: str) -> str | None:
        """What a question that stands alone is about; None: nothing that can be asked about."""
        named = self._names.mentions(question)
        if named:
            return named[0].names[0]
        own = _own_words(question)
        if not own:
            return None
        if len(own) <= _FEW:
            return " ".join(own)
        chunk = self._best(question)
        if chunk is None:
            return None
        heading = chunk.heading_path[-1]
        return chunk.title if len(chunk.heading_path) == 1 or told(heading) else f"{heading}, {chunk.title}"


def _own_words(question: str) -> list[str]:
    """The content words of a question that neither ask for a facet, nor for more, nor point back; as written."""
    left = _REQUEST.sub(" ", _POINTING.sub(" ", question))
    kept = set(re.findall(r"\w+", folded(beyond(left))))
    return [word for word in re.findall(r"[^\W_]+", left) if folded(word) in kept - STOP_WORDS or is_acronym(word)]


def _is_thing(word: str) -> bool:
    """Whether a pronoun after the word may stand for it."""
    return word.isascii() or "NOUN" in analyzer().tag(folded(word))[0]


def _with_modifier(question: str, last: str) -> str | None:
    """«А для новичка?»: what was asked before, with one more word on it; None: the question is another one."""
    link = re.match(_BEGIN, question, re.IGNORECASE)
    added = question[link.end() :].strip(" ?!.") if link else ""
    if not added or _ASKING_WORD.search(added) or asked(added) or not 0 < len(content_words(added)) <= _FEW:
        return None
    preposition = re.match(rf"{_PREPOSITION}\b", added, re.IGNORECASE)
    if not preposition:
        return None
    plain = last.rstrip(" ?!.")
    same = re.search(rf"\b{preposition.group()}\s+[^,:]*$", plain, re.IGNORECASE)
    if not same:
        return f"{plain} {added}?"
    # «А в технологическое?»: the noun is still that of the question before.
    lacks_noun = "ADJF" in analyzer().tag(folded(added.split()[-1]))[0]
    kept = same.group().split()[len(added.split()) :] if lacks_noun else []
    return f"{' '.join((plain[: same.start()].rstrip(), added, *kept))}?"


def _item_meant(question: str, answer: str) -> str | None:
    """What the item of the last answer is called that an ordinal means; None: none is meant, or there is none."""
    ordinal = _ORDINAL.search(question)
    if not ordinal or _own_words(_PART.sub(" ", _ORDINAL.sub(" ", question, count=1))):
        return None
    items = _ITEM.findall(answer)
    place = len(items) if ordinal.lastgroup == "last" else int(str(ordinal.lastgroup).removeprefix("n"))
    return _called(items[place - 1]) if 0 < place <= len(items) else None


def _called(item: str) -> str:
    """The name of an item, or how it begins."""
    plain = _MARKER.sub("", item)
    bold = re.match(r"\*\*(.+?)\*\*", plain)
    name = bold.group(1) if bold else _NAME_END.split(plain, maxsplit=1)[0]
    return " ".join(name.replace("*", "").split()[:_ITEM_WORDS]).rstrip(".:;,")


def _without(question: str, gone: Sequence[str]) -> str:
    return re.sub("|".join(rf"\b{re.escape(word)}\b" for word in gone), " ", question) if gone else question


def _joined(frame: str, subject: str) -> str:
    """A question and its subject: «Какие минусы: личный бренд»."""
    plain = " ".join(frame.split()).strip(" ?!.,:;")
    plain = re.sub(rf"(?:\s+(?:{_PREPOSITION}|the|an?))+$|\s+(?=[,?])", "", plain, flags=re.IGNORECASE)
    return f"{_sentence(plain)}: {subject}" if re.search(r"\w", plain) else subject


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
