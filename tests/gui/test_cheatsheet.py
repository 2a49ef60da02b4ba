"""The sheet of keys: all of them, nothing cut, and the same on paper and in a browser."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from gui.about import CANVAS_KEYS
from gui.actions import ACTIONS
from gui.cheatsheet import CheatSheet, dealt, document, groups, page_html, write_pdf
from tests.gui.conftest import Shell

WITH_KEYS = [spec for spec in ACTIONS if spec.keys]


def opened(shell: Shell) -> CheatSheet:
    QTest.keyClick(shell.window, Qt.Key.Key_F1)
    sheet = shell.window.findChild(CheatSheet)
    assert sheet is not None
    QApplication.processEvents()
    return sheet


def test_every_key_is_there_once(qapp: object) -> None:
    lines = [line for group in groups() for line in group.lines]
    assert len(lines) == len(WITH_KEYS) + len(CANVAS_KEYS)
    keys = {keys for keys, _ in lines}
    for spec in WITH_KEYS:
        assert ", ".join(QKeySequence(key).toString() for key in spec.keys) in keys


def test_the_page_for_a_browser_holds_every_key_and_every_tag_is_closed(qapp: object) -> None:
    class Tags(HTMLParser):
        open: list[str] = []
        texts: set[str] = set()

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

        def handle_data(self, data: str) -> None:
            self.texts.add(data)

    reader = Tags()
    reader.feed(page_html())
    assert reader.open == []
    assert {keys for group in groups() for keys, _ in group.lines} <= reader.texts


def test_paper_holds_every_key_on_one_page(qapp: object, tmp_path: Path) -> None:
    text = document().toPlainText()
    assert all(spec.tip[1:] in text for spec in WITH_KEYS)
    path = tmp_path / "keys.pdf"
    write_pdf(path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 1


def test_columns_keep_the_order_and_are_about_as_long(qapp: object) -> None:
    made = dealt(groups(), 3)
    in_order = [line for column in made for group in column for line in group.lines]
    assert in_order == [line for group in groups() for line in group.lines]
    sizes = [sum(len(group.lines) for group in column) for column in made]
    assert max(sizes) - min(sizes) <= 10


@pytest.mark.parametrize("size", [QSize(1024, 700), QSize(1280, 800)])
def test_the_sheet_cuts_nothing(shell: Shell, size: QSize) -> None:
    shell.window.resize(size)
    sheet = opened(shell)
    assert not sheet.area.horizontalScrollBar().maximum()
    for label in sheet.area.widget().findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width())
        widest = max(map(label.fontMetrics().horizontalAdvance, label.text().split()))
        assert label.width() >= widest
    sheet.close()


def test_the_sheet_is_saved_by_its_button(shell: Shell, tmp_path: Path) -> None:
    sheet = opened(shell)
    for name, start in (("keys.pdf", b"%PDF-"), ("keys.html", b"<!DOCTYPE html>")):
        shell.dialogs.path = tmp_path / name
        QTest.mouseClick(sheet.save, Qt.MouseButton.LeftButton)
        assert (tmp_path / name).read_bytes().startswith(start)
    sheet.close()
