"""Train the balancing network: `python -m engine.frontier.train --out DIR [--config F] [--resume]`.

DIR gets `checkpoint.safetensors` (to go on from), `log.jsonl` (a line per 50 steps), and at the end
`balancer.safetensors` with its model card `balancer.md`. Copied into `resources/models`, they are
what Doscope ships. Runs on the CPU or, with `--device cuda`, on a GPU.
"""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from engine.errors import DataError, UserError
from engine.files import replace_file
from engine.frontier.card import card
from engine.frontier.shipped import NAME, to_bytes
from engine.frontier.training import SETS, SIZES, Config, Training, evaluated

LOGGED = 50  # steps between two lines of the log, and two checkpoints
_SMOOTH = 0.03  # of the running mean of the loss
_RANGES = ("rows", "penalty")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, evaluate, write; 2 where something asked for is wrong, said in one line."""
    options = _options(arguments)
    try:
        config = read_config(options.config) if options.config else Config()
        training = Training(config, options.device)
        train(training, options.out, options.sets, tuple(options.sizes), resume=options.resume)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m engine.frontier.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--config", type=Path, help="TOML, as resources/models/balancer.toml")
    parser.add_argument("--resume", action="store_true", help="go on from DIR's checkpoint")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument("--sets", type=int, default=SETS, help="tables per row of the evaluation")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="rows of these tables")
    options = parser.parse_args(arguments)
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("torch finds no CUDA device here")
    torch.set_num_threads(options.threads)
    return options


def read_config(path: Path) -> Config:
    """The config file; DataError says what in it is wrong."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path} cannot be read", where=str(error), remedy="write TOML") from error
    known = {field.name: field for field in fields(Config)}
    found: dict[str, object] = {}
    for name, value in told.items():
        if name not in known:
            raise DataError(f"{path} sets {name}, which is no setting", remedy=", ".join(known))
        ranged = name in _RANGES
        parts = value if ranged and isinstance(value, list) and len(value) == 2 else [value]
        numbers = [one for one in parts if isinstance(one, int | float) and one >= 0]
        if len(numbers) != 1 + ranged or isinstance(value, bool):
            raise DataError(
                f"{name} in {path} is {value!r}", remedy="write numbers as in the example"
            )
        found[name] = tuple(numbers) if ranged else numbers[0]
    return Config(**found)  # type: ignore[arg-type]


def train(
    training: Training, out: Path, sets: int, sizes: tuple[int, ...], *, resume: bool
) -> Path:
    """Steps until `config.steps`, then the network and its card; the path of the network."""
    out.mkdir(parents=True, exist_ok=True)
    config, kept = training.config, out / "checkpoint.safetensors"
    before = _restored(training, kept) if resume and kept.exists() else 0.0
    started, mean = time.process_time() - before, None
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        while training.taken < config.steps:
            loss = training.step()
            mean = loss if mean is None else (1 - _SMOOTH) * mean + _SMOOTH * loss
            if training.taken % LOGGED and training.taken < config.steps:
                continue
            spent = time.process_time() - started
            line = {"step": training.taken, "loss": round(mean, 5), "seconds": round(spent, 1)}
            log.write(json.dumps(line) + "\n")
            log.flush()
            sys.stdout.write(f"step {training.taken}: loss {mean:.4f}, {spent:.0f} s\n")
            _write(kept, save(training.state(), {"doscope": json.dumps(_about(config, spent))}))
    spent = time.process_time() - started
    found = evaluated(training.network.cpu(), sizes, sets)
    about = {**config.told(), "seconds": round(spent), "closed": [asdict(one) for one in found]}
    data, path = to_bytes(training.network, about), out / NAME
    _write(path, data)
    _write(path.with_suffix(".md"), card(config, spent, found, sets, data).encode())
    return path


def _about(config: Config, spent: float) -> dict[str, object]:
    return {"config": config.told(), "seconds": spent}


def _restored(training: Training, path: Path) -> float:
    """Processor seconds already spent; DataError where the checkpoint is of another training."""
    wrong = f"{path} is no checkpoint of this training"
    try:
        data = path.read_bytes()
        size = int.from_bytes(data[:8], "little")
        about = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["doscope"])
        if about["config"] != json.loads(json.dumps(training.config.told())):
            raise DataError(wrong, remedy="use its config, or another folder")
        training.restore(load(data))
        return float(about["seconds"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DataError(wrong, where=str(error)[:120], remedy="use another folder") from error


def _write(path: Path, data: bytes) -> None:
    replace_file(path, [data])


if __name__ == "__main__":
    sys.exit(main())
