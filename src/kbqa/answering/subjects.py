"""What a question is about: the words that name it, in the case in which they stand alone."""

import re
from collections.abc import Sequence

from pymorphy3.analyzer import Parse

from kbqa.index.analysis import STOP_WORDS, folded, is_acronym
from kbqa.index.dictionary import analyzer
from kbqa.retrieval.facets import beyond

PREPOSITION = (
    r"(?:у|о|об|обо|в|во|на|для|к|ко|с|со|от|из|за|про|по|при|без|между|перед|после|над|под|через|против|кроме|"
    r"вместо|ради|если|when|if|of|about|for|in|on|at|to|with)"
)
_ALONE = r"него|не[её]|них|ней|нею|н[её]м|ним|ними|нему|it|them"
POINTING = re.compile(
    rf"\b(?:{PREPOSITION}\s+(?:{_ALONE}|(?:этом|этого|этому|этим|этой|это|this|these|that)(?=\s*(?:[?!.,;:]|$)))"
    rf"|{_ALONE}|он|она|оно|они|его|е[её]|их|ему|ей|им|ими|"
    r"эт(?:от|а|о|и|у|ого|ой|ому|их|им|ими|ом)|там|туда|оттуда|its|they|their|this|these|those)\b",
    re.IGNORECASE,
)
REQUEST = re.compile(
    r"\b(?:(?:рас|по|с)?скажи\w*|поясни\w*|объясни\w*|раскро\w+|опиши\w*|хочу|знать|узнать|(?:по)?подробн\w+|детальн\w+|"
    r"ещ[её]|больше|дальше|кратко|поконкретнее|конкретн\w+|например|есть|бывают?|нужн[аоы]?|нужен|"
    r"tell|explain|elaborate|describe|more|details?|else|further)\b",
    re.IGNORECASE,
)


def own_words(question: str) -> list[str]:
    """The content words of a question that neither ask for a facet, nor for more, nor point back; as written."""
    left = REQUEST.sub(" ", POINTING.sub(" ", question))
    kept = set(re.findall(r"\w+", folded(beyond(left))))
    return [word for word in re.findall(r"[^\W_]+", left) if folded(word) in kept - STOP_WORDS or is_acronym(word)]


def is_thing(word: str) -> bool:
    """Whether a pronoun after the word may stand for it."""
    return word.isascii() or "NOUN" in analyzer().tag(folded(word))[0]


def things_of(question: str, own: Sequence[str]) -> list[str]:
    """Of a question's own words those that name, and what stands between them; none where none is a noun."""
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", question)
    naming = [word in own and _names(word) for word in words]
    if not any(word in own and is_thing(word) and not _is_guessed(word) for word in words):
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
    return re.fullmatch(PREPOSITION, word, re.IGNORECASE) is not None


def is_governed(question: str, word: str) -> bool:
    """Whether a preposition or noun before a word puts it into another case: «виды партнёрства»."""
    before = re.findall(r"[^\W_]+", question[: question.index(word)])[-1:]
    return any(_is_preposition(each) or "NOUN" in analyzer().tag(folded(each))[0] for each in before)


def nominative(words: Sequence[str], *, governed: bool) -> str:
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
        capitalised(each.word) if word[:1].isupper() else each.word
        for each, word in zip(changed, words[: place + 1], strict=True)
    )
    return " ".join((*cased, *words[place + 1 :]))


def _agree(adjective: Parse, noun: Parse) -> bool:
    return (
        bool({"ADJF", "PRTF"} & adjective.tag.grammemes)
        and (adjective.tag.case, adjective.tag.number) == (noun.tag.case, noun.tag.number)
        and adjective.tag.gender in {None, noun.tag.gender}
    )


def capitalised(text: str) -> str:
    """With a capital at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]
