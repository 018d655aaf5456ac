"""What a question asks about its subject, and what a section's heading promises: the same few things everywhere.

Notes are divided by the same headings over and over: kinds, benefits, drawbacks, steps, mistakes, costs. A question
asks for these in other words («чем полезен», «сколько стоит»), which an embedding model of this size only half sees;
and in an English question over Russian notes, words see nothing at all.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kbqa.index.analysis import folded, names_something


def _any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern for whole words in lower-case text with ё as е."""
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))


_QUESTION_WORD = r"(?:что|чего|чему|ч[её]м|как\w*|кто|кого|кому|кем|где|куда|откуда|когда|почему|зачем|сколько|ли)"


def asking(word: str) -> str:
    """Pattern of a word where it asks; after a comma, or another question word, it mostly begins a clause.

    «Что делать, когда не отвечают?» asks for no time, «Где и когда?» does.
    """
    begins = rf"(?:(?<!.)|(?<=[.?!:;] ))(?:(?!{_QUESTION_WORD}\b)\S+ )*(?<!, ){word}"
    return rf"{begins}|(?:и|или|а) {word}|{word} (?:и|или)"


_AMISS = (
    "(?:идет|идут|пойти|пошло|выходит|получается) не так|не так (?:идет|идут|пойти|пошло)|"
    r"не (?:сработал|получил|удал|задал)\w*|went wrong|did(?:n.t| not) work"
)
"""What goes wrong is a drawback as much as a mistake."""
_WELL = "что (?:хорошо )?(?:с?работало|получилось|удалось|понравилось)|what worked|went well"

_ASKED = {
    "kinds": _any_of(
        r"(?:вид|тип|форм|формат|разновидност|категори|классификац)(?:а|ы|ов|ам|ами|ах|е|и|ей|ии|ия|ий|иям|иями|иях|у|ом|ой)?",
        "бывают|бывает",
        "какие есть",
        r"делят\w*",
        r"kinds?|types?|forms?|formats?|categor\w+|sorts",
    ),
    "parts": _any_of(
        "из (?:чего|каких)",
        r"состо[ия]\w+|склад[ыа]\w+|вход[ия]т\w*|включа\w+|част(?:и|ей)|составля\w+|структур\w+|строени\w+|устроен\w*",
        r"элемент\w*|компонент\w*",
        "consists?|parts?|components?|elements|structure|made of|included?|includes",
    ),
    "benefits": _any_of(
        r"преимуществ\w*|плюс(?:ы|ов|ах)?|польз\w+|полез\w+|выгод\w*|достоинств\w*|зачем|хорош[аи]?",
        r"что (?:\w+ ){0,2}(?:дает|дают|даст)|ради чего|для чего|(?:какой|есть ли|в чем) (?:смысл|толк|прок)",
        rf"сильны\w+ сторон\w*|{_WELL}",
        "benefits?|advantages?|pros|useful|good for|upsides?|gain",
        "why (?:should|would|do|go|join)",
    ),
    "drawbacks": _any_of(
        r"недостат\w+|минус\w*|плох[аио]?|слабы\w+ сторон\w*|риск\w*|опасн\w*|неудобн\w*|подводн\w+ кам\w+",
        r"проблем\w*|трудност\w*|сложност\w*|вызов(?:ы|ов|ами|ах)|вред\w*|навред\w+|меша(?:ет|ют)|бед(?:а|ы|ой|ами)",
        _AMISS,
        r"drawbacks?|disadvantages?|cons|downsides?|risks?|problems?|challenges?|difficult\w*",
    ),
    "mistakes": _any_of(
        r"ошиб\w+|промах\w*|избега\w+|прокалыва\w+|прокол\w*|оплошност\w*|огрех\w*|ляп(?:ы|ов|ах)?|грабл\w+",
        _AMISS,
        "нельзя|не стоит|не надо|не следует|не нужно",
        "mistakes?|errors?|avoid|pitfalls?|should(?:n.t| not)",
    ),
    "steps": _any_of(
        "(?<!.)(?:а |и )?как(?! называ| звали| зовут| давно| часто| много| долго)",
        r"шаг\w*|этап\w*|стади\w*|пошагов\w*|с чего нача\w+|порядо?к\w*|последовательност\w*|алгоритм\w*",
        "что (?:надо |нужно )?(?:с?делать|предпринять)",
        "how (?:to|do|does|can|should)|steps?|stages?|where to start",
    ),
    "roles": _any_of(
        asking("кто"),
        r"рол[ьие]\w*|отвеча\w+|обязанност\w*|ответствен\w*",
        r"who|roles?|responsib\w+",
    ),
    "cost": _any_of(
        r"(?<!не )(?:стоит|стоят)|стоимост\w*|цен[аыуе]|бюджет\w*|расход\w*|обход\w+|обош\w+|взнос\w*|плат\w+",
        r"оплат\w+|рубл\w+",
        r"деньги|денег|дорог\w*|бесплатн\w*|почем|тариф\w*|затрат\w*|гонорар\w*",
        r"cost\w*|price\w*|budget|fees?|pay|expens\w+|money",
    ),
    "time": _any_of(
        asking("когда"),
        r"срок\w*|частот\w*|длит\w+|длин\w+|расписани\w*|дат[аыу]|период\w*|дедлайн\w*|график\w*",
        "как (?:долго|часто|давно)",
        r"сколько (?:времени|минут|дней|час\w+|недел\w+|месяц\w+|лет|длит\w+|раз)",
        r"как(?:ой|ого) (?:год|день|месяц|врем)\w*",
        "when|how (?:long|often)|duration|deadline|schedule|frequency",
    ),
    "examples": _any_of(
        r"пример\w*|например|образ(?:ец|цы|ца)|шаблон\w*|кейс\w*",
        "examples?|template|sample|cases?",
    ),
    "rules": _any_of(
        r"правил\w*|принцип\w*|норм(?:а|ы|ам|ах)?|требовани\w*|услови\w*|обязан\w*|разрешен\w*|можно ли|положен\w*",
        r"запре[тщ]\w*",
        "rules?|principles?|requirements?|conditions?|norms?|allowed",
    ),
    "measures": _any_of(
        r"показател\w*|метрик\w*|измер\w+|оцен[иь]\w*|критери\w*",
        r"как (?:\w+ ){0,2}(?:понять|проверить что|убедиться)",
        r"metrics?|measure\w*|evaluat\w+|criteria|kpi",
    ),
    "definition": _any_of(
        r"(?:что|кто) так(?:ое|ой|ая|ие)|что (?:значит|означает)|определени\w*",
        "define|definition|what (?:is|does)|meaning",
    ),
    "conclusion": _any_of(
        r"заключени\w*|вывод\w*|итог\w*|резюм\w*|главн\w+ мысл\w+",
        "conclusions?|summary|takeaways?",
    ),
    "related": _any_of(
        r"связан\w*|смежн\w*|почитать|похож\w+|ссылк\w*|источник\w*|литератур\w*|см также",
        "related|see also|further reading|sources|links",
    ),
    "history": _any_of(
        r"истори\w+|появи\w+|возник\w*|происхо\w+|придум\w+|откуда",
        "history|origins?|invented|founded|come from",
    ),
    "difference": _any_of(
        r"отлич\w+|различ\w+|разниц\w+|сравн\w+",
        r"differ\w*|compare\w*|comparison|versus|vs",
    ),
    "audience": _any_of(
        asking("кому"),
        r"для кого|подход\w+|аудитори\w*",
        "for whom|who is it for|suits?|audience",
    ),
    "choice": _any_of(
        r"выб(?:рать|ор|ора|ира\w+)|подобрать|подбира\w+|подбор\w*",
        r"choose|choosing|choice|select\w*|pick",
    ),
    "trends": _any_of(
        r"тренд\w*|тенденци\w*|что (?:сейчас )?нового|куда (?:движ\w+|идет)",
        "trends?|what(?: is|.s) new",
    ),
    "remedies": _any_of(
        r"справ(?:иться|ляться|ляются|ляемся)|преодол\w+|борот\w+|бор[еюя]т\w*",
        r"как (?:\w+ ){0,2}(?:реш(?:ить|ать|ают|аем)|исправ\w+)",
        "overcom(?:e|ing)|cope|solve|solutions?|remedy|remedies",
    ),
    "reasons": _any_of(r"почему|причин\w+|отчего|из-за чего", "why|reasons?"),
    "tools": _any_of(
        r"инструмент\w*|сервис\w*|программ\w*|приложени\w*|платформ\w*",
        "tools?|services?|apps?|software|platforms?",
    ),
    "places": _any_of("(?<!.)(?:а |и )?(?:где|куда)", "where|place|venue"),
}
"""What asks for a facet."""

_TOLD = {
    "kinds": _any_of("виды|типы|формы|форматы|разновидности|категории|классификация|types|kinds|forms|formats"),
    "parts": _any_of(
        r"из чего|состав\w*|части|структур[аы]|элементы|компоненты|строение|устройство|parts|components|elements"
    ),
    "benefits": _any_of(
        f"преимущества|плюсы|польза|выгод[аы]|достоинства|зачем|для чего|что дает|{_WELL}",
        "benefits|advantages|pros|why",
    ),
    "drawbacks": _any_of(
        "недостатки|минусы|риски|ограничения|проблемы|трудности|сложности|вызовы|опасности|слабые стороны|неудобства",
        rf"вред|беды|чем (?:меша|вред|опас|плох)\w+|подводные камни|{_AMISS}",
        "drawbacks|disadvantages|cons|risks|problems|challenges",
    ),
    "mistakes": _any_of(
        rf"ошибки|чего избегать|чего не \w+|промахи|нельзя|не стоит|не надо|проколы|грабли|беды|{_AMISS}",
        "mistakes|errors|pitfalls",
    ),
    "steps": _any_of(
        "шаги|этапы|стадии|процесс|порядок|последовательность|план|алгоритм|инструкция|как|чек-лист|запуск",
        "с чего начать|подготовка",
        "steps|stages|process|plan|how to|checklist",
    ),
    "roles": _any_of("роли|роль|кто|участники|обязанности|ответственные|ответственность|команда|roles|who|team"),
    "cost": _any_of(
        r"стоимост\w*|цен[аы]|бюджет|расход\w*|затраты|смета|взнос\w*|сколько стоит|тариф\w*|оплат\w*",
        r"финанс\w*|деньги|гонорар\w*",
        "costs?|prices?|budget|fees",
    ),
    "time": _any_of(
        "сроки?|дедлайны?|длительность|частота|расписание|когда|календарь|график|время|даты?|продолжительность|часы|регулярность",
        "timing|schedule|frequency|duration|when|deadlines",
    ),
    "examples": _any_of("примеры?|кейсы|образ(?:ец|цы)|шаблоны?|истории|examples?|templates?|cases"),
    "rules": _any_of(
        "правил[ао]|принципы|нормы|требования|условия|регламент|запреты", "rules|principles|requirements|conditions"
    ),
    "measures": _any_of("показатели|метрики|измер(?:ение|ять|ить)|оценка|критерии|metrics|measurement|criteria"),
    "definition": _any_of("определени[ея]|что такое|суть|понятие|definition"),
    "conclusion": _any_of("заключение|выводы?|итоги?|резюме|conclusions?|summary"),
    "related": _any_of(
        "связанные|см также|смотри(?:те)? также|ссылки|источники|литература|дополнительно",
        "related|see also|links|sources|references",
    ),
    "history": _any_of("история|происхождение|возникновение|откуда|history|origin"),
    "difference": _any_of(r"отличи[ея]|отлича\w+|сравнение|различия|разница|differences?|comparison|vs"),
    "audience": _any_of("кому|для кого|аудитория|audience|who is it for"),
    "choice": _any_of("как (?:выбрать|выбирать|подобрать)|выбор|подбор|критерии|choosing|how to choose|selection"),
    "trends": _any_of("тенденции|тренды|что нового|trends"),
    "remedies": _any_of(r"преодолени[ея]|как (?:справ|бор|реш|исправ|преодол)\w+", "solutions|remedies|overcoming"),
    "reasons": _any_of("причин[аы]|почему|отчего|из-за чего|reasons|why"),
    "tools": _any_of("инструменты|сервисы|программы|приложения|платформы|tools|services|apps|platforms"),
    "places": _any_of("где|куда|места|место|площадк[аи]|адреса|where|venue|places"),
}
"""What a heading is called that tells a facet."""

_USUAL = re.compile(r"\b(?:основн|главн|ключев|важнейш|типичн|типов|распространенн|част|обычн|базов)\w+ $")
"""What is said of mistakes, kinds, benefits and says nothing more."""

_OPPOSED = frozenset({"benefits", "drawbacks"})


@lru_cache(maxsize=10_000)
def asked(question: str) -> frozenset[str]:
    """The facets that a question asks for; usually one, often none."""
    return _matching(_ASKED, question)


def wording(question: str, facet: str) -> str:
    """The words by which a question asks for a facet that it asks for, lower-case."""
    found = _ASKED[facet].search(_plain(question))
    return found.group() if found else ""


def answered_words(question: str, heading_paths: Iterable[Sequence[str]]) -> str:
    """The words by which a question asks for what headings tell in words of their own: «частые промахи», «Ошибки»."""
    facets = asked(question) & _told_under_any(heading_paths)
    plain = _plain(question)
    asking_words = [match for facet in facets for match in _ASKED[facet].finditer(plain)]
    return " ".join("".join(_USUAL.findall(plain[: match.start()])) + match.group() for match in asking_words)


def beyond(question: str) -> str:
    """The words of a question without those that ask for a facet, lower-case."""
    return _without(_ASKED, question)


@lru_cache(maxsize=100_000)
def told(heading: str) -> frozenset[str]:
    """The facets that the text under a heading tells; usually one or none."""
    return _matching(_TOLD, heading)


def is_usual(heading: str) -> bool:
    """Whether a heading says what is told and not of what, as in many notes: «Шаги», «Виды и примеры»."""
    return not names_something(_without(_TOLD, heading))


def wanted(question: str, title: str) -> frozenset[str]:
    """The facets that a question asks of a note; what the note's title says itself is the subject.

    In a note on mistakes, «Частые ошибки» is not asked for by the name of the note.
    """
    return asked(question) - told(title)


def tells_opposite(question: str, heading_path: Sequence[str]) -> bool:
    """Whether a question asks for drawbacks alone and the headings promise benefits alone, or the other way round."""
    wants, promised = wanted(question, heading_path[0]) & _OPPOSED, told_under(heading_path) & _OPPOSED
    return len(wants) == len(promised) == 1 and wants != promised


def lacking_opposite(question: str, heading_paths: Iterable[Sequence[str]]) -> str | None:
    """The facet, benefits or drawbacks, that the headings lack, where the question asks for both and they tell one."""
    if not asked(question) >= _OPPOSED:
        return None
    lacking = _OPPOSED - _told_under_any(heading_paths)
    return next(iter(lacking)) if len(lacking) == 1 else None


def tells_both(question: str, heading_paths: Iterable[Sequence[str]]) -> bool:
    """Whether a question asks for benefits and drawbacks, and the headings tell both."""
    return asked(question) >= _OPPOSED and _told_under_any(heading_paths) >= _OPPOSED


def told_under(heading_path: Sequence[str]) -> frozenset[str]:
    """The facets that any heading of a path tells, but its first, the note's title."""
    return frozenset[str]().union(*map(told, heading_path[1:]))


def _told_under_any(heading_paths: Iterable[Sequence[str]]) -> frozenset[str]:
    return frozenset[str]().union(*map(told_under, heading_paths))


def _matching(patterns: dict[str, re.Pattern[str]], text: str) -> frozenset[str]:
    plain = _plain(text)
    return frozenset(facet for facet, pattern in patterns.items() if pattern.search(plain))


def _without(patterns: dict[str, re.Pattern[str]], text: str) -> str:
    plain = _plain(text)
    for pattern in patterns.values():
        plain = pattern.sub(" ", plain)
    return plain


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w'’-]+", folded(text)))
