"""Plots as files: SVG, PNG, or the table behind them as CSV or TSV, by the name's ending."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QSize
from PySide6.QtGui import QPixmap

from engine.errors import UserError
from engine.files import replace_file
from gui.plots.drawing import Drawing, svg_of
from gui.plots.tabular import comma_separated, tab_separated

SHARPNESS = 2  # pixels of a PNG per unit of the window


def filters() -> str:
    """The kinds of files, for a file dialog."""
    return ";;".join(
        QCoreApplication.translate("PlotFiles", text)
        for text in (
            "SVG drawing (*.svg)",
            "PNG picture (*.png)",
            "CSV table (*.csv)",
            "Tab-separated table (*.tsv)",
        )
    )


def plot_bytes(plot: Drawing, suffix: str) -> bytes:
    """The plot in the format of a suffix; SVG for any other."""
    if suffix == ".png":
        return _png(plot)
    if suffix == ".csv":
        return comma_separated(plot.table()).encode()
    if suffix == ".tsv":
        return (tab_separated(plot.table()) + "\n").encode()
    return bytes(svg_of(plot).data())


def write_plot(plot: Drawing, path: Path) -> None:
    """The whole file or none; a UserError says why not."""
    try:
        replace_file(path, (plot_bytes(plot, path.suffix.lower()),))
    except OSError as error:
        raise UserError(
            f"The plot could not be saved: {error.strerror or error}",
            where=str(path),
            remedy="choose another place",
        ) from error


def _png(plot: Drawing) -> bytes:
    picture = QPixmap(QSize(plot.width() * SHARPNESS, plot.height() * SHARPNESS))
    picture.setDevicePixelRatio(SHARPNESS)
    picture.fill(plot.appearance.theme.color("surface"))
    shown = plot.cursor_layer.isVisible()
    plot.cursor_layer.setVisible(False)
    plot.render(picture)
    plot.cursor_layer.setVisible(shown)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(content.data())
