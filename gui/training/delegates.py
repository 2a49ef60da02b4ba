"""Cells of the training table: a bar while learning, and a box where the family is chosen."""

from PySide6.QtCore import QAbstractItemModel, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.families import OFFERS
from gui.appearance import Appearance
from gui.training.model import Index, TrainingModel
from gui.training.words import family_words


class Plain(QStyledItemDelegate):
    """No editor and no focus frame."""


class StateDelegate(QStyledItemDelegate):
    """The state as words; while training, a bar."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Words, and the bar below them."""
        super().paint(painter, option, index)
        model, theme = index.model(), self._appearance.theme
        if not isinstance(model, TrainingModel):
            return
        fraction = model.fraction(model.names[index.row()])
        if fraction is None:
            return
        rect = QRectF(option.rect).adjusted(8, 0, -16, 0)
        track = QRectF(rect.left(), rect.bottom() - 5, rect.width(), 3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        track.setWidth(track.width() * fraction)
        painter.setBrush(theme.color("do"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        painter.restore()


class FamilyDelegate(QStyledItemDelegate):
    """A combo box where the family is chosen, by its words."""

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """The families of this variable's kind; what each assumes as a tooltip."""
        combo = QComboBox(parent)
        model = index.model()
        if isinstance(model, TrainingModel):
            for family in model.families(model.names[index.row()]):
                self._add(combo, family)
        combo.setAccessibleName(self.tr("Family"))
        combo.activated.connect(self._choose)
        return combo

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """Show the family asked for."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(  # noqa: N802
        self, editor: QWidget, model: QAbstractItemModel, index: Index
    ) -> None:
        """Ask for the chosen family."""
        if isinstance(editor, QComboBox) and editor.currentIndex() >= 0:
            model.setData(index, editor.currentData())

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """A small sign that there is a choice."""
        super().initStyleOption(option, index)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            option.text = f"{option.text} ▾"

    def _add(self, combo: QComboBox, family: str) -> None:
        offer = OFFERS.get(family)
        words = self.tr("auto: by held-out score") if offer is None else family_words(family)
        combo.addItem(words, family)
        if offer is not None:
            at = combo.count() - 1
            combo.setItemData(at, offer.formula, Qt.ItemDataRole.ToolTipRole)

    def _choose(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor)
