"""What kind of answer a question asks for."""

import pytest

from kbqa.retrieval.question import Intent, read_question, sides_of

WORDINGS = {
    Intent.LIST: [
        "Какие бывают виды партнёрства?",
        "Перечисли формальные структуры",
        "Назовите примеры сообществ",
        "Каковы признаки отраслевого сообщества?",
        "В каких формах организуются сообщества?",
        "Чем полезны сообщества?",
        "виды партнёрства",
        "На какие заметки ссылается текст о кластерах?",
        "Назови места для встреч",
        "Сколько основных форм организации у сообществ?",
        "How many kinds of partnership are there?",
        "What kinds of partnership are there?",
        "List the challenges",
    ],
    Intent.STEPS: [
        "Как найти партнёра?",
        "Как создать сообщество?",
        "С чего начать поиск партнёра?",
        "Из каких этапов состоит процесс?",
        "В каком порядке вести переговоры?",
        "сколько шагов в переговорах",
        "что делать если не отвечают",
        "How to find a partner?",
        "What are the steps?",
    ],
    Intent.DEFINITION: [
        "Что такое консорциум?",
        "что значит «инкубация»",
        "Что означает прозрачность?",
        "Консорциум — это что?",
        "Консорциум — это что вообще?",
        "Что понимается под наставничеством?",
        "Объясни, что называют консорциумом",
        "А что вообще считается консорциумом?",
        "Что имеется в виду под персонализацией?",
        "What is a consortium?",
        "Define consortium",
    ],
    Intent.COMPARISON: [
        "Чем консорциум отличается от кластера?",
        "Что лучше: рассылка или телеграм-канал?",
        "Рассылка или телеграм-канал?",
        "Митапы или конференции: что дешевле?",
        "Чем митап лучше конференции?",
        "В чём разница между консорциумом и кластером?",
        "Сравни консорциум и кластер",
        "Какие отличия консорциума от кластера?",
        "How does a consortium differ from a cluster?",
        "consortium vs cluster",
        "What is the difference between a consortium and a cluster?",
    ],
    Intent.MENTIONS: [
        "Где упоминаются хакатоны?",
        "В каких заметках говорится об инновациях?",
        "Что сказано про стандарты?",
        "Что говорится об обучении?",
        "Упоминается ли Сколково?",
        "Пишется ли где-нибудь про Obsidian",
        "Есть ли где-то слово credibility?",
        "где стоит английское «credibility»",
        "Где ещё мелькает Сколково?",
        "Есть ли в заметках что-нибудь о сертификации?",
        "что в заметках есть про VPN?",
        "где у меня записано про генератор?",
        "Где было про генератор?",
        "кто писал про стоицизм?",
        "в каких записях встречается панеттоне",
        "в какой заметке есть доска",
        "В каком разделе говорится о стартапах?",
        "Найди все места, где сказано о кластерах",
        "кто ещё ссылается на правило",
        "найди всё про Сколково",
        "всё, что у меня есть о хакатонах",
        "Покажи, где есть «Сколково»",
        "Собери мне все заметки об этике",
        "Что я знаю о Ждане?",
        "В каких заметках я пишу про этику?",
        "Where are hackathons mentioned?",
        "Which notes mention Skolkovo?",
        "Is certification mentioned anywhere?",
        "Where is ethics discussed?",
        "Is there anything about ethics in my notes?",
    ],
    Intent.FACT: [
        "Кто привлекает спикеров?",
        "Сколько человек в группе?",
        "Зачем нужно наставничество?",
        "Как называется платформа цифровых технологий?",
        "Как часто проходят встречи?",
        "Почему партнёрство выгодно?",
        "Где узнать о событиях?",
        "Есть ли способ узнать о встрече?",
        "Покажи цены",
        "Почему все говорят о доверии?",
        "Кто написал книгу про нетворкинг?",
        "Where do developers meet?",
    ],
}


@pytest.mark.parametrize(
    ("wording", "intent"), [(wording, intent) for intent, wordings in WORDINGS.items() for wording in wordings]
)
def test_wording_tells_the_intent(wording: str, intent: Intent) -> None:
    """Each wording asks for its shape of answer, in capitals too."""
    assert read_question(wording).intent is intent
    assert read_question(wording.upper()).intent is intent


@pytest.mark.parametrize(
    ("question", "kept", "gone"),
    [
        ("Где в моих заметках упоминаются хакатоны?", "хакатоны", "замет"),
        ("Перечисли виды партнёрства", "виды партнёрства", "еречисл"),
        ("Define consortium", "consortium", "Define"),
        ("Пишется ли где-нибудь про Obsidian", "Obsidian", "нибудь"),
        ("где у меня записано про генератор?", "генератор", "записан"),
        ("в каких записях встречается панеттоне", "панеттоне", "запис"),
        ("Где упоминается Ждана?", "Ждана", "Где"),
        ("Какая запись слова хранится дольше?", "запись слова", "упомина"),
        ("найди всё про Ждану", "Ждану", "найди"),
        ("Что я знаю о Ждане?", "Ждане", "знаю"),
        ("В каких заметках я пишу про этику?", "этику", "пишу"),
        ("Is certification mentioned anywhere?", "certification", "anywhere"),
        ("Поясни простыми словами, что понимают под консорциумом", "консорциумом", "простыми"),
        ("Правда ли, что клубы закрытые?", "клубы закрытые", "равда"),
        ("Правда о клубах", "Правда о клубах", "ли"),
        ("Хочу понять, как устроен клуб", "как устроен клуб", "понять"),
        ("напомни, пожалуйста, про питч", "питч", "пожалуйста"),
        ("что называют консорциумом", "консорциумом", "называют"),
        ("Стоит ли звать партнёра?", "звать партнёра", "тоит"),
    ],
)
def test_the_topic_is_free_of_framing(question: str, kept: str, gone: str) -> None:
    """Words that only ask do not count as what is asked about."""
    topic = read_question(question).topic
    assert kept in topic
    assert gone not in topic


def test_a_topic_of_framing_alone_stays() -> None:
    """A question that consists of framing words keeps them."""
    assert read_question("Сравни!").topic == "Сравни!"


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Чем консорциум отличается от кластера?", ("консорциум", "кластера")),
        ("В чём разница между консорциумом и кластером?", ("консорциумом", "кластером")),
        ("Сравни «Арабику» и «Робусту».", ("Арабику", "Робусту")),
        ("Какая разница между митапами, хакатонами и саммитами?", ("митапами, хакатонами", "саммитами")),
        ("consortium vs cluster", ("consortium", "cluster")),
        ("Что лучше: рассылка или канал?", ("рассылка", "канал")),
        ("Чем рассылка лучше канала?", ("рассылка", "канала")),
        ("How does a consortium differ from a cluster?", ("a consortium", "a cluster")),
    ],
)
def test_sides_of_a_comparison(question: str, sides: tuple[str, ...]) -> None:
    """What stands between the comparing words, without quotes and marks."""
    assert sides_of(question) == sides
