"""Whether a quoted text holds the kind of thing that a question asks for: a price, a date, a reason.

A section about the right thing need not hold the fact that is asked of it («Сколько стоит участие?» where no price
stands). What is asked for shows in the question's first words, and a text that could answer shows its traces.
"""

import re
from collections.abc import Callable
from itertools import islice

from kbqa.index.analysis import STOP_WORDS, words


def _words(*patterns: str) -> re.Pattern[str]:
    """One pattern for whole words, whatever their case."""
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns), re.IGNORECASE)


_NUMBER = re.compile(
    r"\d|\b(?:один|одн[аоуи]\w{0,2}|дв[ае]|двух|двумя|три|тр[её]х|тремя|четыр|пят[ьи]|шест[ьи]|сем[ьи]|вос[её]?м|девят|"
    r"десят|двадцат|тридцат|сорок|сто\b|сотн|тысяч|миллион|полтор|полови|треть|четверт|дво[ей]|тро[ей]|пар[аыу]\b|"
    r"раз\b|one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|half|twice)",
    re.IGNORECASE,
)
_MONEY = re.compile(r"руб|₽|[$€]|евро|доллар|тысяч|млн|миллион|цен[аыу]|стои|плат[аияеуы]", re.IGNORECASE)
_FREE = re.compile(r"бесплат|платить не|\bfree\b", re.IGNORECASE)
_TIME = _words(
    r"секунд\w*|минут\w*|час\w*|день|дн[яейю]\w*|сут\w+|недел\w+|месяц\w*|квартал\w*|год\w*|лет|век\w*",
    r"утр\w+|вечер\w*|ежедневн\w+|еженедельн\w+|ежемесячн\w+|ежегодн\w+|будн\w+|выходн\w+",
    r"понедельник\w*|вторник\w*|сред[аыу]|четверг\w*|пятниц\w*|суббот\w*|воскресень\w*",
    r"январ\w+|феврал\w+|март\w*|апрел\w+|ма[йяе]|июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+",
    r"minutes?|hours?|days?|weeks?|months?|years?|1\d{3}|20\d{2}|\d{1,2}:\d{2}",
)
_CONTACT = re.compile(r"@|https?:|www\.|\+?\d[\d ()-]{5,}\d")
_REASON = _words(
    "потому|так как|поскольку|из-за|чтобы|поэтому|ведь|иначе|благодаря|значит|because|so that|since|otherwise",
    r"причин\w+|позволя\w+|помога\w+|да[её]т|reasons?|helps?|allows?",
)
_NEGATION = _words("не|нет|без|ни|нельзя|никогда|никто|ничего|not|no|never|without", r"запрещ\w+|\w+n['’]t")
_WHY = re.compile(r"^\W*(?:[аи] |но )?(?:почему|отчего|why)\b", re.IGNORECASE)
_WHAT_FOR = re.compile(r"^\W*(?:[аи] |но )?зачем\b", re.IGNORECASE)

_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        _words(
            r"сколько (?:сто|плат|денег)\w*|цен[аыуе]|стоимост\w*|стоит|стоят|взнос\w*|зарплат\w*|гонорар\w*|оплат\w*",
            r"бюджет\w*|рубл\w*|обходи\w*|обош\w*|обойд\w+|how much|cost\w*|price\w*|fees?|salary",
        ),
        lambda text: bool(_FREE.search(text) or (_MONEY.search(text) and _NUMBER.search(text))),
    ),
    (
        _words(
            "когда|как (?:долго|часто|давно)|в как(?:ом|ой) (?:году|месяце|день)|какого числа|во сколько|с каких пор",
            r"сколько (?:времени|минут|часов|дней|недель|месяцев|лет|раз)|срок\w*|when|how (?:long|often)|what year",
        ),
        lambda text: bool(_TIME.search(text) or _NUMBER.search(text)),
    ),
    (
        _words(r"сколько(?! сто| плат| ден)|скольких|как(?:ой|ая|ова) (?:процент|доля|численность)|how many"),
        lambda text: bool(_NUMBER.search(text)),
    ),
    (
        _words(r"телефон\w*|(?:электронн\w+ )?почт\w*|e-?mail|адрес\w*|phone|address"),
        lambda text: bool(_CONTACT.search(text) or re.search(r"\d", text)),
    ),
)
"""What asks for a kind of thing, and what a text that holds it shows."""

_FOCUS = _words(
    "как(?:ой|ая|ое|ие|ую|им|их|ими|ого|ому|ом|ов|ова|ово|овы)|сколько|скольких|чей|чья|чь[её]|чьи|which|what|how many"
)


def lacks_kind(question: str, evidence: str) -> bool:
    """Whether the question asks for a price, a time, a number or a contact, and the evidence shows none."""
    return any(asks.search(question) and not holds(evidence) for asks, holds in _KINDS)


def holds_kind(question: str, statement: str) -> bool:
    """Whether a statement holds the price, time, number, contact or reason that the question asks for."""
    asked = [holds for asks, holds in _KINDS if asks.search(question)]
    if _WHY.search(question) or _WHAT_FOR.search(question):
        asked.append(lambda text: bool(_REASON.search(text)))
    return any(holds(statement) for holds in asked)


def lacks_reason(question: str, evidence: str, statement: str) -> bool:
    """Whether the question asks why, and the evidence gives no reason, or its closest statement denies the premise.

    «Почему взнос берут дважды?» — «Взнос берут один раз, второго нет.» What something is for may be told in any words.
    """
    why = bool(_WHY.search(question))
    if not (why or _WHAT_FOR.search(question)):
        return False
    denied = bool(_NEGATION.search(statement)) and not _NEGATION.search(question)
    return denied or (why and not _REASON.search(evidence))


def focus(question: str) -> str | None:
    """The word that says what the answer is: the first one that names something after «какой» or «сколько»."""
    match = _FOCUS.search(question)
    if match is None:
        return None
    following = words(question[match.end() :])
    named = (word for word in islice(following, 4) if word not in STOP_WORDS)
    return next(named, None)
