"""Whether an answer states a fact in one of its wordings: by lemmas, values, order and negation, without a model.

What it cannot see: other words for the same («спикер», «докладчик»); a denial by a verb of another kind than absence
(«поддержку Windows отменили» states «поддержка Windows»), of another clause, or one that reaches over other words
(«без чая и кофе» states «кофе»). A nugget's `none_of` is for those.
"""

import re
from functools import lru_cache

from kbqa.answering.citations import MARKER
from kbqa.notes.sections import outline
from kbqa.retrieval.denial import NOT, NOT_BEFORE, Forms, Token, Tokens, denied_after, denied_before, tokens

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
    wanted = tokens(wording)
    return bool(wanted) and any(
        not any(token.forms.isdisjoint(vocabulary) for token in wanted) and _says(said, wanted)
        for said, vocabulary in _said(text)
    )


def _says(said: Tokens, wanted: Tokens) -> bool:
    reached = {at for at in range(len(said)) if said[at].forms & wanted[0].forms and not denied_before(said, at)}
    for token in wanted[1:]:
        reached = {
            at
            for last in reached
            for at in range(last + 1, min(last + GAP + 2, len(said)))
            if said[at].forms & token.forms and _joined(said[last], said[last + 1 : at])
        }
    return any(not denied_after(said, at) for at in reached)


def _joined(last: Token, between: Tokens) -> bool:
    # «Онлайн-форумы: дискуссионные платформы» are not «онлайн-платформы»: not from the midst of a term to the midst of
    # its explanation, but «доступ: к новым рынкам» is «доступ к рынкам», and «польза (из 10): 4» is «польза 4».
    colons = [at for at, token in enumerate((last, *between)) if token.introduces]
    if colons and colons[0] > 0 and colons[-1] < len(between):
        return False
    # «Прямой доступ» is access, but «без прямого доступа» is not «без доступа»: no such gap after a negation.
    if NOT in last.forms:
        return all(token.carries for token in between)
    return all(token.forms.isdisjoint({NOT, NOT_BEFORE}) for token in between)


@lru_cache(maxsize=5_000)
def _said(text: str) -> tuple[tuple[Tokens, Forms], ...]:
    """The statements as tokens, each with all of its forms: most wordings fail by these alone."""
    return tuple(
        (said, frozenset[str]().union(*(token.forms for token in said))) for said in map(tokens, statements(text))
    )
