"""The examples for deployment, as far as they can be checked without running them."""

import ast
import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kbqa.cli.arguments import parser
from kbqa.settings import Settings
from kbqa.texts import Texts

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FILES = [*sorted(DEPLOY.iterdir()), ROOT / "docs" / "deployment.md", ROOT / "docs" / "programs.md"]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    """A misspelt one would be ignored."""
    named = {name.lower() for name in re.findall(r"\bKBQA_([A-Z_]+)", file.read_text(encoding="utf-8"))}
    assert named <= Settings.model_fields.keys()


def test_the_composition_is_closed_but_for_the_proxy() -> None:
    """The notes are read-only, the password is demanded, nothing but the proxy has a port or a way out."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    kbqa, caddy = services["services"]["kbqa"], services["services"]["caddy"]
    assert kbqa["volumes"][0].endswith(":/notes:ro")
    assert ":?" in kbqa["environment"]["KBQA_PASSWORD"]
    assert "ports" not in kbqa
    assert kbqa["read_only"]
    assert list(kbqa["networks"]) == ["inside"]
    assert services["networks"]["inside"]["internal"]
    assert kbqa["environment"]["KBQA_PROXIES"] == caddy["networks"]["inside"]["ipv4_address"]
    assert (DEPLOY / kbqa["build"]["context"] / kbqa["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert {"KBQA_PASSWORD", "NOTES_HOST", "NOTES_FOLDER"} == set(
        re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )


def test_the_composition_with_a_chroma_server_is_closed_but_for_the_proxy() -> None:
    """Only the indexer has the notes, only the apps and it reach the server, and every app demands the password."""
    composed = yaml.safe_load((DEPLOY / "compose.chroma.yaml").read_text(encoding="utf-8"))
    services = composed["services"]
    apps = {name for name in services if name.startswith("app-")}
    address = services["caddy"]["networks"]["inside"]["ipv4_address"]
    assert {name for name, service in services.items() if "ports" in service} == {"caddy"}
    assert {name for name, service in services.items() if "storage" in service["networks"]} == {
        "chroma",
        "indexer",
        *apps,
    }
    assert composed["networks"]["storage"]["internal"]
    assert composed["networks"]["inside"]["internal"]
    assert {name for name, service in services.items() if ":/notes" in str(service.get("volumes"))} == {"indexer"}
    assert parser(Texts.load("ru")).parse_args(services["indexer"]["command"].split()[1:]).watch
    for name in apps:
        environment = services[name]["environment"]
        assert ":?" in environment["KBQA_PASSWORD"]
        assert environment["KBQA_PROXIES"] == address
        assert f"{name}:7860" in (DEPLOY / "Caddyfile.chroma").read_text(encoding="utf-8")


def test_the_image_takes_what_there_is_and_runs_a_command_that_there_is() -> None:
    """What is copied exists and is not ignored; the program is no root's; the check of its health is Python."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    copied = [name for line in re.findall(r"^COPY (.*)$", dockerfile, re.MULTILINE) for name in line.split()[:-1]]
    kept = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(copied) == sorted(kept)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    check, command = (json.loads(line) for line in re.findall(r"CMD (\[.*\])$", dockerfile, re.MULTILINE))
    ast.parse(check[2])
    assert parser(Texts.load("ru")).parse_args(command[1:]).command == "serve"
    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["kbqa"]
    environment = dict(re.findall(r"KBQA_(\w+)=(\S+)", dockerfile))
    settings = Settings(**{name.lower(): value for name, value in environment.items()})
    assert settings.host == "0.0.0.0"  # noqa: S104 - within the container


def test_the_unit_runs_the_server_with_few_rights(tmp_path: Path) -> None:
    """It is no root's, writes nothing but its state, and systemd understands it."""
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] - systemd's names have capitals
    text = (DEPLOY / "kbqa.service").read_text(encoding="utf-8")
    unit.read_string(text)
    service = unit["Service"]
    assert parser(Texts.load("ru")).parse_args(service["ExecStart"].split()[1:]).command == "serve"
    assert service["User"] == "kbqa"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "true")
    assert "KBQA_PASSWORD" not in service["Environment"]
    if analyze := shutil.which("systemd-analyze"):
        here = text.replace("/opt/kbqa/.venv/bin/kbqa", "/bin/true").replace("User=kbqa\n", "")
        (tmp_path / "kbqa.service").write_text(here, encoding="utf-8")
        ended = subprocess.run(
            [analyze, "verify", tmp_path / "kbqa.service"], capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")
