"""A language model of half a megabyte that says nothing sensible: random weights, one token a byte.

Whatever a grammar demands of it, it says; so tests can have any reply from a real server over the real wire.
"""

from pathlib import Path

import gguf
import numpy as np

NAME = "tiny"
CONTEXT = 4096
_WIDTH, _LAYERS, _HEADS, _INNER = 64, 2, 4, 128
_BEGIN, _END, _PAD = "<|im_start|>", "<|im_end|>", "<pad>"
# ChatML, as many models have it.
_TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def grammar_for(text: str) -> str:
    """The grammar, for the request's field `grammar`, by which a model can reply with `text` only."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'root ::= "{escaped}"'


def write_model(file: Path) -> None:
    """Write the model as GGUF; the same bytes each time."""
    tokens = [*_byte_tokens(), _BEGIN, _END, _PAD]
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_name(NAME)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] * 3)
    writer.add_token_merges(["a b"])  # of a pair that has no token: llama.cpp wants a list that is not empty
    writer.add_bos_token_id(tokens.index(_BEGIN))
    writer.add_eos_token_id(tokens.index(_END))
    writer.add_pad_token_id(tokens.index(_PAD))
    writer.add_add_bos_token(False)
    writer.add_chat_template(_TEMPLATE)
    for name, shape in _tensors(len(tokens)).items():
        chance = np.random.default_rng(list(name.encode()))
        scale = np.ones(shape) if name.endswith("norm.weight") else chance.normal(scale=0.05, size=shape)
        writer.add_tensor(name, scale.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _byte_tokens() -> list[str]:
    """A printable character for each byte, as GPT-2's tokenizer writes them: itself, or one from 256 on."""
    shown = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in shown else next(others)) for byte in range(256)]


def _tensors(vocabulary: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes, as llama.cpp wants them of a Llama."""
    square, norm = (_WIDTH, _WIDTH), (_WIDTH,)
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, _WIDTH),
        "output.weight": (vocabulary, _WIDTH),
        "output_norm.weight": norm,
    }
    for layer in range(_LAYERS):
        parts = {
            "attn_norm": norm,
            "attn_q": square,
            "attn_k": square,
            "attn_v": square,
            "attn_output": square,
            "ffn_norm": norm,
            "ffn_gate": (_INNER, _WIDTH),
            "ffn_up": (_INNER, _WIDTH),
            "ffn_down": (_WIDTH, _INNER),
        }
        shapes |= {f"blk.{layer}.{part}.weight": shape for part, shape in parts.items()}
    return shapes
