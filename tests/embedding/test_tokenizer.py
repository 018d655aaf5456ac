"""The tokenizer against the `tokenizers` library and against what SentencePiece promises."""

import time

import pytest
from tokenizers import Tokenizer as LibraryTokenizer
from tokenizers import models, pre_tokenizers

from kbqa.embedding.tokenizer import Tokenizer
from kbqa.embedding.weights import Vocabulary, Weights

TEXTS = (
    "Какие бывают виды партнёрства?",
    "Финансовая поддержка мероприятия — от 50 000 рублей до 1,5 млн; см. раздел «Спонсоры».",
    "Самый длинный отзыв: высокопревосходительство, частнопредпринимательский, рентгеноэлектрокардиографического",
    "# Heading\n\n- **bullet** one\n- [[Note#Section|display]] & `code_with_underscores()`",
    "How are you? I'm fine, thanks. e-mail: a.b@example.org https://example.org/path?x=1",
    "ﬁnally ﬃ ½ ℃ ™ № … ① Ｆｕｌｌ　ｗｉｄｔｈ",
    "日本語のテキスト 中文文本 한국어 العربية עברית ไทย",
    "emoji 😀👨‍👩‍👧‍👦🇷🇺 rare 𓀀𓀁𓀂 𐎀",
    "tabs\tand\r\nlines\x0bcontrol\x01\x02 nbsp\u00a0zero\u200bwidth\ufeffbom",
    "ЁЖИКЪ ёжик Ёжик ежик й",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The real vocabulary."""
    return Weights().vocabulary


@pytest.fixture(scope="module")
def tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """The tokenizer under test."""
    return Tokenizer(vocabulary, max_tokens=512)


def test_cuts_as_the_tokenizers_library_does(vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    """On normalised text, the library's unigram model with the same vocabulary gives the same ids."""
    pieces = list(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
    library = LibraryTokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    library.pre_tokenizer = pre_tokenizers.Metaspace(split=False)
    for text in TEXTS:
        normalised = " ".join(text.translate(dict(vocabulary.replacements)).split(" "))
        expected = library.encode(" ".join(normalised.split()), add_special_tokens=False).ids
        assert tokenizer.encode(text) == [vocabulary.begin, *expected, vocabulary.end], text


def test_ids_spell_the_text(vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    """The pieces of a text, put together, are the text with its spaces as word starts."""
    content = tokenizer.encode("Виды партнёрства: спонсорское, информационное")[1:-1]
    assert "".join(vocabulary.pieces[token] for token in content) == "▁Виды▁партнёрства:▁спонсорское,▁информационное"


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        ("и\u0306од и е\u0308ж", "йод и ёж"),
        ("  Виды \n\n\t партнёрства  ", "Виды партнёрства"),
        ("\ufeffВиды\u00a0партнёрства\u200b", "Виды партнёрства"),
        ("оﬃс", "оffiс"),
    ],
    ids=["decomposed letters", "spaces", "invisible characters", "ligature"],
)
def test_looks_make_no_difference(tokenizer: Tokenizer, variant: str, text: str) -> None:
    """Two encodings of what a reader sees as the same text give the same tokens."""
    assert tokenizer.encode(variant) == tokenizer.encode(text)


@pytest.mark.parametrize("mark", ["<s>", "</s>", "<pad>", "<unk>", "<mask>"])
def test_a_spelled_mark_is_text(vocabulary: Vocabulary, tokenizer: Tokenizer, mark: str) -> None:
    """A note that spells a control piece gets letters, never the mark."""
    content = tokenizer.encode(f"до {mark}после{mark}")[1:-1]
    assert vocabulary.pieces.index(mark) not in content


def test_neighbouring_unknown_characters_are_one_token(vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    """As in training, a run of characters outside the vocabulary counts as one unknown."""
    assert tokenizer.encode("𓀀𓀁𓀂").count(vocabulary.unknown) == 1


def test_a_long_text_keeps_its_beginning(vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
    """A text over the limit is cut to the first tokens, closed by the end mark."""
    ids = tokenizer.encode("слово " * 5000)
    assert len(ids) == 512
    assert ids[:3] == tokenizer.encode("слово слово")[:3]
    assert ids[-1] == vocabulary.end


@pytest.mark.parametrize(
    "text", ["щ" * 200_000, "\u0301\u0316" * 100_000, " " * 1_000_000, "\ufdfa" * 100_000, "я " * 500_000]
)
def test_hostile_lengths_take_no_time(tokenizer: Tokenizer, text: str) -> None:
    """Huge words, piles of accents and oceans of space end within two seconds, within the limit."""
    started = time.perf_counter()
    assert len(tokenizer.encode(text)) <= 512
    assert time.perf_counter() - started < 2
