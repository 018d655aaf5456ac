"""Tells what people say to an assistant out of politeness, or ask of the notes as a whole, from what notes answer."""

import re

from kbqa.index.analysis import words

_SAID = re.compile(
    r"\b(?:"
    r"спасибо|спс|благодар(?:ю|им|ствую)|пожалуйста|за (?:ответ|помощь|совет|подсказку)|"
    r"привет\w*|здравствуй\w*|здрасте|добр(?:ый|ое|ого) (?:день|вечер|утро|дня|вечера|утра|времени суток)|"
    r"доброй ночи|до (?:свидания|встречи|скорого)|пока|прощай\w*|"
    r"понял[аи]?|понятно|ясно|ок|окей|ладно|хорошо|отлично|здорово|круто|супер|класс|молодец|прекрасно|замечательно|"
    r"извини\w*|прости|простите|"
    r"(?:что|чем|как) (?:ты|вы) (?:умее\w+|може\w+|работае\w+|поможе\w+)|как (?:дела|жизнь)|"
    r"hi|hello|hey|thanks|thank|thx|bye|goodbye|ok|okay|great|cool|nice|got it|sorry|please|"
    r"good (?:morning|afternoon|evening|day|night)|for (?:the|your) (?:answer|help)"
    r")\b"
)
_BESIDE = re.compile(
    r"\b(?:всем|все|большое|огромное|очень|и|а|ну|да|нет|вам|тебе|вас|тебя|мне|я|так|это|теперь|уже|"
    r"much|very|there|you|all|i|it|so|that|and|me|everyone)\b"
)
"""Words that may stand beside it; with a word that asks («Что было хорошо?») it is a question."""

_THERE = r"(?: (?:у меня|у нас|есть|написано|всего|все|мои|моих|твои|твоих|наши|наших|эти|этих|тут|здесь|в базе))*"
_OF_ALL = re.compile(
    rf"^(?:а )?(?:(?:какие|сколько|перечисли\w*|покажи\w*|назови\w*|список){_THERE} (?:заметки|заметок|записи|записей)|"
    rf"о чем{_THERE} (?:заметки|записи)|что{_THERE} в(?: моих| этих| наших)? (?:заметках|записях|базе|базе знаний))"
    rf"{_THERE}$|"
    r"^(?:(?:what|which|how many|list|show)(?: me| my| all| the| our)* notes(?: do (?:i|we) have| are there| exist)?|"
    r"what are(?: my| the| our| these| all)* notes about|what is in (?:my|the|our) notes)$"
)


def asks_of_all(text: str) -> bool:
    """Whether a question is what notes there are, or what all of them are about."""
    return _OF_ALL.search(" ".join(words(text))) is not None


def is_courtesy(text: str) -> bool:
    """Whether a text is a greeting, thanks or the like and nothing besides: it asks nothing of the notes."""
    plain = " ".join(words(text))
    left = _SAID.sub(" ", plain)
    return left != plain and not _BESIDE.sub(" ", left).strip()
