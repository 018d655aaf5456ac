"""Whether a quoted text holds what a question asks for: a thing of the kind, a reason, the thing by its name."""

import re
from itertools import islice

from kbqa.answering.kinds import kinds_asked, whole_words
from kbqa.index.analysis import STOP_WORDS, folded, words
from kbqa.index.dictionary import is_finite, noun_form
from kbqa.retrieval.facets import asked

_REASON = whole_words(
    "потому|так как|поскольку|из-за|чтобы|поэтому|ведь|иначе|благодаря|значит|because|so that|since|otherwise",
    r"причин\w+|позволя\w+|помога\w+|да[её]т|reasons?|helps?|allows?",
)
_EXPLAINED = re.compile(r"(?P<claim>[^.!?:;\n–—]+)(?::|\s[–—-])\s+(?=[а-яё«(])")
"""A clause that is gone on with in small letters after a colon or a dash: «Не зовём: конфликт интересов»."""
_CONDITION = whole_words("если|когда|где|кто|что|чем|как|пока|раз")
_NEGATION = whole_words("не|нет|без|ни|нельзя|никогда|никто|ничего|not|no|never|without", r"запрещ\w+|\w+n['’]t")
_WHY = re.compile(
    r"^\W*(?:[аи] |но )?(?:почему|отчего|из-за (?:чего|как\w+)|по как(?:ой|им) причин\w+|why)\b", re.IGNORECASE
)
_WHAT_FOR = re.compile(r"^\W*(?:[аи] |но )?зачем\b", re.IGNORECASE)
_FOCUS = whole_words(
    "как(?:ой|ая|ое|ие|ую|им|их|ими|ого|ому|ом|ов|ова|ово|овы)|сколько|скольких|чей|чья|чь[её]|чьи|which|what|how many|"
    r"(?:есть|существуют?|быва[ею]т|имеется|предусмотрен\w?) ли"
)
_WHICH_THINGS = re.compile(
    r"\bкаки[ех] (?:\w+[ыи][ех] )*"
    r"(?P<thing>(?:вид|тип|форм|разновидност|категори)\w* (?P<kind_of>\w+)|\w+)"
)
_NEAR = 4
"""The thing that is asked for stands among so many words after what asks for it."""


def lacks_kind(question: str, evidence: str) -> bool:
    """Whether the question asks for a thing of some kind (`kbqa.answering.kinds`), and the evidence shows none."""
    return any(not holds(evidence) for holds in kinds_asked(question))


def holds_kind(question: str, statement: str) -> bool:
    """Whether a statement holds a thing of a kind, or a reason, that the question asks for."""
    wants_reason = _WHY.search(question) or _WHAT_FOR.search(question)
    return any(holds(statement) for holds in kinds_asked(question)) or bool(wants_reason and _gives_reason(statement))


def lacks_reason(question: str, evidence: str, statement: str) -> bool:
    """Whether the question asks why, and the evidence gives no reason, or its closest statement denies the premise.

    «Почему взнос берут дважды?» — «Взнос берут один раз, второго нет.» What something is for may be told in any words.
    """
    why = bool(_WHY.search(question))
    if not (why or _WHAT_FOR.search(question)):
        return False
    explained = _EXPLAINED.search(statement)
    claim = explained["claim"] if explained and _has_verb(explained["claim"]) else statement
    denied = bool(_NEGATION.search(claim)) and not _NEGATION.search(question)
    return denied or (why and not _gives_reason(evidence))


def _gives_reason(text: str) -> bool:
    """Whether a text has a word for reasons, or goes on after a clause as Russian gives them: after a colon or dash."""
    claims = (match["claim"] for match in _EXPLAINED.finditer(text))
    return bool(_REASON.search(text)) or any(
        _has_verb(claim) and not _CONDITION.match(claim.strip()) for claim in claims
    )


def _has_verb(text: str) -> bool:
    return any(map(is_finite, words(text)))


def thing_asked(question: str) -> str | None:
    """The noun after «какие», or after the kinds that it asks for («виды стандартов»), where it is no usual one."""
    match = _WHICH_THINGS.search(folded(question))
    thing = match and (match["kind_of"] or match["thing"])
    return thing if thing and noun_form(thing) and not asked(thing) else None


def focus(question: str) -> str | None:
    """The word that says what the answer is: the first that names something after «какой», «сколько» or «есть ли»."""
    match = _FOCUS.search(question)
    if match is None:
        return None
    following = words(question[match.end() :])
    named = (word for word in islice(following, _NEAR) if word not in STOP_WORDS)
    return next(named, None)
