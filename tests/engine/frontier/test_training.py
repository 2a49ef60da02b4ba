"""Training of the balancing network: it learns, goes on exactly where it stopped, and says how."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from engine.errors import DataError, ProjectFileError
from engine.frontier import training
from engine.frontier.shipped import from_bytes, shipped, to_bytes
from engine.frontier.train import main, read_config
from engine.frontier.training import Config, Training, evaluated
from engine.simulate.studies import Family, SimulatedStudy

SMALL = Config(steps=6, rows=(40, 60), layers=2, width=8, values=2, hidden=8)
TEXT = "steps = 4\nrows = [40, 60]\nlayers = 2\nwidth = 8\nvalues = 2\nhidden = 8\n"


def test_a_training_that_goes_on_equals_one_never_interrupted() -> None:
    whole, first, second = Training(SMALL), Training(SMALL), Training(SMALL)
    for _ in range(6):
        whole.step()
    for _ in range(3):
        first.step()
    second.restore(first.state())
    for _ in range(3):
        second.step()
    assert second.taken == whole.taken == 6
    assert torch.equal(second.adam.weights, whole.adam.weights)


def test_steps_lower_the_loss() -> None:
    learning = Training(Config(steps=40, rate=5e-3, rows=(40, 60), layers=3, width=8, hidden=16))
    losses = [learning.step() for _ in range(40)]
    assert np.mean(losses[-9:]) < 0.7 * np.mean(losses[:6])


def test_no_outcome_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """With outcomes that are no numbers a step leads to the same weights."""
    first, second = Training(SMALL), Training(SMALL)
    first.step()
    drawn = training.simulated

    def blind(*args: object) -> SimulatedStudy:
        study = drawn(*args)  # type: ignore[arg-type]
        gone = np.full_like(study.outcome, np.nan)
        return replace(study, outcome=gone, untreated=gone, effect=gone)

    monkeypatch.setattr(training, "simulated", blind)
    second.step()
    assert torch.equal(first.adam.weights, second.adam.weights)


def test_the_network_is_read_as_it_was_written() -> None:
    network = shipped()
    again = from_bytes(to_bytes(network))
    assert again.shape == network.shape
    for name, value in network.state_dict().items():
        assert torch.equal(again.state_dict()[name], value)


@pytest.mark.parametrize("harm", ["cut", "header", "shape", "format", "empty"])
def test_a_damaged_network_is_refused_in_one_sentence(harm: str) -> None:
    data = to_bytes(shipped())
    bad = {
        "cut": data[:-100],
        "header": b"\xff" * 8 + data[8:],
        "shape": data.replace(b'\\"layers\\": 6', b'\\"layers\\": 5'),
        "format": data.replace(b'\\"format\\": 1', b'\\"format\\": 9'),
        "empty": b"",
    }[harm]
    assert bad != data
    with pytest.raises(ProjectFileError, match="damaged"):
        from_bytes(bad)


def test_the_command_trains_logs_and_writes_network_and_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "EXACT", 20)
    config, out = tmp_path / "config.toml", tmp_path / "out"
    config.write_text(TEXT)
    arguments = ["--config", str(config), "--out", str(out), "--sets", "2", "--sizes", "40"]
    assert main(arguments) == 0
    network = from_bytes((out / "balancer.safetensors").read_bytes())
    assert network.shape.layers == 2
    assert json.loads((out / "log.jsonl").read_text().splitlines()[-1])["step"] == 4
    text = (out / "balancer.md").read_text()
    assert "| waves | overlap | 40 |" in text
    with safe_open(out / "balancer.safetensors", "pt") as file:
        about = json.loads(file.metadata()["doscope"])
    assert about["training"]["steps"] == 4
    before = (out / "checkpoint.safetensors").read_bytes()
    assert main([*arguments, "--resume"]) == 0
    assert (out / "checkpoint.safetensors").read_bytes() == before


def test_a_checkpoint_of_another_training_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, out = tmp_path / "config.toml", tmp_path / "out"
    config.write_text(TEXT.replace("steps = 4", "steps = 1"))
    out.mkdir()
    (out / "checkpoint.safetensors").write_bytes(b"nothing of the kind")
    assert main(["--config", str(config), "--out", str(out), "--resume"]) == 2
    assert "no checkpoint of this training" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "what"), [("stepz = 3", "stepz"), ("rows = 3", "rows"), ("rate = 'a'", "rate")]
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=what):
        read_config(path)


def test_the_shipped_config_is_that_of_the_shipped_network() -> None:
    folder = Path(__file__).parents[3] / "resources" / "models"
    assert read_config(folder / "balancer.toml").shape == shipped().shape


def test_evaluation_covers_every_family_and_estimand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "EXACT", 20)
    found = evaluated(Training(SMALL).network, rows=(40,), sets=2)
    assert {(one.family, one.estimand) for one in found} == {
        (family.value, estimand) for family in Family for estimand in ("ate", "att", "overlap")
    }
    assert all(0 <= one.steps_alone[0] <= 1 for one in found)
