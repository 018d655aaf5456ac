"""Made-up vaults of any number of sections, for measuring time and memory; the same ones each time.

A sentence is the beginning of one sentence of the evaluation vaults and the end of another, so that there are millions:
as texts they are as long, and of as many tokens, as real ones, and nearly all are different, which matters where a text
that occurs twice is embedded once. Some words are names that were made up; there are the more different ones, the
larger a vault is, as in real vaults (Heaps' law). They say nothing that is true: quality is not measured with them.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCES = (Path(__file__).with_name("vault"), Path(__file__).with_name("vaults"))
SECTIONS_A_NOTE = 10
NOTES_A_FOLDER = 200
TOKENS = 100
"""Of a section, headings not counted."""
_TOKENS_A_WORD = 2.2
"""Of multilingual-e5-small, in the evaluation vaults."""
_NAMED = 0.6
"""Share of sentences with a made-up name."""
_TAIL = 0.7
"""Of the Pareto distribution that names are drawn by: below 1, so that new ones never cease."""
_SYLLABLES = [consonant + vowel for consonant in "бвгдзклмнпрст" for vowel in "аеиоу"]
_ENDINGS = ("бург", "дор", "зин", "мир", "нок", "пак", "рон", "тек")
"""None that the stemmer would take off."""
_LETTERS = 14


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one section of the vault."""

    text: str
    heading: str
    """Of the section that it is made of."""


class SyntheticVault:
    """So many sections about nothing.

    Args:
        sections: how many.
        seed: another seed makes another vault.
    """

    def __init__(self, sections: int, seed: int = 1) -> None:
        self.sections = sections
        self._seed = seed
        self._halves = [_halved(sentence) for sentence in _sentences()]

    def write(self, folder: Path) -> None:
        """Write the notes as files; `folder` must not be there."""
        for number in range(0, self.sections, SECTIONS_A_NOTE):
            note = number // SECTIONS_A_NOTE
            file = folder / f"Раздел {note // NOTES_A_FOLDER + 1}" / f"Заметка {note + 1}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            count = min(SECTIONS_A_NOTE, self.sections - number)
            parts = [self._section(number + place) for place in range(count)]
            title = parts[0][0]
            # The first section stands under the title itself.
            text = f"# {title}\n\n{parts[0][1]}\n"
            text += "".join(f"\n## {heading}\n\n{body}\n" for heading, body in parts[1:])
            file.write_text(text, encoding="utf-8")

    def questions(self, count: int) -> list[Question]:
        """Questions about sections all over the vault, a third of a name, a heading and a half-sentence each."""
        chance = random.Random(f"{self._seed} questions")  # noqa: S311 - no secret
        questions = []
        for kind in range(count):
            heading, body = self._section(chance.randrange(self.sections))
            sentence = chance.choice(re.split(r"(?<=[.!?])\s+|\n", body))
            words = sentence.strip("- .").split()
            names = [word for word in words[1:] if word[0].isupper()] or words[-1:]
            text = (
                f"Что известно про {names[0].strip('.,;:')}?",
                f"Что сказано в разделе «{heading}»?",
                f"Почему {' '.join(words[:6]).strip('.,;:')}?",
            )[kind % 3]
            questions.append(Question(text, heading))
        return questions

    def _section(self, number: int) -> tuple[str, str]:
        """Heading and body."""
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - no secret
        start, end = chance.choice(self._halves)[0], chance.choice(self._halves)[1]
        heading = " ".join([*start[:2], _name(chance), *end[-1:]]).strip(".,;:—–- ")
        sentences: list[str] = []
        while sum(len(sentence.split()) for sentence in sentences) < TOKENS / _TOKENS_A_WORD - 4:
            sentences.append(self._sentence(chance))
        if chance.random() < 0.3:  # noqa: PLR2004 - about as many sections of the evaluation vaults are lists
            return heading, "\n".join(f"- {sentence}" for sentence in sentences)
        return heading, " ".join(sentences)

    def _sentence(self, chance: random.Random) -> str:
        words = [*chance.choice(self._halves)[0], *chance.choice(self._halves)[1]]
        if chance.random() < _NAMED:
            words.insert(len(words) // 2, _name(chance))
        text = re.sub(r"\d+", lambda _: str(chance.randrange(1, 3000)), " ".join(words))
        return text[0].upper() + text[1:].rstrip(".!?,;: ") + "."


def _sentences() -> Iterator[str]:
    """Of the evaluation vaults: plain words, six at least."""
    for file in sorted(file for source in SOURCES for file in source.rglob("*.md")):
        for line in file.read_text(encoding="utf-8").splitlines():
            plain = re.sub(r"^[\s>*\-+\d.|#]+", "", line)
            if re.search(r"[`\[\]|<>=*_:$#]", plain):
                continue
            for sentence in re.split(r"(?<=[.!?])\s+", plain):
                if len(sentence.split()) >= 6:  # noqa: PLR2004
                    yield sentence


def _halved(sentence: str) -> tuple[list[str], list[str]]:
    words = sentence.split()
    return words[: len(words) // 2], words[len(words) // 2 :]


def _name(chance: random.Random) -> str:
    """A made-up name; few are frequent, most are rare."""
    number, ending = divmod(int(chance.paretovariate(_TAIL) * 100), len(_ENDINGS))
    name = ""
    while number:
        number, syllable = divmod(number, len(_SYLLABLES))
        name += _SYLLABLES[syllable]
    return f"{name[:_LETTERS]}{_ENDINGS[ending]}".capitalize()
