"""What kind of answer a question asks for, by its wording alone."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from kbqa.index.analysis import names_something, words
from kbqa.retrieval.facets import beyond


class Intent(Enum):
    """The shapes of answers; each question has one."""

    LIST = "list"
    """All items of a list, or all parts of a topic."""
    STEPS = "steps"
    """What to do, in order."""
    DEFINITION = "definition"
    """The statement that says what a term means."""
    COMPARISON = "comparison"
    """Both sides, one after the other."""
    MENTIONS = "mentions"
    """Every place where something is named."""
    FACT = "fact"
    """The statement that answers; the default."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the answerer reads it."""

    text: str
    topic: str
    """The text without the words that only say what kind of answer is wanted; all of it if nothing else is left."""
    intent: Intent


@lru_cache(maxsize=256)  # a question is read by whoever finds, composes and judges
def read_question(text: str) -> Question:
    """Classify a question; the first intent with a matching pattern decides."""
    plain = " ".join(words(text))
    intent = next((intent for intent, pattern in _INTENTS.items() if pattern.search(plain)), Intent.FACT)
    topic = _FRAME.sub(" ", _MENTIONING.sub(" ", text) if intent is Intent.MENTIONS else text)
    return Question(
        text=text,
        topic=topic if any(character.isalnum() for character in topic) else text,
        intent=intent,
    )


def names_topic(text: str) -> bool:
    """Whether a question says what it is about, besides what to do with it."""
    return names_something(_FRAME.sub(" ", text))


def has_subject(text: str) -> bool:
    """Whether a question says of what it asks, besides what: «Какие минусы?» does not."""
    return names_something(beyond(_FRAME.sub(" ", text)))


def sides_of(question: str) -> tuple[str, ...]:
    """The things that a comparison compares, as they are named: what stands between the comparing words."""
    return tuple(side for part in _COMPARING.split(question) if (side := part.strip(' ?!.,:;«»"—–-')))


def _any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern for lower-case text with ё as е."""
    return re.compile("|".join(patterns), re.IGNORECASE)


_SPOKEN = (
    r"(упомина|упомян|говорит|говорил|говорю|сказан|пиш(у|ем|ет|ут)\b|писал|написан|записан|записал|встреча|речь|"
    r"рассказыва|затро|затраг|обсужда|ссыла|назван)"
)
_ABOUT = r"(о|об|обо|про)"
_ADRIFT = r"(где|что) ?(то|нибудь|либо)"
_FILLING = rf"( (у меня|у нас|я|мы|в|моих|наших|заметк\w+|запис\w+|тут|здесь|там|уже|еще|вообще|было|есть|{_ADRIFT}))*"
"""What may stand between «где» or «есть» and «про», none of which is what is looked for."""

_FINDING = "найди|найти|покажи|выведи|собери"
_FIND = rf"({_FINDING})(те)?( мне)?"

_SEVERAL = (
    r"(преимущества|плюсы|минусы|достоинства|недостатки|риски|проблемы|трудности|сложности|вызовы|ошибки|правила|"
    r"принципы|требования|причины|роли|инструменты|показатели|признаки|критерии|тенденции|тренды|benefits|advantages|"
    r"pros|cons|drawbacks|disadvantages|risks|mistakes|rules|roles|tools|trends)"
)
"""What a section that lists things is called; a question that begins so asks for the list: «Плюсы и минусы клубов»."""

COUNTED = (
    r"(?:\w+(?:ых|их) )?(?:шаг|этап|стади|вид|тип|форм|разновидност|категори|част[еи]|элемент|пункт|вариант|способ|"
    r"преимуществ|плюс|достоинств|недостатк|минус|риск|вызов|ошиб|правил|принцип|требован|причин|рол|признак|критери|"
    r"тенденци|steps?|stages?|kinds?|types?|forms?|parts?|ways|rules|reasons|roles)\w*"
)
"""What is counted where «сколько» asks for a list: who sees the items sees how many there are."""

_BETTER = (
    "(?:лучше|хуже|выгоднее|удобнее|полезнее|дешевле|дороже|эффективнее|над[её]жнее|быстрее|дольше|чаще|проще|"
    "better|worse|cheaper|longer)"
)
"""By which two things are compared."""

_INTENTS = {
    Intent.MENTIONS: _any_of(
        r"\bупомина(ет|ют)",
        r"\bупоминани",
        rf"\b(где|в как(их|ой|ом) (заметк|запис|раздел|мест|част)\w*)\b.*\b{_SPOKEN}",
        r"\bв как(их|ой|ом) ((част|мест)\w+ )?(заметк|заметок|запис|раздел)\w*\b.*\bесть\b",
        rf"\bмест(о|а) (где\b.*\b{_SPOKEN}|в котор\w+\b.*\b{_SPOKEN}|со? слов|{_ABOUT}\b)",
        rf"\b(пишется|говорится|сказано|написано|записано|писал\w*) (ли|{_ADRIFT})\b",
        rf"\b(где|есть ли|что{_FILLING} есть|есть{_FILLING} {_ADRIFT}){_FILLING} ({_ABOUT}|слов[оа])\b",
        rf"(^|\b{_FIND}){_FILLING} все( (места|заметки|записи))?( что)?{_FILLING} {_ABOUT}\b",
        rf"\b{_FIND}{_FILLING} (где\b|(заметк|запис)\w+ {_ABOUT}\b)",
        rf"\bкто\b.*\bписал\w*{_FILLING} {_ABOUT}\b",
        r"\bгде (стоит|есть) (слово|термин|имя|фраза|английское|русское|латинское)\b",
        r"\bгде( \w+)? (попадается|фигурирует|мелькает|употребляется)\b",
        r"(\bкто|(?<!на )\bкакие (заметки|записи))\b.*\bссыла(ется|ются)\b",
        r"\bчто\b.*\b(сказано|говорится|пишется|написано|записано|известно)\b.* (о|об|обо|про|по|насчет)\b",
        rf"\bчто{_FILLING} (знаю|знаем|пишу|писал\w*|записал\w*){_FILLING} {_ABOUT}\b",
        r"\bwhere\b.*\b(mention|say|said|written|discussed|(i|we|notes) (write|wrote|talk|speak))",
        r"\b(which|what) (notes?|sections?|entries)\b.*\b(mention|say|talk|speak|discuss|refer|link|write)",
        r"\b(is|are|was|were)\b.*\bmentioned\b",
        r"\b(anything|something)( (in|my|our|the|notes?|written|said))* (about|on)\b",
        r"\bwho (writes|wrote|has written) about\b",
        r"\bmentions? of\b",
    ),
    Intent.COMPARISON: _any_of(
        r"\b(чем|как)\b.*\b(отлича|различа)",
        r"\b(отличи|разниц|различи|сравни)",
        r"\bв отличие\b",
        rf"\b(что|кто|где|как(ой|ая|ое|ие)( \S+)?) {_BETTER}\b.*\bили\b",
        rf"\bили\b.*\b(что|кто|где|какой|какая) {_BETTER}\b",
        rf"\bчем (\S+ ){{1,4}}{_BETTER} \S+",
        r"^(\S+ ){1,3}или( \S+){1,3}$",
        r"\b(differ(s|ent|ence|ences)?|compare|versus|vs)\b",
    ),
    Intent.DEFINITION: _any_of(
        r"\b(что|кто) (такое|такой|такая|такие)\b",
        r"\bэто (что|кто)( (вообще|собственно|за \w+))*$",
        r"\bчто (значит|означает|подразумева|понима)",
        r"\bчто (мы |вообще )?(называ|счита)(ют|ется|ем)\b",
        r"\bчто (именно )?(имеется|имеют) в виду\b",
        r"\bчто за\b",
        r"\bрасшифр(овыва\w+|овать|уй)\b",
        r"^расшифровка (\S+)$",
        r"\bчто (стоит|кроется|скрывается) за (аббревиатурой|сокращением|буквами)\b",
        r"\bэто( \w+)? про что\b|\bпро что это\b",
        r"\bопределение\b",
        r"\bwhat does\b.*\bmean",
        r"\bdefin(e|ition)\b",
        r"^what (is|are) (?!the\b)(a |an )?[\w -]+$",
    ),
    Intent.STEPS: _any_of(
        r"\b(шаг|этап|стади)\w*\b",
        r"\bпошагов",
        r"\bс чего начать\b",
        r"\bчто (надо |нужно |мне |нам )*(с?делать|предпринять)\b",
        r"\b(в каком )?порядк",
        r"^(а )?как\b(?! называ| звали| зовут| давно| часто| много| долго)",
        r"\bhow (to|do|does|can|should)\b",
        r"\bsteps?\b",
    ),
    Intent.LIST: _any_of(
        r"\bкак(ие|овы|их|ими)\b",
        rf"\b(сколько|how many) {COUNTED}",
        r"\b(перечисли|назови(те)?|список|виды|типы|формы|примеры|варианты|способы)\b",
        r"\bчем (полез|хорош)",
        rf"^(а |и )?(\w+(ые|ие) )?{_SEVERAL}\b",
        r"\b(what|which) (are|kinds?|types?|forms?|ways|examples?)\b",
        r"\b(list|name the|examples)\b",
    ),
}

# Words of a question that say what to do with the topic, not what the topic is.
_FRAME = re.compile(
    r"\b("
    r"упомина\w+|упомян\w+|встреча(ется|ются)|говорится|сказано|пишется|написано|речь ид[её]т|"
    r"(?:в )?(?:моих )?заметк\w+|раздел(ах|е|ы)|"
    r"сравни(те|ть)?|отлича\w+|отличи\w+|различ\w+|разниц\w+|сходств\w+|"
    r"перечисли\w*|назови\w*|расскажи\w*|опиши\w*|поясни(?:те)?|объясни(?:те)?|растолкуй\w*|напомни(?:те)?|уточни(?:те)?|"
    r"(?:дай(?:те)?\s+)?определени[ея]|(?:(?<=что )|(?<=что мы )|(?<=что вообще ))называ(?:ют|ется|ем)|"
    r"понима(?:ют|ется|ешь)(?=\s+под\b)|подразумева\w+|"
    r"име(?:ется|ют)\s+в\s+виду|счита(?:ется|ются|ют)|относ(?:ится|ятся|ят)(?=\s+ко?\b)|"
    r"(?<=что за )(?:штука|зверь|вещь|такое)|правда(?=,?\s+(?:ли|что)\b)|(?:верно|действительно|стоит)(?=\s+ли\b)|"
    r"расшифр(?:овыва\w+|овать|уй|овка)|(?:стоит|кроется|скрывается)\s+за\s+(?:аббревиатурой|сокращением|буквами)|"
    r"(?<=про )что|(?:простыми|своими)\s+словами|пожалуйста|если\s+можно|применительно|"
    r"(?:я\s+)?(?:хочу|хотел\w*\s+бы|хотелось\s+бы|не\s+могу|нужно|надо)\s+(?:узнать|понять|знать|вспомнить)|"
    r"(?:я\s+)?(?:забыл[аи]?|не\s+помню)|вообще|меня\s+интересу\w+|интересно(?=,)|"
    r"mention\w*|notes?|compare\w*|differ\w*|define\w*|list|name|tell|explain|remind|please"
    r")\b",
    re.IGNORECASE,
)

# The same of a question that asks where something is mentioned; elsewhere «место» and «слово» may be the topic.
_MENTIONING = re.compile(
    r"\b(?:"
    r"(?:где|что)-?(?:то|нибудь|либо)|где|кто\s+(?:ещ[её]\s+)?(?=ссыла|писал)|where|в\s+как(?:их|ой|ом)\s+(?:(?:част|мест)\w+\s+)?(?:заметк|заметок|запис|раздел|част|мест)\w*|"
    r"(?:в\s+)?(?:моих|наших|своих)\s+(?:заметк|запис)\w+|в\s+записях|"
    r"(?:(?:найди|найти|покажи|укажи)\w*\s+)?(?:все\s+)?мест[оа](?=,?\s+(?:где|в\s+котор\w+|со?\s+слов\w+|об?|обо|про)\b)|"
    rf"(?:{_FINDING}|укажи)(?:те)?(?:\s+вс[её])?|что\s+я\s+знаю|"
    r"(?:со?\s+)?слов(?:о|а|ом|ами)(?=\s+\S)|"
    r"пиш(?:ется|у|ем|ут)|писал\w*|рассказыва\w+|говорил\w*|написан\w*|записан\w*|записал\w*|затро\w+|затрагива\w+|обсужда\w+|ссылается|ссылаются|"
    r"назван\w*|речь(?:\s+(?:ид[её]т|заход\w+))?|ид[её]т\s+речь|(?:в|на)\s+котор\w+|"
    r"anywhere|somewhere|anything|something|(?:which|what)\s+(?:notes?|sections?|entries)|"
    r"discuss\w*|talks?|speaks?|says?|said|written|wrote|writes?|refers?|links?|the\s+word"
    r")\b",
    re.IGNORECASE,
)

_COMPARING = re.compile(
    r"\b(?:"
    r"ч[её]м|как|в ч[её]м|какая|какие|что|есть|между|от|с|а|и|или|"
    rf"{_BETTER}|сравни(?:те|ть)?|разниц\w+|отличи\w+|отлича\w+|различи\w+|различа\w+|"
    r"what is|what's|how|do|does|is|are|the|between|from|with|to|and|or|compare|differ|different?\w*|versus|vs"
    r")\b",
    re.IGNORECASE,
)
