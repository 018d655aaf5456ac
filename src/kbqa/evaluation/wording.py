"""Whether an answer states a fact in one of its wordings: by lemmas, values, order and negation, without a model.

What it cannot see: other words for the same («спикер», «докладчик»); a denial by a verb of another kind than absence
(«поддержку Windows отменили» states «поддержка Windows»), of another clause, or one that reaches over other words
(«без чая и кофе» states «кофе»). A nugget's `none_of` is for those.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kbqa.answering.citations import MARKER
from kbqa.index.analysis import folded, stem, words
from kbqa.notes.sections import outline
from kbqa.retrieval.dictionary import analyzer
from kbqa.retrieval.numbers import FIGURE, figure_forms, in_figures

GAP = 2
"""At most this many other words stand between two neighbours of a wording, function words not counted: room for an
adjective with its adverb, or for a member of a list with its adjective, and hardly for another phrase."""

_MARKERS = rf"(?:[ \t]*{MARKER.pattern})+"
# Quotes of a paragraph follow one another with nothing but the marker between them.
_MARKED_END = re.compile(rf"(?<=[^\s.!?…:]){_MARKERS}(?=(?:[ \t]+|\n)[«\"(*_]*[A-ZА-ЯЁ])")
_MARKED = re.compile(_MARKERS)
# Not after one letter («г. Москва»), nor between a short word and a figure («стр. 5»).
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!\b[^\W\d]\.)\s+(?=[«\"(]*[A-ZА-ЯЁ])|(?<=\w{4}[.!?…])\s+(?=\d)")
_SPLIT_AT = {"paragraph": _SENTENCE_END, "code": re.compile("\n")}
# A colon or dash before a lone «нет» belongs to it: «Windows: нет».
_CLAUSE_END = re.compile(r"([.,;!?…](?!\d)|(?::(?!\d)|\s[-–—](?=\s)(?!\s\d))(?!\s*(?:нет|no)\s*(?:[.,;!?…]|$)))", re.I)

_CONTRACTED = re.compile(r"(?<=\w)n['’]t\b|(?<=\bcan)not\b", re.I)
# A bound denies nothing: «не только A, но и B», «не менее 5 минут». Words may hold accents and soft hyphens.
_TOKEN = re.compile(
    rf"(?P<figure>{FIGURE})"
    r"|(?P<bound>\b(?:не\s+(?:только|просто|лишь|менее|более|меньше|больше|ранее|раньше|позднее|позже)"
    r"|not\s+(?:only|just|merely)|no\s+(?:more|less|fewer|later|earlier)\s+than)\b)"
    r"|[^\W\d_](?:[^\W_]|[\u00ad\u0300-\u036f])*",
    re.I,
)

_NEGATIONS = frozenset(words("не ни нет без кроме нельзя вместо not no nor never without except"))
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
# The forms of every negation of what follows, and of what is before.
_NOT, _NOT_BEFORE = "не …", "… нет"

_Forms = frozenset[str]
"""What a word may be a form of; two words are the same if they may be forms of one."""


@dataclass(frozen=True, slots=True)
class _Token:
    forms: _Forms
    ends: bool
    """Whether its clause ends with it; a negation reaches no further."""
    introduces: bool
    """Whether its clause ends with a colon."""
    carries: bool
    """Whether a negation reaches over it."""


_Tokens = tuple[_Token, ...]


def statements(text: str) -> list[str]:
    """What an answer says, one by one: its list items, table rows, headings, lines of code and sentences, in words."""
    unmarked = _MARKED.sub("", _MARKED_END.sub(".", text))
    found: list[str] = []
    # The empty first line: an answer has no front matter.
    for section in outline("\n".join(("", *unmarked.splitlines())), "").sections:
        found += section.heading_path[-1:] if section.level else ()
        for block in section.blocks:
            found += _SPLIT_AT[block.kind].split(block.plain) if block.kind in _SPLIT_AT else (block.plain,)
    return [shown for statement in found if (shown := " ".join(statement.split()))]


def states(text: str, wording: str) -> bool:
    """Whether one of the statements of `text` says `wording`: its words in order, near each other, not denied.

    A wording of nothing but function words is never stated.
    """
    wanted = _tokens(wording)
    return bool(wanted) and any(
        not any(token.forms.isdisjoint(vocabulary) for token in wanted) and _says(said, wanted)
        for said, vocabulary in _said(text)
    )


def _says(said: _Tokens, wanted: _Tokens) -> bool:
    reached = {at for at in range(len(said)) if said[at].forms & wanted[0].forms and not _denied_before(said, at)}
    for token in wanted[1:]:
        reached = {
            at
            for last in reached
            for at in range(last + 1, min(last + GAP + 2, len(said)))
            if said[at].forms & token.forms and _joined(said[last], said[last + 1 : at])
        }
    return any(not _denied_after(said, at) for at in reached)


def _joined(last: _Token, between: _Tokens) -> bool:
    # «Онлайн-форумы: дискуссионные платформы» are not «онлайн-платформы»: not from the midst of a term to the midst of
    # its explanation, but «доступ: к новым рынкам» is «доступ к рынкам», and «польза (из 10): 4» is «польза 4».
    colons = [at for at, token in enumerate((last, *between)) if token.introduces]
    if colons and colons[0] > 0 and colons[-1] < len(between):
        return False
    # «Прямой доступ» is access, but «без прямого доступа» is not «без доступа»: no such gap after a negation.
    if _NOT in last.forms:
        return all(token.carries for token in between)
    return all(token.forms.isdisjoint({_NOT, _NOT_BEFORE}) for token in between)


def _denied_before(said: _Tokens, at: int) -> bool:
    governing = next((token for token in reversed(said[:at]) if not token.carries), None)
    return governing is not None and not governing.ends and _NOT in governing.forms


def _denied_after(said: _Tokens, at: int) -> bool:
    clause_end = next(end for end in range(at, len(said)) if said[end].ends)
    return any(_NOT_BEFORE in token.forms for token in said[at + 1 : clause_end + 1])


@lru_cache(maxsize=5_000)
def _said(text: str) -> tuple[tuple[_Tokens, _Forms], ...]:
    """The statements as tokens, each with all of its forms: most wordings fail by these alone."""
    said = (_tokens(statement) for statement in statements(text))
    return tuple((tokens, frozenset[str]().union(*(token.forms for token in tokens))) for tokens in said)


@lru_cache(maxsize=50_000)
def _tokens(text: str) -> _Tokens:
    pieces = _CLAUSE_END.split(_CONTRACTED.sub(" not", in_figures(text)))
    ends = (*pieces[1::2], "")
    return tuple(token for clause, end in zip(pieces[::2], ends, strict=True) for token in _clause(clause, end))


def _clause(text: str, end: str) -> Iterator[_Token]:
    found, led = list[_Forms](), set[int]()
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
            if len(found) > 1 and _NOT in found[-2] & found[-1] and folded(match[0]) == "ни":
                found.pop()  # «нет ни чая» denies once
    for at, forms in enumerate(found):
        ends = at == len(found) - 1
        carries = not ends and not forms.isdisjoint(_CARRIERS)
        yield _Token(_denying(found, led, at), ends, ends and end == ":", carries)


def _denying(found: Sequence[_Forms], led: Container[int], at: int) -> _Forms:
    """The word of a clause; a negation tells what it denies. Before the places in `led` stands a preposition."""
    after = next((i for i in range(at + 1, len(found)) if found[i].isdisjoint(_CARRIERS | _ABSENCE)), len(found))
    absent = any(not forms.isdisjoint(_ABSENCE) for forms in found[at:after])
    if _NOT not in found[at] or "ни" in found[at] or not (after == len(found) or (absent and after in led)):
        return found[at]
    if at + 1 == len(found):
        # It denies what is before it: «сахара нет»; alone, it answers: «Нет, …».
        return frozenset({_NOT_BEFORE if at else "нет, …"})
    return found[at] | {_NOT_BEFORE}  # «Кипятить не нужно», «Обед не входит в цену»


@lru_cache(maxsize=100_000)
def _lemmas(word: str) -> _Forms:
    if word in _NEGATIONS:
        return frozenset({_NOT, word} & {_NOT, "нет", "ни"})
    if word.isascii():
        return frozenset({stem(word)})
    return frozenset(folded(parse.normal_form) for parse in analyzer().parse(word))
