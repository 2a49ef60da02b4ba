"""One row of the table of actions, and the situation that decides whether it can be used."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which commands can be used."""

    nodes: int = 0
    selected_nodes: int = 0
    selected_edges: int = 0
    has_table: bool = False
    can_undo: bool = False
    can_redo: bool = False
    running: bool = False
    paused: bool = False
    asked: bool = False  # an intervention or evidence stands
    assumed: int = 0  # arrows that nobody has confirmed
    selected_assumed: int = 0  # … of the selected ones
    selected_columns: int = 0  # selected nodes that have a column in the table
    answered: bool = False  # the question panel shows an answer
    selected_vectors: int = 0  # selected nodes that are several columns
    region_held: bool = False  # a region of the canvas is selected
    bent: int = 0  # edges pulled aside by hand
    pictured: bool = False  # … which is pictures
    picture_files: bool = False  # a column of the table names pictures that are not read yet
    repair: bool = False  # a change is offered that would make the graph fit the rows

    @property
    def fittable(self) -> bool:
        """Something is drawn and there are data to learn it from."""
        return self.has_table and self.nodes > 0


@dataclass(frozen=True, slots=True)
class Spec:
    """One command. `on_canvas`: its keys count only while the canvas has focus."""

    id: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    when: Callable[[Situation], bool] = lambda situation: True
    checkable: bool = False
    on_canvas: bool = False
