"""Russian in Latin letters («kakie vidy partnerstva»), by any of the usual standards or by the habits of chats."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from kbqa.index.analysis import STOP_WORDS
from kbqa.index.dictionary import is_imperative, is_russian
from kbqa.retrieval.repair.letters import CYRILLIC, LATIN, cased
from kbqa.retrieval.repair.vocabulary import EMPTY, Vocabulary

# What a group of Latin letters may stand for, the likeliest first: GOST 7.79 and 52535, BGN/PCGN, ISO 9, chats.
_GROUPS = {
    "a": "а", "b": "б", "c": "ц к с", "d": "д", "e": "е ё э", "f": "ф", "g": "г", "h": "х г", "i": "и й ы",
    "j": "й ж ь", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т",
    "u": "у ю", "v": "в", "w": "в ш щ", "x": "х кс", "y": "ы й и ь", "z": "з ж", "4": "ч", "6": "ш", "'": "ь ъ",
    '"': "ъ", "''": "ъ", "ai": "ай аи", "ch": "ч", "ck": "к", "cz": "ц", "e'": "э", "eh": "э", "ei": "ей еи",
    "ia": "я", "ii": "ий ии", "io": "ё", "iu": "ю", "ja": "я", "je": "ье е э", "jo": "ё", "ju": "ю", "kh": "х",
    "oi": "ой ои", "ph": "ф", "sch": "щ", "sh": "ш щ", "shch": "щ", "shh": "щ", "tch": "ч", "ts": "ц", "tz": "ц",
    "ui": "уй уи", "y'": "ы", "ya": "я", "ye": "ье е э", "yo": "ё", "yu": "ю", "zh": "ж",
    "š": "ш", "č": "ч", "ž": "ж", "ŝ": "щ", "šč": "щ", "ë": "ё", "è": "э", "û": "ю", "â": "я",
}  # fmt: skip
_READINGS = {group: tuple(letters.split()) for group, letters in _GROUPS.items()}
_LONGEST_GROUP = max(map(len, _READINGS))
_GROUP = re.compile("|".join(sorted(map(re.escape, _READINGS), key=len, reverse=True)))
_SIGNED = frozenset("бвгджзклмнпрстфхцчшщ")
"""Letters after which a soft or hard sign is often left out."""
_THIRD_PERSON = re.compile("(ит|ет|ут|ют)(ся)?$")

_TOKEN = re.compile(r"""[^\W_](?:[\w'`’ʹ]|"(?=\w))*""")
_SIGNS = "'`’ʹ"
_APOSTROPHES = str.maketrans(_SIGNS, "'" * len(_SIGNS))
_TELLING = 3
"""Letters of the shortest word that tells a language: "to", "on", "no" are words in both."""
_TELLING_ALONE = 4
"""The same for a Latin word in a Russian question."""
_MOSTLY = 2
"""Of two groups of words one outweighs the other by so many times as many letters."""
_MOST_STEPS = 2000
"""Bounds the search on hostile input; an ordinary word takes some dozens."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A word in Latin letters."""

    text: str
    reading: str | None
    """The known Russian word that it spells, if it spells one."""
    foreign: bool
    """Whether it is known as it stands, and better than the Russian word."""


def in_cyrillic(question: str, vocabulary: Vocabulary) -> str:
    """The question with transliterated Russian in Cyrillic: all of it, or single words of a Russian question."""
    found = [text for text in dict.fromkeys(_TOKEN.findall(question)) if _is_latin(text)]
    signs_left_out = not any(sign in text for text in found for sign in _SIGNS)
    tokens = [_token(text, vocabulary, signs_left_out=signs_left_out) for text in found]
    if CYRILLIC.search(question):
        changed = {
            token.text: token.reading
            for token in tokens
            if token.reading and not token.foreign and _stands_in_notes(token, vocabulary)
        }
    elif _are_russian(tokens, vocabulary):
        changed = {token.text: token.reading or _spelt_out(token.text) for token in tokens if not token.foreign}
    else:
        return question
    return _TOKEN.sub(lambda word: cased(changed.get(word[0], word[0]), word[0]), question)


def _is_latin(text: str) -> bool:
    return bool(LATIN.search(text)) and not CYRILLIC.search(text)


def _token(text: str, vocabulary: Vocabulary, *, signs_left_out: bool) -> _Token:
    left_out = signs_left_out and not _is_name(text)
    readings = dict(_readings(_plain(text), vocabulary, missing_sign=0 if left_out else 1))
    ranks = {
        word: (not vocabulary.expects(word), unlikely, -vocabulary.frequency(word))
        for word, unlikely in readings.items()
    }
    best = [word for word, rank in ranks.items() if rank == min(ranks.values())]
    reading = max(best, key=_likelihood, default=None)
    if reading is None:
        foreign = vocabulary.expects(text)
    else:
        foreign = reading not in STOP_WORDS and vocabulary.frequency(text) > vocabulary.frequency(reading)
    return _Token(text, reading, foreign)


def _likelihood(word: str) -> tuple[bool, bool, int]:
    """Which word is the likelier of those that differ in the signs that the writer leaves out.

    Of «den» «день», of «reshat» «решать», but of «vhodit» «входит», of «razmer» «размер».
    """
    signed = word.removesuffix("ся").endswith("ь") and is_russian(word) and not is_imperative(word)
    return bool(_THIRD_PERSON.search(word)), signed, -len(word)


def _plain(text: str) -> str:
    return text.lower().translate(_APOSTROPHES)


def _are_russian(tokens: list[_Token], vocabulary: Vocabulary) -> bool:
    """Whether the words that make up a question are Russian words in Latin letters."""
    asking = sum(token.text.lower() not in STOP_WORDS and token.reading in STOP_WORDS for token in tokens)
    asking_in_english = sum(
        token.text.lower() in STOP_WORDS and token.reading not in STOP_WORDS and not _is_name(token.text)
        for token in tokens
    )
    told = [token for token in tokens if len(token.text) >= _TELLING and not token.foreign]
    unread = sum(len(token.text) for token in told if not token.reading)
    if asking:
        read = sum(len(token.text) for token in told if token.reading)
        return asking > asking_in_english and _MOSTLY * read > unread
    # Without a word that only asks, as in a search box; many an English word spells some word of the dictionary.
    read = sum(len(token.text) for token in told if token.reading and vocabulary.expects(token.reading))
    return not asking_in_english and read > _MOSTLY * unread


def _stands_in_notes(token: _Token, vocabulary: Vocabulary) -> bool:
    return len(token.text) >= _TELLING_ALONE and token.reading is not None and vocabulary.frequency(token.reading) > 0


def _is_name(text: str) -> bool:
    """Whether it has capitals inside: «TenChat», «ISO»."""
    return any(character.isupper() for character in text[1:])


def _spelt_out(text: str) -> str:
    """A word that is not known, letter by letter; as it is where that is a name, or where a letter has no reading."""
    plain = _plain(text)
    if _is_name(text) or _GROUP.sub("", plain):
        return text
    return _GROUP.sub(lambda group: _READINGS[group[0]][0], plain)


def _readings(latin: str, vocabulary: Vocabulary, *, missing_sign: int) -> Iterator[tuple[str, int]]:
    """The known Russian words that the lower-case letters spell, the likeliest first, and how unlikely each is."""
    waiting = [(0, 0, EMPTY)]
    seen = set()
    for _ in range(_MOST_STEPS):
        if not waiting:
            return
        unlikely, place, prefix = heappop(waiting)
        if (place, prefix) in seen:
            continue
        seen.add((place, prefix))
        if place == len(latin):
            if vocabulary.has(prefix.letters):
                yield prefix.letters, unlikely
            continue
        for end, letters, cost in _steps(latin, place, missing_sign):
            longer = vocabulary.longer(prefix, letters)
            if longer:
                heappush(waiting, (unlikely + cost, end, longer))


def _steps(latin: str, place: int, missing_sign: int) -> Iterator[tuple[int, str, int]]:
    """What the letters from `place` on may begin with: up to where, as which Russian letters, and how unlikely."""
    for end in range(place + 1, min(place + _LONGEST_GROUP, len(latin)) + 1):
        for rank, letters in enumerate(_READINGS.get(latin[place:end], ())):
            yield end, letters, rank
            if letters[-1] in _SIGNED:
                yield end, letters + "ь", rank + missing_sign
                yield end, letters + "ъ", rank + missing_sign
