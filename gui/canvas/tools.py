"""The four tools of the canvas."""

from enum import StrEnum


class Tool(StrEnum):
    """What a press on the canvas means."""

    SELECT = "select"
    NODE = "node"
    EDGE = "edge"
    HIDDEN = "hidden"  # hidden common cause between two nodes, or a latent node on empty canvas
