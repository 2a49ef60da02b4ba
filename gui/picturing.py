"""Before a picture is saved: its kind, legend, resolution and colours, with the picture itself."""

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.canvas.scene import CanvasScene
from gui.pictures import INCH, PDF, PNG, RESOLUTIONS, SVG, Page, Style, image_of, pixels
from gui.slices import Slices
from gui.theme import DARK, LIGHT

PREVIEW = QSize(420, 320)
MOST_IN_FULL = 2_500  # canvas units of the longer side: drawn in full and made smaller


class ExportPicture(QDialog):
    """What the picture will be; `style` is what was chosen."""

    def __init__(self, parent: QWidget | None, scene: CanvasScene, style: Style) -> None:
        super().__init__(parent)
        self._scene = scene
        self._width = 0  # of the preview, pixels
        self.slices = Slices(self)
        self.slices.ended.connect(self._show_preview)
        self.finished.connect(self.slices.cancel)
        self.setWindowTitle(_tr("Export picture"))
        self.kind, self.resolution, self.ground = QComboBox(), QComboBox(), QComboBox()
        for words, kind in (
            (_tr("SVG drawing, for papers and web pages"), SVG),
            (_tr("PDF page, for papers"), PDF),
            (_tr("PNG picture, for slides and mail"), PNG),
        ):
            self.kind.addItem(words, kind)
        for dpi in RESOLUTIONS:
            self.resolution.addItem(_tr("{0} dots per inch").format(dpi), dpi)
        for words, ground in (
            (_tr("Light"), (LIGHT, True)),
            (_tr("Dark"), (DARK, True)),
            (_tr("Light, without a background"), (LIGHT, False)),
        ):
            self.ground.addItem(words, ground)
        self.legend = QCheckBox(_tr("Explain arrows, rims and curves below"))
        self.size_words, self.preview = QLabel(), QLabel()
        self.size_words.setProperty("quiet", True)
        self.preview.setFixedSize(PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.go = QPushButton(_tr("Choose a file…"))
        self.go.setDefault(True)
        self.back = QPushButton(_tr("Cancel"))
        self._lay_out()
        self._show_style(style)
        for box in (self.kind, self.resolution, self.ground):
            box.currentIndexChanged.connect(self._show)
        self.legend.toggled.connect(self._show)
        self.go.clicked.connect(self.accept)
        self.back.clicked.connect(self.reject)
        self._show()

    @property
    def style_chosen(self) -> Style:
        """Kind, legend, resolution and colours."""
        theme, ground = self.ground.currentData()
        return Style(
            str(self.kind.currentData()),
            self.legend.isChecked(),
            int(self.resolution.currentData()),
            theme,
            bool(ground),
        )

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(10)
        for words, widget in (
            (_tr("Kind"), self.kind),
            (_tr("Resolution"), self.resolution),
            (_tr("Colours"), self.ground),
            (_tr("Legend"), self.legend),
        ):
            form.addRow(words, widget)
            widget.setAccessibleName(words)
        side = QVBoxLayout()
        side.addLayout(form)
        side.addWidget(self.size_words)
        side.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.go)
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addLayout(side)
        middle.addWidget(self.preview)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(14)
        whole.addLayout(middle, 1)
        whole.addLayout(buttons)

    def _show_style(self, style: Style) -> None:
        self.kind.setCurrentIndex(max(0, self.kind.findData(style.kind)))
        self.resolution.setCurrentIndex(max(0, RESOLUTIONS.index(style.dpi)))
        self.ground.setCurrentIndex(0 if style.ground and style.theme is LIGHT else
                                    1 if style.ground else 2)  # fmt: skip
        self.legend.setChecked(style.legend)

    def _show(self) -> None:
        style = self.style_chosen
        self.resolution.setEnabled(style.kind == PNG)
        page = Page(self._scene, style)
        across, down = page.size.toSize().toTuple()
        if style.kind == PNG:
            self.size_words.setText(_tr("{0} × {1} pixels").format(*pixels(page, style.dpi)))
        else:
            inch = 25.4 / INCH
            words = _tr("{0} × {1} mm, sharp at any size")
            self.size_words.setText(words.format(round(across * inch), round(down * inch)))
        sharp = self.devicePixelRatioF()
        share = sharp * min(PREVIEW.width() / across, PREVIEW.height() / down, 1.0)
        large = max(across, down) > MOST_IN_FULL  # there, letters would not be seen anyway
        self._width = round(across * share)
        self.slices.start(image_of(page, INCH * share if large else INCH))

    def _show_preview(self, drawn: QImage) -> None:
        smooth = Qt.TransformationMode.SmoothTransformation
        picture = QPixmap.fromImage(drawn.scaledToWidth(self._width, smooth))
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self.preview.setPixmap(picture)
        self.preview.setAccessibleName(_tr("The picture as it will be"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("ExportPicture", text)
