"""The documentation says what the program does."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kbqa.cli.arguments import parser
from kbqa.settings import Settings
from kbqa.texts import Texts

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ru.md")


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_stands_in_the_table_with_its_default(readme: str) -> None:
    """The table has each setting once, in the order of the code, with the default in force."""
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", (ROOT / readme).read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(name, str(field.default)) for name, field in Settings.model_fields.items()]


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_shown(readme: str) -> None:
    """Each subcommand of the shell has an example."""
    (commands,) = [action.choices for action in parser(Texts.load("ru"))._actions if action.dest == "command"]
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert [name for name in commands if f"kbqa {name}" not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_python_example_runs(
    readme: str, corpus: Path, corpus_index: Callable[[], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The example does what it says, on the user's notes."""
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    example = example.replace('"corpus", "index"', f"{str(corpus)!r}, {str(corpus_index())!r}")
    exec(compile(example, readme, "exec"), {})  # noqa: S102 - our own text
    assert capsys.readouterr().out.startswith("answered\n**Виды партнерства:**")


DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("eval/*.md"), *ROOT.glob("index/*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(document: Path) -> None:
    """Links between documents, and to pictures, lead to files that exist."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    assert [link for link in targets if "://" not in link and not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    """What a document tells to make can be made."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    # Elsewhere «make» is a word of English, too, outside of code.
    before = r"\b" if document.name in READMES and document.parent == ROOT else r"(?:^|`)"
    named = set(re.findall(rf"{before}make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))
    assert {target for target in named if f"\n{target}:" not in makefile} == set()
