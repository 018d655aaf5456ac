"""What the tests of retrieval share: the vocabulary of a small vault."""

import pytest

from kbqa.index.lexical import LexicalIndex
from kbqa.retrieval.repair.vocabulary import Vocabulary

NOTES = (
    "Виды партнёрства: спонсорское, контентное и технологическое. Партнёрство в мероприятиях, договор, сотрудники.",
    "Отраслевые сообщества и их преимущества. Объект, задача, день, размер. Как решать проблемы и найти партнёров.",
    "Нетворкинг на митапах: LinkedIn, CRM и TenChat. Interview with a speaker.",
    "Криптовалютные биржи, отдел IT, переговоры. Спонсоры и сообщества.",
)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The words of four short notes, in two languages, some of which no dictionary has."""
    texts = {str(number): text for number, text in enumerate(NOTES)}
    return Vocabulary(LexicalIndex.build(list(texts), list(texts.values())), texts.__getitem__)
