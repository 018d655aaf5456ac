"""Texts → vectors: multilingual-e5-small, run on this machine from weights that come with an installed package.

`weights` reads the file, `tokenizer` cuts a text into the model's tokens, `graph` describes the networks to
onnxruntime, `adapter` has what is changed in them for questions, `e5` puts these together. `llama` shows the model to
LlamaIndex and is imported on its own, so that the others stay free of LlamaIndex's start-up time.
"""

from kbqa.embedding.e5 import DIMENSION, MODEL_ID, E5Model, Kind, QuestionVectors

__all__ = ["DIMENSION", "MODEL_ID", "E5Model", "Kind", "QuestionVectors"]
