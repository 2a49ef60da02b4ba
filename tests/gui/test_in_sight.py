"""What is said in passing covers no button, and is whole where there is little room."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from gui.hints import Way
from gui.plots.tabular import Sheet
from tests.gui.conftest import Shell
from tests.gui.fakes import trial

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def box(widget: QWidget, over: QWidget) -> QRect:
    return QRect(widget.mapTo(over, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
def test_a_toast_covers_no_button_of_the_three_questions(
    shell: Shell, size: tuple[int, int]
) -> None:
    shell.window.resize(*size)
    shell.document.replace(trial())
    shell.app.beginning.open_starter()
    QApplication.processEvents()
    notices = shell.app.notices
    notices.say("Read 4 820 rows, 7 variables")
    buttons = [
        b for b in shell.app.beginning.starter.findChildren(QAbstractButton) if b.isVisible()
    ]
    toast = box(notices.toast, notices)
    assert len(buttons) > 3
    assert notices.rect().contains(toast)
    assert not any(toast.intersects(box(button, notices)) for button in buttons)


@pytest.mark.parametrize(("width", "beside"), [(1600, True), (1024, False)])
def test_the_buttons_of_a_line_give_the_words_room(
    shell: Shell, width: int, *, beside: bool
) -> None:
    shell.window.resize(width, 700)
    hint = shell.app.beginning.hint
    hint.say("topic", "Word " * 30, Way("Next", lambda: None), Way("Leave it", lambda: None))
    QApplication.processEvents()
    words, button = box(hint.words, hint), box(hint.first, hint)
    assert (button.left() > words.right()) is beside
    assert (button.top() > words.bottom()) is not beside
    assert words.height() >= hint.words.heightForWidth(words.width())


@pytest.mark.usefixtures("qapp")
def test_words_of_a_table_stand_left_and_numbers_right() -> None:
    rows = (("x", "mean", "said"), ("a", "1.5", "mg · 2 causes"), ("b", "−2", ""))
    sheet = Sheet("numbers", rows)
    sides = [
        Qt.AlignmentFlag(sheet.item(0, column).textAlignment()) & Qt.AlignmentFlag.AlignRight
        for column in range(3)
    ]
    assert list(map(bool, sides)) == [False, True, False]
    heads = [sheet.horizontalHeaderItem(c).textAlignment() for c in range(3)]
    assert [bool(Qt.AlignmentFlag(h) & Qt.AlignmentFlag.AlignRight) for h in heads] == [
        False,
        True,
        False,
    ]
    sheet.deleteLater()
