"""The kinds of things that questions ask for, and what a text shows that holds one.

A section about the right thing need not hold the fact that is asked of it («Сколько стоит участие?» where no price
stands). A price, a time, a number, a contact, a name, a verdict: what is asked for shows in the question's words, and a
text that could answer shows its traces.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from kbqa.index.analysis import folded
from kbqa.index.dictionary import is_name, is_person
from kbqa.retrieval.facets import asking
from kbqa.retrieval.numbers import in_figures
from kbqa.retrieval.question import COUNTED


def whole_words(*patterns: str) -> re.Pattern[str]:
    """One pattern for whole words, whatever their case."""
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns), re.IGNORECASE)


# ---- What a text shows ----

_PORTION = whole_words(
    r"дважды|трижды|вдвоем|втроем|вдвое|втрое|пар[аыу]|пол(?:часа|года|дня|минуты)|половин[аыу]|треть|четверть|сотн[яюи]",
    r"десят(?:ок|ка|ки|ков)|дюжин[аыу]|полтор\w+|раза?",
    "one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|half|twice",
)
_MONEY = re.compile(r"руб|₽|[$€]|евро|доллар|тысяч|млн|миллион|цен[аыу]|стои|плат[аияеуы]", re.IGNORECASE)
_FREE = re.compile(r"бесплат|платить не|\bfree\b", re.IGNORECASE)
_MONTH = (
    r"(?:январ|феврал|март|апрел|июн|июл|август|сентябр|октябр|ноябр|декабр)\w*|ма[йяе]|"
    "january|february|march|april|june|july|august|september|october|november|december"
)
"""«May» is more often no month."""
_WEEKDAY = (
    r"понедельник\w*|вторник\w*|сред[аыу]|четверг\w*|пятниц\w*|суббот\w*|воскресень\w*|будн\w+|выходн\w+|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
)
_TIME = whole_words(
    r"секунд\w*|минут\w*|час\w*|день|дн[яейю]\w*|сут\w+|недел\w+|месяц\w*|квартал\w*|год\w*|лет|век\w*",
    r"утр\w+|вечер\w*|ежедневн\w+|еженедельн\w+|ежемесячн\w+|ежегодн\w+",
    _WEEKDAY,
    _MONTH,
    "после|перед|накануне|заранее|сразу|after|before|during",
    r"minutes?|hours?|days?|weeks?|months?|years?|1\d{3}|20\d{2}|\d{1,2}:\d{2}",
)
_IN_FIGURES = r"\d{1,2}\.\d{2}"
"""A date («15.06») or an hour («9.30»)."""
_CONTACT = re.compile(r"@|https?:|www\.|\d", re.IGNORECASE)
_PHONE = re.compile(r"\d(?:[\s()–-]*\d){4}")
"""At least five digits."""
_SHARE = re.compile(r"\d\s*(?:%|процент|percent)|\d+ из \d+")
_FRACTION = whole_words(
    r"половин\w*|трет[ьи]|четверт[ьи]|большинств\w*|больш\w+ част\w+|вдвое|втрое",
    r"кажд\w+ (?:втор|трет|четв|пят|десят)\w+",
    "half|third|quarter|most",
)
_NAME_WITHIN = re.compile(r"(?<=[а-яё,»] )[«\"(]?[А-ЯЁ]\w+|«(?=[А-ЯЁ\d])|[A-Za-z]{2,}|\[\[")
"""In capitals within a sentence or in quotation marks, in Latin letters, linked to."""
_CAPITALISED = re.compile(r"\b[А-ЯЁ][а-яё]+")
_FIRST_WORD = re.compile(r"(?:^|[.!?:|] |\*\*)\W*([А-ЯЁ][а-яё]+)", re.MULTILINE)
_ROLE = whole_words(
    r"председател\w*|директор\w*|президент\w*|глав[аыу]|руководител\w*|лидер\w*|основател\w*|начальни\w+|капитан\w*",
    r"совет\w*|правлени\w*|комитет\w*|куратор\w*|ведущ\w+|модератор\w*|координатор\w*|менеджер\w*|организатор\w*",
    r"директорат\w*|команд\w+|president|director|chair\w*|head|board|leader",
)
_VERDICT = whole_words(
    r"лучш\w+|хуже|худш\w+|предпоч\w+|рекоменд\w+|сов(?:ет|ету)\w*|выб(?:ир|ер|рать)\w*|подход\w+|подойд\w+|удобн\w+",
    r"выгодн\w+|над[её]жн\w+|дешев\w+|дорож\w+|самы[йе]|самая|бер(?:ут|ите|и|ём|у)|покупа\w+|купи\w*",
    r"best|better|worse|recommend\w*|prefer\w*|choose|suits?",
)
_TROUBLE = whole_words(
    r"не|нет|без|ни|нельзя|невозможн\w+|минус\w*|недостат\w+|риск\w*|опас\w+|проблем\w*|вызов\w*|угро[зж]\w*|потер\w+",
    r"тер[яю]\w+|труд\w+|сложн\w+|тяж\w+|долг\w*|дорог\w*|дорож\w+|мало|слаб\w*|хуж\w+|плох\w*|ошиб\w+|конфликт\w*",
    r"спор\w*|отказ\w*|завис\w+|огранич\w+|меша\w+|конкурен\w+|расход\w*|затрат\w*|требу\w+|устар\w+|скуч\w+",
    r"осторожн\w+|остерег\w+|вред\w*|ущерб\w*|обман\w*|мошенни\w+|ловушк\w+|штраф\w*|жалоб\w*|блокир\w+|спам\w*",
    r"переста[её]\w+|пропад\w+|исчез\w+|слом\w+|лома\w+|сбо[йяеи]\w*|утечк\w+|провал\w*|навязчив\w+|раздража\w+",
    r"уста[её]\w+|уст[ао]л\w+|стресс\w*|тревог\w*|страх\w*|боя[тз]\w+|стыд\w*|неудоб\w+|неприят\w+|лишн\w+",
    r"no|not|without|risk\w*|problem\w*|difficult\w*|cost\w*",
)


def _counts(text: str) -> bool:
    """Whether there is a number, in figures or in words."""
    return bool(re.search(r"\d", text) or _PORTION.search(folded(text)) or re.search(r"\d", in_figures(text)))


def _shares(text: str) -> bool:
    """Whether there is a part of something, in figures or in words."""
    return bool(_FRACTION.search(folded(text)) or _SHARE.search(in_figures(text)))


def _names(text: str) -> bool:
    """Whether there is a proper name; what begins a statement, an item or a cell has a capital letter anyway."""
    return bool(_NAME_WITHIN.search(text)) or any(map(is_name, _FIRST_WORD.findall(text)))


def _leads(text: str) -> bool:
    """Whether there is a person, by name, or who somebody is by what he does."""
    capitals = _CAPITALISED.findall(text)
    return bool(_ROLE.search(text)) or any(map(is_person, capitals))


# ---- What a question asks for ----

# Where another thing is asked for, a price is only spoken of: «Вернут ли взнос?», «Какой процент от зарплаты берут?».
_ASKS_ANOTHER = whole_words(
    "где|куда|откуда|кто|кого|кому|кем|что|чего|чему|чем|зачем|почему|отчего|когда|как|ли|сколько|скольких",
    r"процент\w*|дол[яюеи]|как(?:ой|ая|ое|ие|ую|ого|ому|ом|им|их|ими)(?=\s+\w)|why|when|where|who|how",
)
# «вакансия без зарплаты» asks for no salary.
_AFTER_PREPOSITION = re.compile(
    r"\b(?:без|об?|обо|про|за|из|от|с|со|на|в|во|по|при|для|к|до|у|about|without|of|for|in|by)\s+$", re.IGNORECASE
)
_WHICH = re.compile(
    r"\bкак(?:ой|ая|ое|ие|ую|ого|ому|ом|им|их|ими|ова|ово|овы?)(?:\s+(?:будет|был[аои]?|размер|номер|там|"
    r"\w+(?:[ыио]й|[ая]я|[оеы]е|ие|[ое]го|[ое]му|[ыи]м|[ую]ю)))*\s+$",
    re.IGNORECASE,
)
_PAID = (
    r"(?: (?!не\b)\S+){0,3} (?:сто(?:ит|ят|ил\w*|ить)|(?:за)?плат\w+|обходи\w+|обош\w+|обойд\w+|зарабатыва\w+|"
    r"получа\w+(?=.* за\b))|(?: \S+)? (?:денег|рублей)"
)


class _Kind(NamedTuple):
    """A kind of thing that may be asked for."""

    asks: re.Pattern[str]
    """What asks for it wherever it stands."""
    named: re.Pattern[str] | None
    """Words for it: they ask for it after «какой», or where the question asks for nothing else («цена билета»)."""
    holds: Callable[[str], object]
    """Whether a text shows it."""

    def is_asked(self, question: str) -> bool:
        if self.asks.search(question):
            return True
        words = self.named.finditer(question) if self.named else ()
        named = [word for word in words if not _AFTER_PREPOSITION.search(question[: word.start()])]
        if named and not _ASKS_ANOTHER.search(question):
            return True
        return any(_WHICH.search(question[: word.start()]) for word in named)


_PRICE = _Kind(
    whole_words(f"сколько(?:{_PAID})|поч[её]м|how much (?:is|are|do|does|did|will|would|money)|what (?:.* )?costs?"),
    whole_words(
        "цен[аыу]|стоимост[ьи]|сумм[аыу]|взнос(?:[аы]|ов)?|зарплат[аыу]|гонорар(?:[аы]|ов)?|оплат[аыу]|бюджета?",
        "costs?|prices?|fees?|salary",
    ),
    lambda text: _FREE.search(text) or (_MONEY.search(text) and _counts(text)),
)
_MOMENT = _Kind(
    whole_words(
        # «До или после?» asks for an order.
        rf"(?:{asking('когда')})(?!.*\b(?:до или после|после или до|раньше или позже)\b)",
        "как (?:долго|часто|давно)|в каком месяце",
        "с каких пор|сколько (?:времени|минут|часов|дней|недель|месяцев|лет|раз)|how (?:long|often)",
        "^when|and when",
    ),
    whole_words(r"срок\w*"),
    lambda text: _TIME.search(text) or _counts(text),
)
_YEAR = _Kind(
    whole_words("(?:в|с|до) как(?:ом|ого) год[уа]", "what year"),
    None,
    whole_words(r"1[5-9]\d{2}|20\d{2}|лет назад|years ago").search,
)
_DAY = _Kind(
    whole_words("какого числа|в какой день|в какие дни|по каким (?:дням|числам)", "what date|(?:what|which) days?"),
    None,
    whole_words(
        rf"\d{{1,2}}(?:-?(?:го|е))? (?:{_MONTH}|may)", _IN_FIGURES, _WEEKDAY, r"числ\w+|день|дн[яеи]\w*|days?"
    ).search,
)
_HOUR = _Kind(
    whole_words(r"в котором часу|с которого часа|во сколько(?! раз)(?!.*\bо(?:бо[йш]|бход|цен))", "what time"),
    None,
    whole_words(
        r"\d{1,2}:\d{2}", _IN_FIGURES, r"(?:пол)?час\w*|утр\w+|вечер\w*|ноч\w+|пол(?:день|дня|ночь|ночи)|[ap]m|noon"
    ).search,
)
_COUNT = _Kind(
    whole_words(f"сколько(?!{_PAID}| {COUNTED}| процент)", rf"скольки[хм]?|how many(?! {COUNTED})"),
    whole_words(
        r"численност\w*|количеств\w*|тираж\w*|скорост\w*|вес|размер\w*|объ[её]м\w*|площад(?:ь|и|ью)|вместимост\w*|длин[аыу]",
        r"высот[аыу]|ширин[аыу]|возраст\w*|температур\w*",
    ),
    _counts,
)
_PART = _Kind(whole_words(r"процент\w*|дол[яюеи]|what (?:share|percentage)"), None, _shares)
_TELEPHONE = _Kind(whole_words("номер телефона"), whole_words(r"телефон\w*|phone"), _PHONE.search)
_ADDRESS = _Kind(
    whole_words(r"электронн\w+ (?:почт|адрес)\w*"),
    whole_words(r"почт\w*|e-?mail|адрес\w*|address"),
    _CONTACT.search,
)
_CALLED = _Kind(
    whole_words(
        "как (?:его |её |ее |их )?(?:зовут|звали)|на какой улице|чья (?:книга|статья|фамилия)",
        rf"(?:{asking('кто')})(?: \S+)? (?:основа|придума|(?:на|с)писа|созда|разработа|сдела)л[аи]?",
        r"в как(?:ом|ой) (?:университет|вуз|институт|город|стран|компани|фирм|программ|приложени|сервис)\w*",
        r"каким (?:приложением|сервисом|ботом)|(?:через|на) как(?:ое|ой|ую|ом) (?:программ|приложени|сервис|сайт)\w*",
        r"под каким (?:именем|названием)|по имени|назов\w+ имена",
        "как называл(?:ся|ась|ось|ись)",
        r"как называ\w+ (?:тво[йяе] |ваш[ае]? )?(?:кафе|клуб|бот|канал|чат|книга|сервис|приложение|компания|фирма)",
    ),
    whole_words(r"имя|фамили[яю]|город|вуз|университет|улиц[ау]|стран[ау]|бренд|марк[ау]|модел[ьи]"),
    _names,
)
_LEADER = _Kind(whole_words(rf"(?:{asking('кто')})(?: \S+)? (?:возглавля\w+|руковод\w+|стоит во главе)"), None, _leads)
_BEST = _Kind(
    whole_words(
        r"что лучше|как(?:ой|ая|ое|ие|ую|их)\b.*\b(?:лучш(?:ий|ая|ее|ие|ую)|посовету\w+|порекоменду\w+|купить|выбрать)",
        r"котор\w+ лучше|what is better|which.* best",
    ),
    whole_words("лучший|лучшая|лучшее"),
    _VERDICT.search,
)
_DRAWBACK = _Kind(
    whole_words(
        r"(?:как(?:ие|ой|ая|ими|овы|их)|есть ли|в чем|перечисли|назови)\b(?!.* (?:плюс|преимущ|достоинств)).* "
        r"(?:минус|недостат|риск|опасност|ошиб|проблем|трудност|сложност|препятств|барьер)\w*",
        r"чем (?:плох|опас|вред|неудоб)\w+|(?:что|чем) меша\w+",
        "drawbacks?|disadvantages?|downsides?|mistakes?|pitfalls?",
    ),
    whole_words(
        "(?<!и )(?:минусы|недостатки|риски|опасности|ошибки|подводные камни)(?! и (?:плюсы|преимущества|достоинства))"
    ),
    _TROUBLE.search,
)
_KINDS = (_PRICE, _MOMENT, _YEAR, _DAY, _HOUR, _COUNT, _PART, _TELEPHONE, _ADDRESS, _CALLED, _LEADER, _BEST, _DRAWBACK)


@lru_cache(maxsize=100)
def kinds_asked(question: str) -> tuple[Callable[[str], object], ...]:
    """For each kind of thing that a question asks for, what tells whether a text shows one."""
    return tuple(kind.holds for kind in _KINDS if kind.is_asked(question))
