#!/usr/bin/env python3
"""Makes the folders in `transformers` beside this file: tiny random models of each class as Hugging Face transformers saves them, and the
logits that transformers computes in double precision of the stored numbers (`logits.json`).

    make_folders.py [NAME...]

Those whose names end with 5 were made with transformers 5.24, the others with 4.57.6, both with torch 2.13.
"""

import json
import os
import shutil
import sys

import torch
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

TEXT = "\n abcdefghi"
SIZES = dict(
    vocab_size=len(TEXT), hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
    max_position_embeddings=12, bos_token_id=None, eos_token_id=None, pad_token_id=None,
)
GPT2 = dict(vocab_size=len(TEXT), n_embd=8, n_layer=2, n_head=2, n_positions=12, bos_token_id=None, eos_token_id=None, pad_token_id=None)
FOLDERS = {
    "gpt2": ("gpt2", GPT2, {}),
    "gpt2-5": ("gpt2", {**GPT2, "n_inner": 10, "tie_word_embeddings": False, "activation_function": "relu"}, {}),
    "gpt_neox": ("gpt_neox", {**SIZES, "use_parallel_residual": False, "rotary_pct": 1.0, "attention_bias": False}, {"dtype": torch.float16}),
    "starcoder2": ("starcoder2", {**SIZES, "num_key_value_heads": 1, "sliding_window": 4}, {"shard": "1KB"}),
    "llama": ("llama", {**SIZES, "num_key_value_heads": 1, "head_dim": 6, "attention_bias": True}, {"dtype": torch.bfloat16}),
    "llama-5": ("llama", {**SIZES, "num_key_value_heads": 2, "tie_word_embeddings": True}, {}),
    "arcee": ("arcee", {**SIZES, "num_key_value_heads": 2, "mlp_bias": True}, {}),
    "qwen3": ("qwen3", {**SIZES, "num_key_value_heads": 1, "head_dim": 6, "use_sliding_window": True, "sliding_window": 5,
                        "max_window_layers": 0}, {}),
    "olmo2-5": ("olmo2", {**SIZES, "num_key_value_heads": 1}, {}),
    "gemma2": ("gemma2", {**SIZES, "num_key_value_heads": 1, "head_dim": 6, "query_pre_attn_scalar": 6, "attn_logit_softcapping": 2.0,
                          "final_logit_softcapping": 3.0}, {}),
    "smollm3": ("smollm3", {**SIZES, "num_key_value_heads": 1, "no_rope_layers": [0, 0]}, {}),
}


def make(name):
    model_type, members, form = FOLDERS[name]
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transformers", name)
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(list(FOLDERS).index(name))
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(model_type, **members), attn_implementation="eager")
    with torch.no_grad():
        # Gains of one and biases of zero would hide mistakes.
        for parameter in model.parameters():
            parameter += 0.3 * torch.randn_like(parameter)
    model = model.to(form.get("dtype", torch.float32))
    model.save_pretrained(folder, max_shard_size=form.get("shard", "1GB"), safe_serialization=True)
    tokenizer = Tokenizer(models.WordLevel({text: number for number, text in enumerate(TEXT)}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    tokens = [5, 1, 0, 3, 3, 10, 2, 7, 4, 9, 6, 8]
    # Read again, since the frequencies of rotations were rounded with the numbers.
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        logits = model.double()(input_ids=torch.tensor([tokens])).logits[0]
    # Rotations and norms are computed in single precision there even so.
    json.dump({"tokens": tokens, "logits": [[round(x, 7) for x in row] for row in logits.tolist()]}, open(f"{folder}/logits.json", "w"))
    for other in ["generation_config.json", "special_tokens_map.json", "tokenizer_config.json"]:
        if os.path.exists(f"{folder}/{other}"):
            os.remove(f"{folder}/{other}")


for name in sys.argv[1:] or FOLDERS:
    make(name)
