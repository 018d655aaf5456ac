"""Who can write the answers, with real servers on loopback."""

import threading

from scripted_endpoint import MODEL, Endpoint, models

from kbqa.serving.writers import CONFIGURED, NOTES, Writers
from kbqa.settings import Settings


def looked(writers: Writers, model: str) -> list[tuple[str, str, str]]:
    """The models once `model` has been found, for which a busy machine may need more than one look."""
    writers.models()
    for thread in threading.enumerate():
        if thread.name == "kbqa-models":
            thread.join()
    for _ in range(60):
        if f"Ollama {model}" in writers._found:
            break
        writers._look()
    return writers.models()


def test_without_a_model_the_notes_write(endpoint: Endpoint) -> None:
    """Whom nobody has set is offered, but is not the default."""
    endpoint.will(models("qwen3:8b", "gemma3:4b"))
    writers = Writers(Settings(), {"Ollama": endpoint.port})
    assert writers.default == NOTES
    assert writers.model(NOTES) is writers.model(None) is writers.model(CONFIGURED) is None
    assert looked(writers, "qwen3:8b") == [
        ("Ollama qwen3:8b", "qwen3:8b", "Ollama"),
        ("Ollama gemma3:4b", "gemma3:4b", "Ollama"),
    ]
    model = writers.model("Ollama gemma3:4b")
    assert model is not None
    assert (model.address.url, model.address.model) == (endpoint.url, "gemma3:4b")


def test_the_model_of_the_settings_writes_and_is_listed_once(endpoint: Endpoint) -> None:
    """It is found on this machine, too, under another name."""
    endpoint.will(models(MODEL, "другая"))
    writers = Writers(Settings(llm_url=endpoint.url, llm_model=MODEL), {"Ollama": endpoint.port})
    assert writers.default == CONFIGURED
    assert looked(writers, "другая") == [
        (CONFIGURED, MODEL, f"127.0.0.1:{endpoint.port}"),
        ("Ollama другая", "другая", "Ollama"),
    ]
    model = writers.model(CONFIGURED)
    assert model is not None
    assert model.address.model == MODEL


def test_models_are_not_looked_for_each_time(endpoint: Endpoint) -> None:
    """A page asks every few seconds."""
    endpoint.will(models("qwen3:8b"))
    writers = Writers(Settings(), {"Ollama": endpoint.port})
    looked(writers, "qwen3:8b")
    asked = len(endpoint.requests)
    assert looked(writers, "qwen3:8b") == [("Ollama qwen3:8b", "qwen3:8b", "Ollama")]
    assert len(endpoint.requests) == asked > 0


def test_a_model_that_is_gone_can_still_be_asked(endpoint: Endpoint) -> None:
    """Who has chosen it gets its error, not another's answer; it keeps what it knows of its failures."""
    writers = Writers(Settings(), {"Ollama": endpoint.port})
    endpoint.will(models("qwen3:8b"))
    looked(writers, "qwen3:8b")
    chosen = writers.model("Ollama qwen3:8b")
    endpoint.will(models("gemma3:4b"))
    writers._look()
    assert [model for _, model, _ in looked(writers, "gemma3:4b")] == ["gemma3:4b"]
    assert writers.model("Ollama qwen3:8b") is chosen is not None
