"""Whether things may move by themselves."""

from PySide6.QtWidgets import QApplication, QStyle


def animates() -> bool:
    """False where the system asks for no animations."""
    style = QApplication.style()
    return style is None or style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
