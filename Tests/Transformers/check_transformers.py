#!/usr/bin/env python3
"""Compares `sweep` with Hugging Face transformers, in both directions, class by class.

    check_transformers.py BIN_FOLDER [CLASS...]     a class for exports ("LlamaForCausalLM"), a model_type for imports ("llama")

Exports: a run of each class is trained and exported. AutoModelForCausalLM and AutoTokenizer load the folder; the tokens of a text, the
logits of its first window and a greedy continuation of 50 tokens must be those of `sweep`.

Imports: random models of each class are made by transformers, with numbers in float32, float16 and bfloat16 and in one file or several.
`sweep eval` must find the loss that transformers finds.

Needs torch and transformers (4.57 or 5), and no network.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import torch
import transformers
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

transformers.utils.logging.disable_progress_bar()
torch.manual_seed(0)
torch.set_num_threads(1)

# Logits differ by some 1e-6. The tanh form of GELU instead of the other moves those of small models by 1e-4 alone.
LOGITS, LOSS = 3e-5, 1e-5
CONTEXT = 96
failures, told = [], None


def check(is_right, subject, fact):
    """Facts of one subject that are right share a line."""
    global told
    if is_right and told == subject:
        print(f"; {fact}", end="", flush=True)
    else:
        print(f"\n{'ok' if is_right else 'FAILS'}  {subject}: {fact}", end="", flush=True)
    told = subject if is_right else None
    if not is_right:
        failures.append(subject)


def sweep(*arguments):
    run = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True)
    if run.returncode != 0:
        raise RuntimeError(f"sweep {' '.join(map(str, arguments))}: {run.returncode}: {run.stderr.decode()}")
    # Not as text: Python would change line ends.
    return run.stdout.decode()


def load(folder, **options):
    # float32 whatever is stored.
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **options).eval()


def loss_of(model, tokens, context):
    """The mean loss in windows of the context's length, one after the other, as `sweep eval` has them."""
    model = model.double()
    total, done = 0.0, 0
    while done < len(tokens) - 1:
        length = min(context, len(tokens) - 1 - done)
        window = torch.tensor([tokens[done : done + length]])
        target = torch.tensor(tokens[done + 1 : done + 1 + length])
        with torch.no_grad():
            logits = model(input_ids=window).logits[0]
        total += torch.nn.functional.cross_entropy(logits, target, reduction="sum").item()
        done += length
    return total / (len(tokens) - 1)


# MARK: exports

SMALL = {"d_model": 24, "heads": 4, "layers": 2, "d_ff": 40}
LLAMA = {**SMALL, "positions": "rope", "feed_forward": "swiglu"}
GPT2 = {**SMALL, "norm": "layernorm"}
ROTATED = {**SMALL, "norm": "layernorm", "positions": "rope"}
EXPORTS = {
    "GPT2LMHeadModel": [
        {**GPT2, "biases": True},
        {**GPT2, "biases": False, "tied_head": False, "feed_forward": "relu2", "tokenizer": "byte"},
        {**GPT2, "positions": "sinusoidal", "kv_heads": 2, "feed_forward": "gelu_erf", "biases": True},
        {**GPT2, "positions": "none", "kv_heads": 1, "feed_forward": "relu", "norm_epsilon": 0.01},
        {**GPT2, "biases": True, "tokenizer": "word", "corpus": "../words.txt"},
        {**GPT2, "biases": True, "tokenizer": "word", "vocab_size": 50, "corpus": "../words.txt"},
    ],
    "GPTNeoXForCausalLM": [
        {**ROTATED, "biases": True},
        {**ROTATED, "biases": True, "feed_forward": "gelu_erf", "rope_base": 500, "tied_head": False},
    ],
    "Starcoder2ForCausalLM": [
        {**ROTATED, "biases": True, "kv_heads": 2},
        {**ROTATED, "biases": False, "kv_heads": 1, "head_size": 10, "window": 7, "tied_head": False},
    ],
    "LlamaForCausalLM": [
        {**LLAMA, "kv_heads": 2},
        {**LLAMA, "biases": True, "head_size": 10, "tied_head": False, "rope_base": 100, "tokenizer": "byte"},
        {**LLAMA, "feed_forward": "geglu", "kv_heads": 1, "corpus": "../words.txt"},
        {**LLAMA, "parametrization": "completep", "base_d_model": 8, "base_layers": 1, "biases": True},
    ],
    "ArceeForCausalLM": [
        {**LLAMA, "feed_forward": "gelu"},
        {**LLAMA, "feed_forward": "relu2", "biases": True, "kv_heads": 2, "tied_head": False, "head_size": 8},
    ],
    "Qwen3ForCausalLM": [
        {**LLAMA, "qk_norm": "head", "kv_heads": 2},
        {**LLAMA, "qk_norm": "head", "parametrization": "mup", "base_d_model": 8},
        {**LLAMA, "qk_norm": "head", "heads": 3, "head_size": 10, "window": 5, "tied_head": False},
    ],
    "Olmo2ForCausalLM": [
        {**LLAMA, "qk_norm": "width", "norm_placement": "output"},
        {**LLAMA, "qk_norm": "width", "norm_placement": "output", "kv_heads": 2, "tied_head": False, "head_size": 10},
    ],
    "Gemma2ForCausalLM": [
        {**LLAMA, "norm_placement": "sandwich", "feed_forward": "geglu", "logit_cap": 3, "attention_cap": 2},
        {**LLAMA, "norm_placement": "sandwich", "kv_heads": 2, "head_size": 10, "window": 6, "tied_head": False},
        {**LLAMA, "norm_placement": "sandwich", "logit_cap": 5, "feed_forward": "geglu"},
        {**LLAMA, "norm_placement": "sandwich", "logit_cap": 3, "attention_cap": 2, "parametrization": "mup", "base_d_model": 8},
    ],
    "SmolLM3ForCausalLM": [
        {**LLAMA, "positions": "none", "kv_heads": 2},
        {**LLAMA, "positions": "none", "biases": True, "head_size": 10, "tied_head": False, "window": 9},
    ],
}
PROMPT = "The cat"
# What words are made of, and what parts them: joiners, combining marks, digits, line ends, spaces of all kinds.
WORDS = (
    "The cat isn't a well-known -- 'dog', cat\u2019s \u201cnon\u2011stop\u201d 3.14 \u00bd x\u00b2 \u2167 at 10:45!\r\n"
    "Zoe\u0308 e\u0301 \u0301 \u0915\u094d\u0937\u093f \U0001f431\ufe0f \u4e09\u767e a_b c\u00a0d\u2003e\tf\vg\x1ch\u2028i\u0085j\rk\n\n"
    "\u0130stanbul \ufb01 \u212b \u00c5 <unk> [UNK] ##a # # l'a-b-c- -d d\u200cd\u200bd \u0e01\u0e33 \uac00\u1100\u1161\n"
)


def check_export(name, number, keys):
    folder = f"{name}-{number}"
    os.makedirs(folder)
    spec = {
        "context_length": CONTEXT, "batch_size": 4, "steps": 150, "lr": 0.01, "eval_tokens": 100, "sample_tokens": 1,
        "corpus": "../text.txt", "validation_fraction": 0.5, **keys,
    }
    json.dump(spec, open(f"{folder}/spec.json", "w"))
    database = ["--database", f"{folder}/results.sqlite"]
    sweep(f"{folder}/spec.json", *database)
    sweep("export", 1, f"{folder}/exported", *database)
    text = "words.txt" if "corpus" in keys else "text.txt"
    here = sweep("eval", 1, "--text", text, "--logits", f"{folder}/logits.safetensors", *database)
    ours = load_file(f"{folder}/logits.safetensors")

    tokenizer = AutoTokenizer.from_pretrained(f"{folder}/exported")
    model = load(f"{folder}/exported")
    label = f"export {name} {json.dumps({key: value for key, value in keys.items() if SMALL.get(key) != value})}"
    check(type(model).__name__ == name, label, f"is a {type(model).__name__}")
    tokens = tokenizer(open(text, newline="").read(), verbose=False)["input_ids"]
    check(tokens == ours["tokens"].int().tolist(), label, f"{len(tokens)} tokens of a text")
    with torch.no_grad():
        theirs = model(input_ids=torch.tensor([tokens[:CONTEXT]])).logits[0]
    difference = (theirs - ours["logits"]).abs().max().item()
    check(difference <= LOGITS, label, f"logits differ by at most {difference:.1e}")

    prompt = tokenizer(PROMPT, return_tensors="pt")
    written = model.generate(**prompt, do_sample=False, max_new_tokens=50)[0]
    ours = sweep("sample", 1, "--prompt", PROMPT, "--temperature", 0, "--tokens", 50, *database)
    if keys.get("tokenizer") == "word":
        # Spaces between words are put back by other rules: the words are compared.
        is_equal = "".join(tokenizer.decode(written).split()) == "".join(ours.split())
    else:
        is_equal = tokenizer.decode(written) + "\n" == ours
    after = written[prompt["input_ids"].shape[1] :].tolist()
    # Always the same token would be equal by chance.
    is_equal = is_equal and len(after) == 50 and len(set(after)) >= 4
    check(is_equal, label, f"50 tokens after a prompt, {len(set(after))} of them different")

    # The folder is read again as what it was.
    there = sweep("eval", f"{folder}/exported", "--text", text)
    loss = lambda line: float(line.split()[0])
    check(abs(loss(there) - loss(here)) <= LOSS, label, f"read again, loss {loss(there)}")


# MARK: imports

def configuration(model_type, **members):
    common = dict(
        vocab_size=len(ALPHABET), hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40,
        max_position_embeddings=CONTEXT, bos_token_id=None, eos_token_id=None, pad_token_id=None,
    )
    if model_type == "gpt2":
        common = dict(
            vocab_size=len(ALPHABET), n_embd=24, n_layer=2, n_head=4, n_positions=CONTEXT, n_inner=40,
            bos_token_id=None, eos_token_id=None, pad_token_id=None,
        )
    return AutoConfig.for_model(model_type, **{**common, **members})


ALPHABET = [chr(code) for code in range(32, 127)] + ["\n", "é", "\U0001f431", "\u212b", "\u00c5"]
IMPORTS = [
    ("gpt2", {}, {}),
    ("gpt2", {"n_inner": None, "activation_function": "relu", "tie_word_embeddings": False}, {"dtype": torch.bfloat16}),
    ("gpt_neox", {"use_parallel_residual": False, "rotary_pct": 1.0}, {}),
    ("gpt_neox", {"use_parallel_residual": False, "rotary_pct": 1.0, "attention_bias": False, "tie_word_embeddings": True}, {}),
    ("starcoder2", {"num_key_value_heads": 2}, {"shard": "20KB"}),
    ("starcoder2", {"num_key_value_heads": 4, "use_bias": False, "sliding_window": 11, "tie_word_embeddings": False}, {}),
    ("llama", {"num_key_value_heads": 2}, {}),
    ("llama", {"num_key_value_heads": 1, "head_dim": 10, "attention_bias": True, "tie_word_embeddings": True}, {"shard": "20KB"}),
    ("llama", {"num_key_value_heads": 2}, {"dtype": torch.bfloat16}),
    ("llama", {"num_key_value_heads": 2}, {"dtype": torch.float16, "shard": "10KB"}),
    ("arcee", {"num_key_value_heads": 2, "mlp_bias": True}, {}),
    ("qwen3", {"num_key_value_heads": 2, "head_dim": 8}, {}),
    ("qwen3", {"num_key_value_heads": 4, "head_dim": 6, "use_sliding_window": True, "sliding_window": 5, "max_window_layers": 0}, {}),
    ("olmo2", {"num_key_value_heads": 2}, {}),
    ("gemma2", {"num_key_value_heads": 2, "head_dim": 8, "query_pre_attn_scalar": 8, "attn_logit_softcapping": 2.0,
                "final_logit_softcapping": 3.0}, {}),
    ("gemma2", {"num_key_value_heads": 2, "head_dim": 10, "query_pre_attn_scalar": 10, "tie_word_embeddings": False,
                "attn_logit_softcapping": None, "layer_types": ["sliding_attention"] * 2, "sliding_window": 9}, {}),
    ("smollm3", {"num_key_value_heads": 2, "no_rope_layers": [0, 0]}, {}),
    ("smollm3", {"num_key_value_heads": 2, "no_rope_layers": [1, 1], "attention_bias": True}, {}),
]


def save_tokenizer(folder):
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, decoders

    tokenizer = Tokenizer(models.WordLevel({text: number for number, text in enumerate(ALPHABET)}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)


def check_import(number, model_type, members, form):
    folder = f"import-{number}-{model_type}"
    # Without gradients everything stays as the initialization made it; gains of one and biases of zero would hide mistakes.
    torch.manual_seed(number)
    model = AutoModelForCausalLM.from_config(configuration(model_type, **members))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * torch.randn_like(parameter)
    model = model.to(form.get("dtype", torch.float32))
    model.save_pretrained(folder, max_shard_size=form.get("shard", "1GB"), safe_serialization=True)
    save_tokenizer(folder)
    text = open("other.txt", newline="").read()
    # Gemma's caps work in eager attention alone, and nothing in these folders says so.
    theirs = loss_of(load(folder, attn_implementation="eager"), [ALPHABET.index(character) for character in text], CONTEXT)
    ours = float(sweep("eval", folder, "--text", "other.txt").split()[0])
    words = ", ".join(f"{key} {value}" for key, value in {**members, **form}.items())
    label = f"import {model_type} {words}"
    check(abs(theirs - ours) <= LOSS, label, f"loss {ours}, there {theirs:.6f}")
    # Exported again, it is what it was.
    sweep("export", folder, folder + "-again")
    theirs, again = load(folder, attn_implementation="eager"), load(folder + "-again")
    tokens = torch.tensor([[ALPHABET.index(character) for character in text[:CONTEXT]]])
    with torch.no_grad():
        difference = (theirs(input_ids=tokens).logits - again(input_ids=tokens).logits).abs().max().item()
    check(difference <= LOGITS, label, f"exported again as {type(again).__name__}, logits differ by at most {difference:.1e}")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(os.path.join(sys.argv[1], "sweep"))
    chosen = sys.argv[2:]
    known = [*EXPORTS, *dict.fromkeys(model_type for model_type, _, _ in IMPORTS)]
    if unknown := [name for name in chosen if name not in known]:
        # Nothing would be compared, and all of it equal.
        sys.exit(f"check_transformers: unknown {', '.join(unknown)}; known are {', '.join(known)}")
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
    folder = tempfile.mkdtemp(prefix="transformers-")
    os.chdir(folder)
    try:
        with open("text.txt", "w", newline="") as file:
            file.write("The cat sat. The little dog said, \"I am happy!\" Then they went home.\n\nOnce upon a time a girl had a cat.\n" * 3)
        with open("words.txt", "w", newline="") as file:
            file.write(WORDS * 40)
        with open("other.txt", "w", newline="") as file:
            file.write("Å \u212b isn't é; a \U0001f431 sat on (2 + 3) mats.\n  Then -- \"what?\" -- it left at 10:45 & slept. {x}\n" * 4)
        for name, runs in EXPORTS.items():
            for number, keys in enumerate(runs):
                if not chosen or name in chosen:
                    try:
                        check_export(name, number, keys)
                    except Exception as error:
                        check(False, f"export {name} {json.dumps(keys)}", f"{type(error).__name__}: {error}")
        for number, (model_type, members, form) in enumerate(IMPORTS):
            if not chosen or model_type in chosen:
                try:
                    check_import(number, model_type, members, form)
                except Exception as error:
                    check(False, f"import {model_type} {members}", f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(folder)
    print()
    if failures:
        sys.exit(f"transformers: {len(failures)} checks failed")
    print("transformers: all is equal")
