"""What a sentence says otherwise than the statements that it is taken from."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kbqa.answering.generative.alignment import Alignment, is_among, is_denied, is_figure
from kbqa.answering.generative.contrasts import CALENDAR, CAREFUL, STRONG, UNITS, opposed
from kbqa.index.analysis import STOP_WORDS, folded
from kbqa.index.dictionary import analyzer
from kbqa.retrieval.denial import NEGATIONS, Token, Tokens, tokens
from kbqa.retrieval.numbers import in_figures
from kbqa.retrieval.repair.letters import LATIN

_SEGMENT_END = re.compile(r"[,;.!?…](?!\d)|\s(?:а|но|and|but|while)\s", re.IGNORECASE)
_TERM = re.compile(r"([^:;,.]{2,60}?):\s")
_BOUND = re.compile(
    r"(?:(?P<upper>\bдо|не (?:более|больше|позже|позднее)(?: чем)?|максимум|up to|at most|no (?:more|later) than|under)"
    r"|(?:\bот|не (?:менее|меньше|раньше|ранее)(?: чем)?|минимум|свыше|at least|no (?:less|fewer|earlier) than|over))"
    r"(?: (?:за|чем))?\s+(?P<figure>\d[\d:.,]*\d|\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)\b"
    r"(?!\s*[-–—]\s*\d)(?!\s+до\s)",
    re.IGNORECASE,
)
_SAME_NAME = 0.6
"""Least Dice overlap of letter pairs at which a name is taken for another spelling of one."""
_MOSTLY = 0.7
"""So much of a source's segment must a sentence have for what it leaves out of it to count."""
_ROMAN = str.maketrans(
    {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sch", "ц": "ts", "ю": "yu", "я": "ya", "ь": "", "ъ": ""}
    | dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True))
)


def wrong_figures(alignment: Alignment, counted: int) -> int:
    """How many figures the statement does not have that their clause is taken from.

    `counted`: how many things the sentence leads to; their number need not stand in the notes.
    """
    return sum(
        is_figure(alignment.tokens[at])
        and not alignment.held[best, at]
        and str(counted) not in alignment.tokens[at].forms
        for clause, best in zip(alignment.clauses, alignment.best, strict=True)
        for at in clause
    )


def wrong_dates(alignment: Alignment) -> int:
    """How many months and days of the week no statement has."""
    return sum(
        not token.forms.isdisjoint(CALENDAR) and not alignment.exact[:, at].any()
        for at, token in enumerate(alignment.tokens)
    )


def wrong_names(alignment: Alignment) -> int:
    """How many names no statement has, nor what stands above it, in any spelling or script."""
    known = {_roman(token.word) for text in (*alignment.said, *alignment.above) for token in text}
    return sum(
        _is_name(token, alignment.places[at], english=alignment.is_english)
        and not alignment.exact[:, at].any()
        and not any(_overlap(_roman(token.word), other) >= _SAME_NAME for other in known)
        for at, token in enumerate(alignment.tokens)
    )


def wrong_denials(alignment: Alignment) -> int:
    """How many words are denied in the sentence and not in its source, or the other way round; also without a word."""
    turned = 0
    for clause, best in zip(alignment.clauses, alignment.best, strict=True):
        source = alignment.said[best]
        for at in clause:
            token = alignment.tokens[at]
            found = [
                is_denied(source, place)
                for place, other in enumerate(source)
                if not (other.forms & token.forms).issubset(NEGATIONS)
            ]
            denied = is_denied(alignment.all_tokens, alignment.places[at])
            turned += bool(found) and not is_figure(token) and all(other != denied for other in found)
    sources = [token for at in alignment.chosen for token in alignment.said[at]]
    return turned + (_denies(alignment.all_tokens) != _denies(sources))


def contraries(alignment: Alignment) -> int:
    """How many words of the sentence have their opposite in its source, which does not have the word."""
    source = alignment.forms_of(alignment.chosen, above=False)
    chosen = alignment.exact[alignment.chosen]
    opposite = sum(
        not chosen[:, at].any() and opposed(token.forms, source) for at, token in enumerate(alignment.tokens)
    )
    ours = _bounds(alignment.sentence)
    theirs = _bounds(" ".join(alignment.premises[at].said for at in alignment.chosen))
    return opposite + sum(ours[figure] != theirs[figure] for figure in ours.keys() & theirs.keys())


def _bounds(text: str) -> dict[str, bool]:
    """For each figure that is a bound whether it is the upper one."""
    return {found["figure"]: found["upper"] is not None for found in _BOUND.finditer(in_figures(text))}


def overstatements(alignment: Alignment) -> int:
    """How many words say «all», «always», «must», or leave out «some», «often», «may», otherwise than the source."""
    said = frozenset(form for token in alignment.all_tokens for form in token.forms)
    source = alignment.forms_of(alignment.chosen, above=False)
    wider = source | alignment.forms_of(alignment.chosen, above=True)
    return sum(bool(said & group) and not wider & group for group in STRONG) + sum(
        bool(source & group) and not said & group for group in CAREFUL
    )


def torn_pairs(alignment: Alignment) -> float:
    """Share of the neighbouring words of the sentence that stand apart in its source, in [0, 1].

    Apart are words of different segments: between commas, semicolons, «а». The term that a statement explains stands in
    all of its segments: «Клуб: взнос 5, гостям 7».
    """
    torn = pairs = 0
    segments = _segments_of_source(alignment)
    for one, other in _neighbours(alignment):
        if is_figure(one) or is_figure(other):
            continue
        with_one = [source for source in segments if is_among(one, source)]
        if with_one and any(is_among(other, source) for source in segments):
            pairs += 1
            torn += not any(is_among(other, source) for source in with_one)
    return torn / max(1, pairs)


def exchanged(alignment: Alignment) -> int:
    """How many figures and names the sentence puts to a word, a unit or a part to which the source puts another."""
    return (
        _exchanged_figures(alignment)
        + _exchanged_units(alignment)
        + _exchanged_names(alignment)
        + _exchanged_roles(alignment)
    )


def _exchanged_units(alignment: Alignment) -> int:
    """«90 часов» where the source has «90 минут»."""
    sources = [pair for at in alignment.chosen for pair in pairwise(alignment.said[at])]
    count = 0
    for figure, unit in pairwise(alignment.all_tokens):
        group = next((group for group in UNITS if unit.forms & group), None)
        if not is_figure(figure) or group is None:
            continue
        theirs = [after.forms for before, after in sources if is_figure(before) and is_among(figure, (before,))]
        counted = [forms for forms in theirs if any(forms & other for other in UNITS)]
        count += bool(counted) and not any(forms & group for forms in counted)
    return count


def _exchanged_roles(alignment: Alignment) -> int:
    """«Тимур учит Фёдора» where the source has «Фёдор учит Тимура»: both names are there, each in the other's part."""
    source = [_readings(token) for at in alignment.chosen for token in alignment.said[at] if _is_person(token)]
    gained = lost = 0
    for ours in map(_readings, filter(_is_person, alignment.all_tokens)):
        turns = [_turn(ours, theirs) for theirs in source if ours.keys() & theirs.keys()]
        gained += bool(turns) and min(turns) > 0
        lost += bool(turns) and max(turns) < 0
    return min(gained, lost)


def _readings(name: Token) -> dict[str, tuple[float, bool]]:
    """The names that a word may be a form of: how likely, and whether it can be that name's nominative.

    «Федора» is mostly one of Фёдор's forms, seldom Федора herself.
    """
    readings: dict[str, tuple[float, bool]] = {}
    for reading in analyzer().parse(folded(name.word)):
        called = folded(reading.normal_form)
        likely, nominative = readings.get(called, (0.0, False))
        readings[called] = likely + reading.score, nominative or "nomn" in reading.tag
    return readings


def _turn(ours: dict[str, tuple[float, bool]], theirs: dict[str, tuple[float, bool]]) -> float:
    """Above 0: a name that is no subject in the source is likelier one here; below 0: the other way round."""
    return sum(
        ours[called][0] * theirs[called][0] * (ours[called][1] - theirs[called][1])
        for called in ours.keys() & theirs.keys()
    )


def _exchanged_names(alignment: Alignment) -> int:
    """«Глеб ведёт отдел» where the source has «Вера ведёт отдел, Глеб снимает»."""
    segments = _segments_of_source(alignment)
    count = 0
    for one, other in _neighbours(alignment):
        if _is_person(one) == _is_person(other):
            continue
        name, word = (one, other) if _is_person(one) else (other, one)
        with_word = [source for source in segments if is_among(word, source)]
        elsewhere = any(is_among(name, source) for source in segments)
        if elsewhere and with_word and not any(is_among(name, source) for source in with_word):
            count += any(_is_person(token) for source in with_word for token in source)
    return count


def _exchanged_figures(alignment: Alignment) -> int:
    exchanged = 0
    segments = _segments_of_source(alignment)
    followers = [pair for source in segments for pair in pairwise(source) if is_figure(pair[0])]
    for one, other in _neighbours(alignment):
        if is_figure(one) == is_figure(other):
            continue
        figure, word = (one, other) if is_figure(one) else (other, one)
        with_word = [source for source in segments if is_among(word, source)]
        if is_figure(one) and any(is_among(word, (after,)) for _, after in followers):
            # «два контакта» where the source has «три контакта».
            exchanged += not any(
                is_among(figure, (before,)) and is_among(word, (after,)) for before, after in followers
            )
        elif with_word and not any(is_among(figure, source) for source in with_word):
            # «взнос — 7» where the source has «взнос 5, гостям 7».
            exchanged += any(is_figure(token) for source in with_word for token in source)
    return exchanged


def omitted_figures(alignment: Alignment) -> int:
    """How many figures of the source the sentence leaves out of what it otherwise repeats."""
    omitted = 0
    for at in alignment.chosen:
        said = alignment.premises[at].said
        term = _term_of(said)
        for segment in segments_of(said):
            # The term is in all segments: to repeat it repeats none of them.
            own = segment[len(term) :]
            words = [token for token in own if _says_something(token) and not is_figure(token)]
            repeated = sum(is_among(token, alignment.all_tokens) for token in words)
            if words and repeated >= _MOSTLY * len(words):
                omitted += sum(is_figure(token) and not is_among(token, alignment.all_tokens) for token in own)
    return omitted


def crossed_terms(alignment: Alignment) -> int:
    """How many statements are taken over without the term that they explain, while another's term is there instead."""
    terms = [_term_of(premise.said) for premise in alignment.premises]
    named = [
        bool(term) and all(is_among(token, alignment.all_tokens) for token in term if _says_something(token))
        for term in terms
    ]
    unnamed = [at for at in alignment.chosen if terms[at] and not named[at]]
    strangers = [at for at, is_named in enumerate(named) if is_named and not _explained(alignment, at, terms[at])]
    return len(unnamed) if strangers else 0


def _segments_of_source(alignment: Alignment) -> list[Tokens]:
    return [segment for at in alignment.chosen for segment in segments_of(alignment.premises[at].said)]


def _neighbours(alignment: Alignment) -> Iterator[tuple[Token, Token]]:
    """Each two words of a segment of the sentence between which no other says anything."""
    for segment in segments_of(alignment.sentence):
        yield from pairwise(token for token in segment if _says_something(token))


def segments_of(text: str) -> list[Tokens]:
    """The words of a text between its commas and the like, each time with the term that it explains."""
    term = _term_of(text)
    parts = [tokens(part) for part in _SEGMENT_END.split(text) if part and part.strip()]
    return [(*term, *part) for part in parts if part]


def _term_of(text: str) -> Tokens:
    found = _TERM.match(text)
    return tokens(found[1]) if found else ()


def _explained(alignment: Alignment, at: int, term: Tokens) -> bool:
    """Whether the sentence has anything of the statement `at` but its term."""
    return any(
        alignment.exact[at, place] == 1 and not is_among(token, term) and _says_something(token)
        for place, token in enumerate(alignment.tokens)
    )


def _says_something(token: Token) -> bool:
    return is_figure(token) or (token.forms.isdisjoint(NEGATIONS) and folded(token.word) not in STOP_WORDS)


def _denies(said: Sequence[Token]) -> bool:
    return any(not token.forms.isdisjoint(NEGATIONS) for token in said)


def _is_name(token: Token, place: int, *, english: bool) -> bool:
    if is_figure(token):
        return False
    in_latin = bool(LATIN.search(token.word)) and not english
    return in_latin or (place > 0 and token.word[0].isupper())


def _is_person(token: Token) -> bool:
    if token.word.isascii():
        return token.word[:1].isupper() and token.word[1:].islower()
    if not token.word[:1].isupper():
        return False
    # Any reading will do: «Вера» is mostly faith. Of «Яся» the dictionary knows nothing.
    readings = analyzer().tag(folded(token.word))
    is_name = any(not {"Name", "Surn", "Patr"}.isdisjoint(reading.grammemes) for reading in readings)
    return is_name or not analyzer().word_is_known(folded(token.word))


def _roman(word: str) -> str:
    return folded(word).translate(_ROMAN)


def _overlap(one: str, other: str) -> float:
    pairs, others = set(_pairs(one)), set(_pairs(other))
    return 2 * len(pairs & others) / (len(pairs) + len(others))


def _pairs(word: str) -> Iterator[str]:
    return (word[at : at + 2] for at in range(max(1, len(word) - 1)))
