"""Warming up uses every kind of network and ends."""

import pytest

from engine.mechanisms.bank import Bank, Shape
from engine.scm import warming


def test_every_kind_of_bank_is_stepped(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[Shape] = []
    step = Bank.step

    def seen(bank: Bank, *args: object) -> object:
        shapes.append(bank.shape)
        return step(bank, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Bank, "step", seen)
    assert len(list(warming.warm_up())) > 3
    assert {(shape.bins > 0, shape.rounded) for shape in shapes} == {
        (True, False),
        (True, True),
        (False, False),
    }
