"""A question that only makes sense after the one before it → one that stands alone, without a language model.

«А какие у него минусы?» after «Что такое личный бренд?» is «Какие минусы: личный бренд». What a question leaves out is
its subject; that of the conversation is the note that the last question with a subject names, else its few words, else
what was found for it. A question with a subject of its own is never changed.
"""

import re
from collections.abc import Callable, Sequence

from kbqa.answering.courtesy import asks_of_all, is_courtesy
from kbqa.answering.enumerated import ORDINAL, PART, PLACE, by_ordinal, called, explains, item_meant, items_of
from kbqa.answering.subjects import (
    POINTING,
    PREPOSITION,
    REQUEST,
    capitalised,
    is_governed,
    is_thing,
    nominative,
    own_words,
    things_of,
)
from kbqa.index.analysis import content_words, folded, stems
from kbqa.index.dictionary import analyzer
from kbqa.retrieval.facets import asked, told
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
_ASKING_WORD = re.compile(
    r"\b(?:кто|кого|кому|кем|что|чего|чему|чем|как|как\w{2,4}|где|куда|откуда|когда|почему|зачем|сколько|"
    r"who|what|which|where|when|why|how|is|are|do|does|can)\b",
    re.IGNORECASE,
)
_POINTING_ALONE = re.compile(rf"\b{PREPOSITION}\s+эт(?:ом|ого|ому|им|ой|у|о|их|ими)\b", re.IGNORECASE)
"""A preposition and a pronoun, which go together unless a noun follows: «к этому готовиться»."""
_TO_US = re.compile(r"\b(?:ты|тебя|тебе|тобой|тво\w{1,3}|вы|вас|вам|вами|ваш\w*|are you|your)\b", re.IGNORECASE)
"""What is said to the one who answers is not about the notes."""


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
            if is_courtesy(asked_before) or asks_of_all(asked_before):
                continue
            before.append((self._read(self._meant(asked_before), before), answer))
        return self._read(question, before)

    def _read(self, question: str, before: Sequence[Turn]) -> str:
        """`question` as one that stands alone, after exchanges whose questions do."""
        if not before:
            return question
        last = before[-1][0]
        last = capitalised(_LINK.sub("", last))
        named = self._names.mentions(question)
        if named:
            return self._with_new_subject(question, named[0], last) or question
        ordinal = by_ordinal(question)
        # The list may have been shown before the answer on one of its items.
        shown = next(filter(None, (items_of(answer) for _, answer in reversed(before))), [])
        item = item_meant(ordinal, shown) if ordinal else None
        if not ordinal and not self.leaves_out(question):
            return _with_modifier(question, last) or question
        subject = next(filter(None, (self._subject(earlier) for earlier, _ in reversed(before))), None)
        if subject is None and item:
            subject = called(item)
        if subject is None:
            return question
        if ordinal:
            question = ORDINAL.sub(" ", question, count=1)
            question = (PART if item else PLACE).sub(" ", question)
        if item:
            name = called(item)
            if ordinal and explains(item) and not asked(question):
                return self._what_is(name, subject, english=ordinal.string.isascii())
            subject = name if name == subject else f"{name}, {subject}"
        return _joined(_LINK.sub("", _without_pronouns(question)), subject)

    def _what_is(self, name: str, subject: str, *, english: bool) -> str:
        """Asks for what explains an item, by its name alone where a note has that name."""
        if self._names.called(name) or set(stems(subject)) <= set(stems(name)):
            return f"What is {name}?" if english else f"Что такое {name}?"
        if not self._names.called(subject):
            return f"What is {name} ({subject})?" if english else f"Что такое «{name}» ({subject})?"
        return f"What is “{name}” in “{subject}”?" if english else f"Что такое «{name}» в «{subject}»?"

    def leaves_out(self, question: str) -> bool:
        """Whether a question that names no note needs a subject: it asks for a facet or for more, or has a pronoun."""
        own = own_words(question)
        if _TO_US.search(question):
            return False
        if not own:
            return bool(asked(question)) or bool(REQUEST.search(question)) or bool(POINTING.search(question))
        pointing = POINTING.search(question)
        return (
            pointing is not None
            and len(content_words(question)) <= _SHORT
            and not any(map(is_thing, own_words(question[: pointing.start()])))
        )

    def _with_new_subject(self, question: str, named: Mention, last: str) -> str | None:
        """«А у митапов?»: what was asked before, of another subject; None where the question asks something itself."""
        link = _LINK.match(question) or _ABOUT.match(question)
        rest = question[link.end() if link else 0 : named.start] + " " + question[named.end :]
        if not link or _ASKING_WORD.search(rest) or own_words(rest) or asked(rest):
            return None
        new = question[named.start : named.end]
        old = self._names.mentions(last)
        if old:
            begun = last[: old[0].start]
            placed = nominative(new.split(), governed=True) if begun.rstrip().endswith(":") else new
            return begun + placed + last[old[0].end :]
        return _joined(_without(last, own_words(last)), nominative(new.split(), governed=True)) if asked(last) else None

    def _subject(self, question: str) -> str | None:
        """What a question that stands alone is about; None: nothing that can be asked about."""
        named = self._names.mentions(question)
        if named:
            return named[0].names[0]
        own = own_words(question)
        if not own:
            return None
        if len(own) <= _FEW and (things := things_of(question, own)):
            return nominative(things, governed=is_governed(question, things[0]))
        chunk = self._best(question)
        if chunk is None:
            return None
        heading = chunk.heading_path[-1]
        return chunk.title if len(chunk.heading_path) == 1 or told(heading) else f"{heading}, {chunk.title}"


def _with_modifier(question: str, last: str) -> str | None:
    """«А для новичка?»: what was asked before, with one more word on it; None: the question is another one."""
    link = re.match(_BEGIN, question, re.IGNORECASE)
    added = question[link.end() :].strip(" ?!.") if link else ""
    if not added or _ASKING_WORD.search(added) or asked(added) or not 0 < len(content_words(added)) <= _FEW:
        return None
    preposition = re.match(rf"{PREPOSITION}\b", added, re.IGNORECASE)
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


def _without_pronouns(question: str) -> str:
    """A question without what points back, and the prepositions of it."""

    def kept(match: re.Match[str]) -> str:
        following = re.match(r"\s+([^\W_]+)", question[match.end() :])
        tag = analyzer().tag(folded(following.group(1)))[0] if following else ""
        return match.group() if "NOUN" in tag or "ADJF" in tag else " "

    return POINTING.sub(" ", _POINTING_ALONE.sub(kept, question))


def _without(question: str, gone: Sequence[str]) -> str:
    return re.sub("|".join(rf"\b{re.escape(word)}\b" for word in gone), " ", question) if gone else question


def _joined(frame: str, subject: str) -> str:
    """A question and its subject: «Какие минусы: личный бренд»."""
    plain = " ".join(frame.split()).strip(" ?!.,:;")
    plain = re.sub(rf"(?:\s+(?:{PREPOSITION}|the|an?))+$|\s+(?=[,?])", "", plain, flags=re.IGNORECASE)
    return f"{capitalised(plain)}: {subject}" if re.search(r"\w", plain) else subject
