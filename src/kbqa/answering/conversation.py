"""A question that only makes sense after the one before it → one that stands alone, without a language model.

«А какие у него минусы?» after «Что такое личный бренд?» is «Какие минусы: личный бренд». What a question leaves out is
its subject; that of the conversation is the note that the last question with a subject names, else its few words, else
what was found for it. A question with a subject of its own is never changed.
"""

import re
from collections.abc import Callable, Sequence
from itertools import dropwhile, takewhile

from pymorphy3.analyzer import Parse

from kbqa.index.analysis import STOP_WORDS, content_words, folded, is_acronym, stems
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
    r"(?:у|о|об|обо|в|во|на|для|к|ко|с|со|от|из|за|про|по|при|без|между|перед|после|над|под|через|против|кроме|"
    r"вместо|ради|если|when|if|of|about|for|in|on|at|to|with)"
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
_POINTING_ALONE = re.compile(rf"\b{_PREPOSITION}\s+эт(?:ом|ого|ому|им|ой|у|о|их|ими)\b", re.IGNORECASE)
"""A preposition and a pronoun, which go together unless a noun follows: «к этому готовиться»."""
_ORDINALS = (
    ("перв", "first", "1"),
    ("втор", "second", "2"),
    ("трет", "third", "3"),
    ("четв[её]рт", "fourth", "4"),
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
_PLACE = re.compile(
    r"\b(?:(?:про|о|об)\s+)?(?:пункт|номер|вариант|элемент|items?|numbers?|points?|ones?|options?)\w{0,3}\b", re.I
)
"""Words for an item of any list, which say nothing without it."""
_ITEM = re.compile(r"(?:[-*]|\d+\.)\s+(.+)")
_ROW = re.compile(r"\|\s*((?:\\\||[^|])*?)\s*\|")
_DASHES = re.compile(r"\|[\s:|-]+")
_MARKER = re.compile(r"\s*\[\d+\]")
_LINKED = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]")
_TERM_END = re.compile(r":(?=\s|$)|\s[-–—]\s")
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
        last = before[-1][0]
        last = _sentence(_LINK.sub("", last))
        named = self._names.mentions(question)
        if named:
            return self._with_new_subject(question, named[0], last) or question
        ordinal = _by_ordinal(question)
        # The list may have been shown before the answer on one of its items.
        shown = next(filter(None, (_items(answer) for _, answer in reversed(before))), [])
        item = _item_meant(ordinal, shown) if ordinal else None
        if not ordinal and not self.leaves_out(question):
            return _with_modifier(question, last) or question
        subject = next(filter(None, (self._subject(earlier) for earlier, _ in reversed(before))), None)
        if subject is None and item:
            subject = _called(item)
        if subject is None:
            return question
        if ordinal:
            question = _ORDINAL.sub(" ", question, count=1)
            question = (_PART if item else _PLACE).sub(" ", question)
        if item:
            name = _called(item)
            if ordinal and _explains(item) and not asked(question):
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
            begun = last[: old[0].start]
            placed = _nominative(new.split(), governed=True) if begun.rstrip().endswith(":") else new
            return begun + placed + last[old[0].end :]
        return (
            _joined(_without(last, _own_words(last)), _nominative(new.split(), governed=True)) if asked(last) else None
        )

    def _subject(self, question: str) -> str | None:
        """What a question that stands alone is about; None: nothing that can be asked about."""
        named = self._names.mentions(question)
        if named:
            return named[0].names[0]
        own = _own_words(question)
        if not own:
            return None
        if len(own) <= _FEW and (things := _things(question, own)):
            return _nominative(things, governed=_is_governed(question, things[0]))
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


def _by_ordinal(question: str) -> re.Match[str] | None:
    """The ordinal that a question means something by and says no more of; None: it has none, or a subject as well."""
    ordinal = _ORDINAL.search(question)
    return ordinal if ordinal and not _own_words(_PART.sub(" ", _ORDINAL.sub(" ", question, count=1))) else None


def _item_meant(ordinal: re.Match[str], items: Sequence[str]) -> str | None:
    """The item that an ordinal means; None: there is none."""
    place = len(items) if ordinal.lastgroup == "last" else int(str(ordinal.lastgroup).removeprefix("n"))
    return items[place - 1] if 0 < place <= len(items) else None


def _items(answer: str) -> list[str]:
    """What the first list or table of an answer consists of: its items, without those below others; its rows' names."""
    lines = [line for line in answer.split("\n") if line.strip()]
    begun = dropwhile(lambda line: not (_ITEM.match(line) or _ROW.match(line)), lines)
    first = next(begun, None)
    if first is None:
        return []
    pattern = _ITEM if _ITEM.match(first) else _ROW
    run = [first, *takewhile(lambda line: pattern.match(line) or line[0].isspace(), begun)]
    if pattern is _ROW and len(run) > 1 and _DASHES.fullmatch(run[1]):
        run = run[2:]
    return [match.group(1) for line in run if (match := pattern.match(line))]


def _called(item: str) -> str:
    """The name of an item, or how it begins."""
    plain = _MARKER.sub("", item)
    bold = re.match(r"\*\*(.+?)\*\*", plain)
    name = bold.group(1) if bold else _NAME_END.split(plain, maxsplit=1)[0]
    name = re.split(r"\s\(", _LINKED.sub(r"\1", name).replace("*", ""), maxsplit=1)[0]
    return " ".join(name.split()[:_ITEM_WORDS]).rstrip(".:;,")


def _explains(item: str) -> bool:
    """Whether an item says something of what it names: «**Научная**: доклады проходят рецензию»."""
    return bool(_TERM_END.search(_MARKER.sub("", item).replace("*", "")))


def _things(question: str, own: Sequence[str]) -> list[str]:
    """Of a question's own words those that name, and what stands between them; none where none is a noun."""
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", question)
    naming = [word in own and _names(word) for word in words]
    if not any(word in own and _is_thing(word) and not _is_guessed(word) for word in words):
        return []
    things = [
        word
        for place, word in enumerate(words)
        if naming[place]
        or (0 < place < len(words) - 1 and naming[place - 1] and naming[place + 1] and _is_preposition(word))
    ]
    # The noun of an adjective at the end was left out with what asks: «участников у технологической платформы».
    while things and (_is_preposition(things[-1]) or "ADJF" in analyzer().tag(folded(things[-1]))[0]):
        things.pop()
    return things


def _names(word: str) -> bool:
    """Whether a word may be part of what something is called: no verb, adverb or «наш»."""
    tag = analyzer().tag(folded(word))[0]
    return "Apro" not in tag and not {"VERB", "INFN", "ADVB", "GRND", "PRED", "PRCL"} & tag.grammemes


def _is_guessed(word: str) -> bool:
    """Whether a word is no name and in no dictionary, so that its nominative would be a guess: «кейтерингшу»."""
    guess = analyzer().parse(word)[0]
    return word.islower() and not word.isascii() and not guess.is_known and guess.tag.case != "nomn"


def _is_preposition(word: str) -> bool:
    return re.fullmatch(_PREPOSITION, word, re.IGNORECASE) is not None


def _is_governed(question: str, word: str) -> bool:
    """Whether a preposition or noun before a word puts it into another case: «виды партнёрства»."""
    before = re.findall(r"[^\W_]+", question[: question.index(word)])[-1:]
    return any(_is_preposition(each) or "NOUN" in analyzer().tag(folded(each))[0] for each in before)


def _nominative(words: Sequence[str], *, governed: bool) -> str:
    """«Отраслевых сообществ» → «отраслевые сообщества»: the first noun, and the adjectives before it, as it agrees.

    A form that may be nominative is changed only where the words are `governed` by others.
    """
    parses = [analyzer().parse(word.lower()) for word in words]
    place = next((place for place, found in enumerate(parses) if "NOUN" in found[0].tag), None)
    before = parses[:place]
    if place is None or not all({"ADJF", "PRTF"} & found[0].tag.grammemes for found in before):
        return " ".join(words)
    nouns = [noun for noun in parses[place] if "NOUN" in noun.tag]
    agreeing = [noun for noun in nouns if all(any(_agree(adjective, noun) for adjective in found) for found in before)]
    # Of «выставки» the plural's nominative is meant unless a word before asks for another case.
    agreeing.sort(key=lambda noun: (noun.tag.case == "nomn") is governed)
    noun = next(iter(agreeing), None)
    if noun is None or noun.tag.case == "nomn":
        return " ".join(words)
    form = {"nomn", noun.tag.number}
    gender = {noun.tag.gender} if noun.tag.number == "sing" and noun.tag.gender else set()
    changed = [
        *(next(each for each in found if _agree(each, noun)).inflect(form | gender) for found in before),
        noun.inflect(form),
    ]
    if any(each is None for each in changed):
        return " ".join(words)
    cased = (
        _sentence(each.word) if word[:1].isupper() else each.word
        for each, word in zip(changed, words[: place + 1], strict=True)
    )
    return " ".join((*cased, *words[place + 1 :]))


def _agree(adjective: Parse, noun: Parse) -> bool:
    return (
        bool({"ADJF", "PRTF"} & adjective.tag.grammemes)
        and (adjective.tag.case, adjective.tag.number) == (noun.tag.case, noun.tag.number)
        and adjective.tag.gender in {None, noun.tag.gender}
    )


def _without_pronouns(question: str) -> str:
    """A question without what points back, and the prepositions of it."""

    def kept(match: re.Match[str]) -> str:
        following = re.match(r"\s+([^\W_]+)", question[match.end() :])
        tag = analyzer().tag(folded(following.group(1)))[0] if following else ""
        return match.group() if "NOUN" in tag or "ADJF" in tag else " "

    return _POINTING.sub(" ", _POINTING_ALONE.sub(kept, question))


def _without(question: str, gone: Sequence[str]) -> str:
    return re.sub("|".join(rf"\b{re.escape(word)}\b" for word in gone), " ", question) if gone else question


def _joined(frame: str, subject: str) -> str:
    """A question and its subject: «Какие минусы: личный бренд»."""
    plain = " ".join(frame.split()).strip(" ?!.,:;")
    plain = re.sub(rf"(?:\s+(?:{_PREPOSITION}|the|an?))+$|\s+(?=[,?])", "", plain, flags=re.IGNORECASE)
    return f"{_sentence(plain)}: {subject}" if re.search(r"\w", plain) else subject


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
