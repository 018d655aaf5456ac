"""Text → words by clause, in all forms that they may be of, and which of them are denied: by lemmas, without a model.

What it cannot see: a denial by a verb of another kind than absence («поддержку Windows отменили»), of another clause,
or one that reaches over other words («без чая и кофе» denies only the tea).
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kbqa.index.analysis import folded, stem, words
from kbqa.index.dictionary import analyzer
from kbqa.retrieval.numbers import FIGURE, figure_forms, in_figures

# A colon or dash before a lone «нет» belongs to it: «Windows: нет».
_CLAUSE_END = re.compile(r"([.,;!?…](?!\d)|(?::(?!\d)|\s[-–—](?=\s)(?!\s\d))(?!\s*(?:нет|no)\s*(?:[.,;!?…]|$)))", re.I)

_CONTRACTED = re.compile(r"(?<=\w)n['’]t\b|(?<=\bcan)not\b", re.I)
# A bound denies nothing: «не только A, но и B», «не менее 5 минут»; nor does «кроме того».
# Words may hold accents and soft hyphens.
_TOKEN = re.compile(
    rf"(?P<figure>{FIGURE})"
    r"|(?P<bound>\b(?:не\s+(?:только|просто|лишь|менее|более|меньше|больше|ранее|раньше|позднее|позже)"
    r"|кроме\s+того|not\s+(?:only|just|merely)|no\s+(?:more|less|fewer|later|earlier)\s+than)\b)"
    r"|[^\W\d_](?:[^\W_]|[\u00ad\u0300-\u036f])*",
    re.I,
)

_NEGATIONS = frozenset(words("не ни нет без кроме нельзя вместо not no nor none never without except"))
# Only words without a meaning of their own: «до», «от», «после», «через» tell one fact from another.
_FUNCTION = frozenset(
    words("в во на с со к ко о об обо у по для при и а но или либо да же ли бы что как чтобы")
    + words("a an the of in on at to for and or but by with as is are was were")
)
# Lemmas over which a negation reaches: «не нужно кипятить», «не все участники», «поддержки пока нет».
_CARRIERS = frozenset(
    words("нужно нужный надо можно следовать рекомендоваться советовать стоить должный мочь требоваться обязательно")
    + words("быть являться никакой какой либо один весь каждый всегда возможность необходимость пока еще больше")
    + words("be been do recommend need necessari requir allow have ani all everi alway 1")
)
# With a negation they say that there is none of what stands before, though words are between.
_ABSENCE = frozenset(
    words("нет требоваться потребоваться понадобиться нужный нужно относиться входить включить предусмотреть бывать")
    + words("быть предусматриваться предполагаться планироваться допускаться полагаться положить иметься существовать")
)
_PREPOSITIONS = frozenset(words("в во на с со к ко о об обо у по для при из от до за без под через после"))
NOT, NOT_BEFORE = "не …", "… нет"
"""The forms of every negation of what follows, and of what is before."""

NEGATIONS = frozenset({NOT, NOT_BEFORE, "нет", "ни", "нет, …"})
"""All forms that a negation may have."""

Forms = frozenset[str]
"""What a word may be a form of; two words are the same if they may be forms of one."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or figure of a text; words without a meaning of their own are left out."""

    word: str
    """As it stands in the text, numerals in figures."""
    forms: Forms
    ends: bool
    """Whether its clause ends with it; a negation reaches no further."""
    introduces: bool
    """Whether its clause ends with a colon."""
    carries: bool
    """Whether a negation reaches over it."""


Tokens = tuple[Token, ...]


def denied_before(said: Tokens, at: int) -> bool:
    """Whether what stands before the token at `at` denies it."""
    governing = next((token for token in reversed(said[:at]) if not token.carries), None)
    return governing is not None and not governing.ends and NOT in governing.forms


def denied_after(said: Tokens, at: int) -> bool:
    """Whether what stands after the token at `at`, in its clause, denies it."""
    clause_end = next(end for end in range(at, len(said)) if said[end].ends)
    return any(NOT_BEFORE in token.forms for token in said[at + 1 : clause_end + 1])


@lru_cache(maxsize=50_000)
def tokens(text: str) -> Tokens:
    """The words and figures of a text, in order, clause by clause."""
    pieces = _CLAUSE_END.split(_CONTRACTED.sub(" not", in_figures(text)))
    ends = (*pieces[1::2], "")
    return tuple(token for clause, end in zip(pieces[::2], ends, strict=True) for token in _clause(clause, end))


def _clause(text: str, end: str) -> Iterator[Token]:
    found, written, led = list[Forms](), list[str](), set[int]()
    for match in _TOKEN.finditer(text):
        if match["figure"]:
            found.append(figure_forms(match[0]))
        elif match["bound"]:
            found.append(frozenset({" ".join(words(match[0]))}))
        else:
            # «IT», «витамин С»: in capitals it is a name, unless it opens the clause.
            name = bool(found) and match[0].isupper()
            led |= {len(found)} if folded(match[0]) in _PREPOSITIONS else set()
            found += (_lemmas(word) for word in words(match[0]) if name or word not in _FUNCTION)
            if len(found) > 1 and NOT in found[-2] & found[-1] and folded(match[0]) == "ни":
                found.pop()  # «нет ни чая» denies once
        written += [match[0]] * (len(found) - len(written))
    for at, forms in enumerate(found):
        ends = at == len(found) - 1
        carries = not ends and not forms.isdisjoint(_CARRIERS)
        yield Token(written[at], _denying(found, led, at), ends, ends and end == ":", carries)


def _denying(found: Sequence[Forms], led: Container[int], at: int) -> Forms:
    """The word of a clause; a negation tells what it denies. Before the places in `led` stands a preposition."""
    after = next((i for i in range(at + 1, len(found)) if found[i].isdisjoint(_CARRIERS | _ABSENCE)), len(found))
    absent = any(not forms.isdisjoint(_ABSENCE) for forms in found[at:after])
    if NOT not in found[at] or "ни" in found[at] or not (after == len(found) or (absent and after in led)):
        return found[at]
    if at + 1 == len(found):
        # It denies what is before it: «сахара нет»; alone, it answers: «Нет, …».
        return frozenset({NOT_BEFORE if at else "нет, …"})
    return found[at] | {NOT_BEFORE}  # «Кипятить не нужно», «Обед не входит в цену»


@lru_cache(maxsize=100_000)
def _lemmas(word: str) -> Forms:
    if word in _NEGATIONS:
        return frozenset({NOT, word} & {NOT, "нет", "ни"})
    if word.isascii():
        return frozenset({stem(word)})
    return frozenset(folded(parse.normal_form) for parse in analyzer().parse(word))
