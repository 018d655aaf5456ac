"""Text → the terms that the lexical ranker and the answerer compare: stems, and letter 4-grams against typos."""

import re
import unicodedata
from functools import cache, lru_cache

import Stemmer
from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_RUSSIAN

from kbqa.index.dictionary import noun_form

ANALYSIS_VERSION = 4
"""Goes into the index's signature: a change in what this module returns rebuilds every index."""
NGRAM = 4

_WORD = re.compile(r"\w+")
_UNSEEN = re.compile("[\u00ad\u0300-\u036f]")
"""Soft hyphens and accents, which stand inside words and are not letters: «за́мок»."""

# Words that ask rather than name; the list of bm25s (after NLTK) has only a part of them.
_ASKING = """
    какой какая какое какие каков какова каковы каким какими каких какому какую какого чей чья чьи кто что чем чему
    чего где куда откуда когда почему зачем сколько ли как называется называются такое такие такой такая значит
    означает являются является есть бывает бывают существует существуют нужно надо можно мне нам скажи расскажи
    нужен нужна нужны должен должна должно должны могу можем могут буду будем будут
    подскажи объясни перечисли назови опиши покажи про об обо
    what which who whom whose where when why how do does did is are was were can could should would will
    i me my we our us you your they them their he his she her there here about tell show
"""
# The other forms of pronouns, of which the list has some.
_PRONOUNS = """
    кого кому кем ком чьего чьей чьему чьим чьих каком скольких сколькими насколько отчего
    который которая которое которые которого которой которому которым которую которых котором которыми
    собой свой своя свое свои своего своей своему своим своих свою своими
    сам сама само сами самого самой самому самим самих саму самими
    тот та то те того той тому тем тех ту теми этот эта это эти этого этой этому этим этих эту этими этом
    весь вся все всего всей всему всем всех всю всеми
    мой моя мое мои моего моей моему моим моих мою моими твой твоя твое твои твоего твоей твоему твоим твоих твою
    наш наша наше наши нашего нашей нашему нашим наших нашу нашими
    ваш ваша ваше ваши вашего вашей вашему вашим ваших вашу вашими
    мной мною тебе тобой тобою нами вами оно ими
"""
STOP_WORDS = frozenset(
    word.replace("ё", "е") for word in (*STOPWORDS_RUSSIAN, *STOPWORDS_EN, *_ASKING.split(), *_PRONOUNS.split())
)


def folded(text: str) -> str:
    """`text` as it is compared: lower-case, ё as е."""
    return text.lower().replace("ё", "е")


def words(text: str) -> list[str]:
    """Words of `text` in order, lower-case, ё as е, stop words included."""
    return [folded(word) for word in _raw_words(text)]


def content_words(text: str) -> list[str]:
    """`words` without stop words; all of them when nothing else is left.

    A stop word in Latin capitals is a name in Russian text («IT», «US») and stays.
    """
    return _content(text) or words(text)


def names_something(text: str) -> bool:
    """Whether `text` has a word that is not a stop word: "How are you?" has none."""
    return bool(_content(text))


def _content(text: str) -> list[str]:
    return [plain for word in _raw_words(text) if (plain := folded(word)) not in STOP_WORDS or is_acronym(word)]


def _raw_words(text: str) -> list[str]:
    # First composed: й and ё may be written as a letter and an accent, by macOS for one.
    composed = unicodedata.normalize("NFC", text)
    return _WORD.findall(_UNSEEN.sub("", composed).replace("_", " ").replace("%", " процентов "))


def is_acronym(word: str) -> bool:
    """Whether a word in Latin capitals is a name in Russian text: «IT», «US»."""
    return len(word) > 1 and word.isascii() and word.isupper()


def stems(text: str) -> list[str]:
    """`stem` of each content word, in order."""
    return [stem(word) for word in content_words(text)]


@lru_cache(maxsize=20_000)
def distinct_stems(text: str) -> frozenset[str]:
    """The same as a set, which is kept: the texts of the best candidates are looked at several times for a question."""
    return frozenset(stems(text))


def letter_ngrams(text: str) -> list[str]:
    """Letter 4-grams of `^word$` for each content word: a word with a typo still shares most of them."""
    return [gram for word in content_words(text) for gram in _ngrams(word)]


@lru_cache(maxsize=100_000)
def distinct_ngrams(word: str) -> frozenset[str]:
    """The same of one word, as a set."""
    return frozenset(letter_ngrams(word))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball stem of one lower-case word: English rules for ASCII words, Russian for the rest.

    Of a Russian noun it is that of the dictionary form. Snowball alone parts «канал» and «каналы», «рассылок» and
    «рассылки», and knows nothing of «человек» and «люди».
    """
    if word.isascii():
        stemmed: str = _stemmer("english").stemWord(word)
    else:
        stemmed = _stemmer("russian").stemWord(folded(noun_form(word) or word))
    return stemmed


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    # No cache inside: Snowball's own is not safe to share between threads; `stem` has one.
    return Stemmer.Stemmer(language, 0)


@lru_cache(maxsize=100_000)
def _ngrams(word: str) -> tuple[str, ...]:
    marked = f"^{word}$"
    return tuple(marked[i : i + NGRAM] for i in range(max(1, len(marked) - NGRAM + 1)))
