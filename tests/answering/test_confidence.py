"""Whether what was found answers the question."""

import pytest

from kbqa import KnowledgeBase
from kbqa.answering.confidence import THRESHOLD, WEIGHTS, Signals, probability
from kbqa.types import Filters

MIDDLING = Signals(0.86, 3.0, 0.86, 0, 0.5, 0.5, 0, 0, 0, 0)
AGAINST = {"chance", "rarest", "unsaid", "unlike", "unreasoned", "unwritten", "in_note"}


def signals_of(kb: KnowledgeBase, question: str) -> Signals:
    """What the decision on a question rests on."""
    signals = kb.as_query_engine().signals(question)
    assert signals is not None
    return signals


@pytest.mark.parametrize("signal", Signals._fields)
def test_more_of_a_signal_moves_the_probability_its_way(signal: str) -> None:
    """What speaks for an answer raises it, what speaks against lowers it."""
    more = MIDDLING._replace(**{signal: getattr(MIDDLING, signal) + 0.1})
    assert probability(more) != probability(MIDDLING)
    assert (probability(more) < probability(MIDDLING)) == (signal in AGAINST)


@pytest.mark.parametrize("value", [0, 1, -1, 3])
def test_a_probability_is_one(value: float) -> None:
    """Within 0 and 1, however strange the signals."""
    assert 0 <= probability(Signals(*[value] * len(Signals._fields))) <= 1


def test_weights_and_bias_may_be_given() -> None:
    """Without weights only the bias decides."""
    assert probability(MIDDLING, Signals(*[0.0] * len(WEIGHTS)), bias=0.0) == 0.5


@pytest.mark.parametrize(
    ("question", "status"), [("Что такое консорциум?", "answered"), ("Как приготовить борщ?", "no_evidence")]
)
def test_the_threshold_decides(kb: KnowledgeBase, question: str, status: str) -> None:
    """An answer is given exactly when its probability reaches the threshold."""
    assert kb.ask(question).status == status
    assert (probability(signals_of(kb, question)) >= THRESHOLD) == (status == "answered")


@pytest.mark.parametrize(
    ("question", "signal"),
    [
        ("Какой телефон у Общества педагогов?", "unlike"),
        ("Какое наказание ждёт за нарушение этических норм?", "unsaid"),
        ("What is a consortium?", "foreign"),
        ("Почему Сколково относят к сообществам?", "unreasoned"),
        ("Как пройти сертификацию?", "unwritten"),
    ],
)
def test_each_signal_is_seen(kb: KnowledgeBase, question: str, signal: str) -> None:
    """A question that shows it, and one that does not."""
    assert getattr(signals_of(kb, question), signal) > 0.9
    assert getattr(signals_of(kb, "Что такое консорциум?"), signal) == 0


def test_a_fact_that_a_section_lacks_is_refused(kb: KnowledgeBase) -> None:
    """The society is in the notes, its phone number is not."""
    assert kb.ask("Какой телефон у Общества педагогов?").status == "no_evidence"


def test_another_name_of_a_note_is_told_by_it(kb_of) -> None:
    """«ТПП» stands nowhere but among the note's other names."""
    note = "# Торгово-промышленные палаты\n\nПалата объединяет предпринимателей региона.\n"
    named = kb_of("---\naliases: [ТПП]\n---\n\n" + note)
    assert signals_of(named, "Кого объединяет ТПП?").rarest == 0
    assert signals_of(kb_of(note), "Кого объединяет ТПП?").rarest > 0.9


def test_what_a_heading_tells_is_told_by_what_is_under_it(kb_of) -> None:
    """«промахи» are asked for, «Ошибки» stands above."""
    note = "# Клубы\n\nКлубы города собирают учёных.\n\n## {}\n\n- Встречи проходят без повестки и хозяина\n"
    question = "Какие типичные промахи у клубов?"
    under_mistakes = signals_of(kb_of(note.format("Ошибки")), question)
    assert under_mistakes.rarest == under_mistakes.unsaid == 0
    assert signals_of(kb_of(note.format("Встречи")), question).rarest > 0.9


def test_a_heading_may_promise_reasons(kb_of) -> None:
    """What stands under it need not say «потому что», and may deny."""
    note = "# Клубы\n\nКлубы города собирают учёных.\n\n## {}\n\n- не сошлись характером\n- устал хозяин\n"
    question = "Отчего умирают клубы?"
    assert signals_of(kb_of(note.format("Почему клубы умирают")), question).unreasoned == 0
    assert signals_of(kb_of(note.format("Как клубы умирают")), question).unreasoned == 1


@pytest.mark.parametrize(
    "question", ["бла бла бла", "ваываыва ыва лвоаы", "123", "asdfghjkl", "Что такое фандрайзинг?"]
)
def test_what_nobody_has_heard_of_is_not_answered(kb: KnowledgeBase, question: str) -> None:
    """One word that is told in no form and no meaning, or several that are no words."""
    answer = kb.ask(question)
    assert (answer.status, answer.confidence) == ("no_evidence", 0)


@pytest.mark.parametrize("question", ["консорциум", "consortium", "Кроме спонсорского", "Всё, кроме спонсорства"])
def test_a_single_word_that_the_notes_have_is_answered(kb: KnowledgeBase, question: str) -> None:
    """In another language, too, and where all others than it are asked for."""
    assert kb.ask(question).status == "answered"


@pytest.mark.parametrize(
    ("question", "note", "answer"),
    [
        ("Какой пароль?", "Вход", "Пароль: чай."),
        ("Кто встречает?", "Приём гостей", "Гостей встречает дежурный у лестницы."),
        ("Какой пароль?", "Приём гостей", None),
        ("Сколько стоит вход?", "Приём гостей", None),
    ],
)
def test_a_short_question_within_a_note_is_about_it(kb_of, question: str, note: str, answer: str | None) -> None:
    """Who has chosen a note does not name it; what it does not say is refused all the same."""
    kb = kb_of(
        {
            "Вход.md": "# Вход\n\nПароль: чай. Код домофона 4711.\n",
            "Приём гостей.md": "# Приём гостей\n\nГостей встречает дежурный у лестницы.\n\n## Стол\n\nЧай, сыр.\n",
            "Wi-Fi.md": "# Wi-Fi\n\nСеть «Клуб», пароль у администратора.\n",
        }
    )
    given = kb.ask(question, filters=Filters(notes=(note,)))
    assert given.status == ("answered" if answer else "no_evidence")
    assert (answer or "") in given.text
