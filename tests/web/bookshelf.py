"""Vaults to look at, and their pages without an index: what stands in the notes is read, nothing is embedded."""

import random
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from kbqa.errors import VaultError
from kbqa.notes.links import LinkGraph
from kbqa.notes.vault import NoteFile, Vault
from kbqa.serving.desk import Failed, Preparing, Ready, State
from kbqa.settings import Settings
from kbqa.texts import Texts
from kbqa.types import Hit, Note, NoteSummary
from kbqa.web.guard.security import KnownNames
from kbqa.web.pages.router import router

TEXTS = Texts.load("ru")
SUBJECTS = (
    "Садоводство", "Походы", "Кулинария", "Фотография", "Астрономия", "Музыка", "Программирование", "Финансы",
    "Здоровье", "История", "Языки", "Ремонт",
)  # fmt: skip
KINDS = ("обзор", "план", "заметки о", "список", "вопросы", "опыт", "инструменты", "ошибки", "дневник", "советы")


class ReadVault:
    """What the pages ask a knowledge base for, straight from the files."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(corpus=folder)
        vault = Vault(folder, TEXTS)
        parsed = (vault.parse(file)[0] for file in vault.files() if isinstance(file, NoteFile))
        self.read = {note.path: note for note in parsed if note}
        self.generation = "первое"
        self.hits: list[Hit] = []

    def note(self, path: str) -> Note:
        """A note by its path."""
        if path not in self.read:
            raise VaultError("note_unknown", note=path)
        return self.read[path]

    def notes(self) -> tuple[NoteSummary, ...]:
        """All notes."""
        return tuple(NoteSummary(note.path, note.title, note.aliases, note.tags) for note in self.read.values())

    def link_graph(self) -> LinkGraph:
        """Their links."""
        return LinkGraph.of(self.read.values())

    def search(self, question: str, top_k: int | None = None) -> list[Hit]:
        """What the test has laid down."""
        assert question
        return self.hits[:top_k]


class StillDesk:
    """A desk that is in one state."""

    def __init__(self, state: State) -> None:
        self.state = state

    @classmethod
    def of(cls, folder: Path) -> "StillDesk":
        """One that answers from the notes in a folder."""
        kb = ReadVault(folder)
        return cls(Ready(kb, len(kb.read), len(kb.read), (), current=True))  # type: ignore[arg-type]

    def knowledge_base(self) -> ReadVault:
        """What it answers from."""
        assert not isinstance(self.state, Preparing | Failed)
        return self.state.kb  # type: ignore[return-value]


def pages_app(desk: StillDesk, texts: Texts = TEXTS) -> FastAPI:
    """The pages alone, under the server's protection."""
    app = FastAPI()
    app.add_middleware(KnownNames, names=())
    app.include_router(router(desk, texts))  # type: ignore[arg-type]
    return app


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of a running server with `app`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def write_vault(folder: Path, notes: Mapping[str, str]) -> Path:
    """A folder of notes, by their paths."""
    for path, text in notes.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def grown_vault(folder: Path, count: int, links: int) -> Path:
    """A vault as they grow: subjects with hubs, links mostly within a subject, some notes alone, some unwritten."""
    chance = random.Random(2024)  # noqa: S311 - the same vault each time
    subject_of = [number if number < len(SUBJECTS) else _subject(chance) for number in range(count)]
    titles = [
        SUBJECTS[subject] if number < len(SUBJECTS) else f"{SUBJECTS[subject]}: {chance.choice(KINDS)} {number}"
        for number, subject in enumerate(subject_of)
    ]
    lonely = {number for number in range(len(SUBJECTS), count) if chance.random() < 0.08}
    of_subject = [
        [number for number in range(count) if subject_of[number] == subject and number not in lonely]
        for subject in range(len(SUBJECTS))
    ]
    targets: list[list[str]] = [[] for _ in range(count)]
    for _ in range(links):
        source = chance.randrange(count)
        own = of_subject[subject_of[source]]
        luck = chance.random()
        number = subject_of[source] if luck < 0.3 else chance.choice(own) if luck < 0.88 else chance.randrange(count)
        if number not in lonely and source not in lonely and number != source:
            targets[source].append(titles[number])
        if luck < 0.012 and source not in lonely:
            targets[source].append(f"Ненаписанное {int(luck * 1000)}")
    notes = {}
    for title, subject, named in zip(titles, subject_of, targets, strict=True):
        links_to = "".join(f"Об этом говорит и [[{_file(target)}|{target}]].\n\n" for target in named)
        properties = f'---\ntitle: "{title}"\ntags: [{SUBJECTS[subject].lower()}]\n---\n'
        notes[f"{SUBJECTS[subject]}/{_file(title)}.md"] = f"{properties}# {title}\n\n{links_to}"
    return write_vault(folder, notes)


def _file(title: str) -> str:
    """A title without what names of files may not have."""
    return title.replace(":", "")


def _subject(chance: random.Random) -> int:
    """The first subjects have most notes."""
    return min(int(chance.expovariate(0.28)), len(SUBJECTS) - 1)
