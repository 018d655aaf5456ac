"""Tells what people say to an assistant out of politeness from what they ask of the notes."""

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


def is_courtesy(text: str) -> bool:
    """Whether a text is a greeting, thanks or the like and nothing besides: it asks nothing of the notes."""
    plain = " ".join(words(text))
    left = _SAID.sub(" ", plain)
    return left != plain and not _BESIDE.sub(" ", left).strip()
