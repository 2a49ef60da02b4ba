"""Work in slices: it ends with its value, gives way to events, and can be given up."""

from collections.abc import Generator, Iterator
from itertools import count

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from gui.slices import Slices
from gui.steps import through


def adding(numbers: int) -> Generator[float | None, None, int]:
    total = 0
    for number in range(numbers):
        total += number
        yield number / numbers
    return total


@pytest.fixture
def slices(qtbot: QtBot) -> Iterator[Slices]:
    made = Slices()
    yield made
    made.cancel()


def test_it_comes_to_the_same_in_slices_and_at_once(slices: Slices, qtbot: QtBot) -> None:
    assert through(adding(101)) == 5050
    with qtbot.waitSignal(slices.ended) as ended:
        slices.start(adding(101))
    assert ended.args == [5050]
    assert not slices.running


def test_events_come_between_the_slices_of_work_without_an_end(
    slices: Slices, qtbot: QtBot
) -> None:
    done: list[int] = []

    def forever() -> Generator[float | None, None, None]:
        for number in count():
            done.append(number)
            yield 0.5

    clock = QTimer(singleShot=True, interval=0)
    with qtbot.waitSignal(clock.timeout):
        slices.start(forever())
        clock.start()
    assert slices.running
    with qtbot.waitSignal(slices.progressed):
        pass
    assert done


def test_what_is_given_up_cleans_up_and_says_nothing(slices: Slices, qtbot: QtBot) -> None:
    said: list[str] = []

    def careful() -> Generator[float | None, None, None]:
        try:
            while True:
                yield 0.5
        finally:
            said.append("cleaned")

    slices.ended.connect(lambda _: said.append("ended"))
    with qtbot.waitSignal(slices.progressed):
        slices.start(careful())
    slices.cancel()
    assert said == ["cleaned"]
    assert not slices.running


def test_a_refusal_is_passed_on(slices: Slices, qtbot: QtBot) -> None:
    def refused() -> Generator[float | None, None, None]:
        yield 0.1
        raise UserError("no room", remedy="make some")

    with qtbot.waitSignal(slices.failed) as failed:
        slices.start(refused())
    assert "no room" in str(failed.args[0])
    assert not slices.running
