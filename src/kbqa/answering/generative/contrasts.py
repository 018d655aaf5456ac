"""Words by which two sentences on one thing say different things: opposites, and degrees of certainty.

All by dictionary form: pymorphy3's for Russian, Snowball's stem for English.
"""

from collections.abc import Iterable, Mapping

from kbqa.index.analysis import folded, stem, words
from kbqa.retrieval.denial import Forms

_OPPOSITES = """
    можно нельзя, можно обязательно, должный мочь, обязать мочь, нужно можно, обязательно желательно,
    разрешать запрещать, разрешить запретить, разрешенный запрещенный, платный бесплатный,
    платно бесплатно, обязательный необязательный, обязательный желательный, обязательно необязательно, до после,
    перед после, раньше позже, ранее позднее, сначала потом, заранее потом, первый последний, начало конец,
    начинать заканчивать, начать закончить, начинаться заканчиваться, начаться закончиться, больше меньше, более менее,
    много мало, большой маленький, большой малый, максимум минимум, максимальный минимальный, высокий низкий,
    увеличивать уменьшать, увеличить уменьшить, увеличивать снижать, увеличить снизить, повышать понижать,
    повышать снижать, повысить снизить, расти падать, расти снижаться, вырасти упасть, вырасти снизиться,
    подорожать подешеветь, дорогой дешевый, дорого дешево, быстрый медленный, быстро медленно, ускорять замедлять,
    ускорить замедлить, легкий сложный, легко сложно, легко трудно, простой сложный, облегчать затруднять,
    помогать мешать, помочь помешать, усиливать ослаблять, сильный слабый, полезный вредный, плюс минус,
    преимущество недостаток, достоинство недостаток, успех неудача, прибыль убыток, доход расход, купить продать,
    открытый закрытый, открыто закрыто, открыть закрыть, публичный закрытый, публичный частный,
    государственный частный, внутренний внешний, общий личный, личный анонимный, формальный неформальный,
    очный заочный, очно онлайн, очный дистанционный, онлайн офлайн, онлайн вживую, удаленно очно, письменный устный,
    письменно устно, вручную автоматически, ручной автоматический, всегда никогда, всегда иногда, часто редко,
    чаще реже, постоянный временный, постоянный разовый, регулярный разовый, ежедневно еженедельно,
    еженедельно ежемесячно, ежемесячно ежегодно, ежедневный еженедельный, еженедельный ежемесячный,
    ежемесячный ежегодный, утро вечер, утром вечером, утренний вечерний, новый старый, длинный короткий,
    долгий короткий, широкий узкий, полный частичный, полностью частично, вместе отдельно, вместе порознь,
    включать исключать, включить исключить, добавить убрать, принять отклонить, одобрить отклонить,
    согласиться отказаться, согласие отказ, соглашаться отказываться, лучше хуже, лучший худший, близкий далекий,
    ближний дальний, левый правый, верхний нижний, вход выход, молодой пожилой, младший старший, теплый холодный,
    сохранить удалить, хранить удалять, появиться исчезнуть, прийти уйти, отправить получить, отправлять получать,
    принимать отправлять, давать получать, единый раздельный, заканчивать продолжать, единственный многие,
    active passive, free paid, before after, more less, more fewer, increase decrease, raise lower, grow shrink,
    always never, often rarely, open closed, first last, begin end, start finish, early late, online offline,
    required optional, mandatory optional, must may, allow forbid, allow prohibit, high low, best worst, better worse,
    many few, maximum minimum, public private, internal external, formal informal, fast slow, easy hard, easy difficult,
    cheap expensive, advantage disadvantage, strong weak, accept reject, include exclude, daily weekly, weekly monthly,
    monthly yearly, morning evening, new old, long short, help hinder, permanent temporary, manual automatic
"""
_STRONG = """
    весь каждый любой всякий all every any; всегда постоянно неизменно always; никогда never;
    только лишь исключительно единственный only solely; гарантировать гарантия guarantee guaranteed;
    полностью целиком entirely completely fully; невозможно impossible; доказать доказано proven prove
"""
"""Groups of words, each of which says that there is no exception."""
_CAREFUL = """
    некоторый отдельный some; иногда порой sometimes occasionally; часто нередко often; обычно usually typically;
    мочь возможно вероятно пожалуй may might can possibly perhaps; почти около примерно приблизительно about nearly
    almost approximately; планировать планироваться предполагаться собираться хотеть plan intend; желательно
    желательный preferably; попробовать пробовать попытаться try; казаться seem; редко rarely
"""
"""Groups of words, each of which leaves room: to drop one says more than the source."""


def _form(word: str) -> str:
    return stem(word) if word.isascii() else folded(word)


def _pairs(text: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in text.split(","):
        one, other = map(_form, pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {form: frozenset(opposites) for form, opposites in found.items()}


def _group(text: str) -> Forms:
    return frozenset(map(_form, words(text)))


OPPOSITES = _pairs(_OPPOSITES)
"""The opposites of a dictionary form."""
STRONG = tuple(map(_group, _STRONG.split(";")))
CAREFUL = tuple(map(_group, _CAREFUL.split(";")))
LIGHT = _group(
    """являться составлять составить проходить пройти проводить проводиться состоять включать включить входить
    относиться называть называться предполагать предусматривать содержать содержаться иметь иметься получать получить
    использовать
    использоваться следовать стоить рекомендовать рекомендоваться советовать позволять помогать давать дать делать
    сделать выделять выделить различать разделять разделить существовать находиться осуществляться заключаться
    представлять должный необходимый достаточно достаточный хватать понадобиться потребоваться требовать требоваться
    означать служить направить становиться стать уходить занимать занять длиться продолжаться происходить
    упоминать упоминаться встречаться указать указывать сказать говориться описывать описать перечислить привести
    приводить учесть учитывать обратить заметка раздел выписка пункт список пример способ вид виды число количество
    размер объем случай помощь цель часть раз данный соответственно также кроме среди внутри вместе благодаря частность
    например именно поэтому пусть быстро
    consist include contain provide use make have get take go come involve mean call list note also section should
    describe mention refer name include example way kind number case part give"""
)
"""Words that a sentence is built with, and that say little of what it is about."""
_UNITS = """
    секунда second; минута minute; час hour; день сутки day; неделя week; месяц month; квартал quarter; год лето year;
    рубль rouble ruble; тысяча thousand; миллион million; доллар dollar; евро euro; процент percent; метр metre meter;
    километр kilometre kilometer; сантиметр centimetre; человек person people; раз time; штука piece
"""
UNITS = tuple(map(_group, _UNITS.split(";")))
"""Groups of words that a number is counted in."""
CALENDAR = _group(
    """январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь понедельник вторник среда четверг
    пятница суббота воскресенье january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday"""
)


def opposed(forms: Forms, others: Iterable[str]) -> bool:
    """Whether a word is the opposite of one of the others."""
    present = frozenset(others)
    return any(not OPPOSITES.get(form, frozenset()).isdisjoint(present) for form in forms)
