"""Why a chunk was found, over a real index."""

from collections.abc import Callable

import pytest

from kbqa import KnowledgeBase
from kbqa.retrieval.retriever import HybridRetriever


@pytest.fixture(scope="module")
def retriever(kb: KnowledgeBase) -> HybridRetriever:
    """The corpus's retriever."""
    return kb.as_retriever()


def test_reasons_name_the_shared_words_and_the_meaning(retriever: HybridRetriever) -> None:
    """The best hit says which words it shares and that its meaning is close; every hit says something."""
    hits = retriever.find("Что входит в спонсорское партнёрство?")
    assert hits[0].reasons == ("совпали слова: спонсорское, партнерство", "близко по смыслу")
    assert all(hit.reasons for hit in hits)


def test_without_shared_words_the_reason_is_the_meaning(retriever: HybridRetriever) -> None:
    """An English question shares no word with a Russian section."""
    assert retriever.find("Sponsorship")[0].reasons == ("близко по смыслу",)


def test_reasons_name_the_alias_the_facet_and_the_link(kb_of: Callable[..., KnowledgeBase]) -> None:
    """What tells most comes first, three at most; the title itself is no alias, a link from a worse hit no reason."""
    kb = kb_of(
        {
            "Число Данбара.md": "---\naliases: [ЧД, Предел связей]\n---\n# Число Данбара\n\n"
            "Это предел: 150 человек.\n\n## Недостатки\n\nДля интровертов предел ниже, см. [[Проверка#Критика]].\n",
            "Проверка.md": "# Проверка\n\nКак мерили.\n\n## Критика\n\nВыборки были малы.\n",
            "Ещё.md": "# Ещё\n\nСм. [[Число Данбара]].\n",
        }
    )
    hits = {hit.chunk.heading_path[-1]: hit for hit in kb.search("Какие минусы у ЧД?")}
    assert hits["Недостатки"].reasons[:2] == ("псевдоним: ЧД", "раздел отвечает на «минусы»")
    assert hits["Недостатки"].rank < hits["Проверка"].rank
    assert "ссылка из «Число Данбара»" in hits["Проверка"].reasons
    assert all(0 < len(hit.reasons) <= 3 for hit in hits.values())
    titled = kb.search("Какие минусы у числа Данбара?")[0]
    assert titled.reasons[0] == "раздел отвечает на «минусы»"
    named = {reason for hit in kb.search("число данбара, или предел связей") for reason in hit.reasons}
    assert not any(reason.startswith("псевдоним") for reason in named)
