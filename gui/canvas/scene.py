"""The scene: items that follow the project by comparison, and what the user is holding of them."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as Keys
from dataclasses import replace

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtWidgets import QGraphicsScene, QGraphicsSceneHelpEvent

from engine.graph.graph import Edge
from engine.interventions import Set
from engine.project import Position, Project
from engine.queries.answers import CardsAnswer
from engine.queries.lots import BalanceAnswer
from engine.runtime.messages import FitProgress, FitStates
from gui.canvas.absences import AbsentEdges
from gui.canvas.badges import Badges
from gui.canvas.card_layer import CardLayer
from gui.canvas.contradictions import Contradictions
from gui.canvas.dealing import Dealer
from gui.canvas.edge_item import EdgeItem, EdgeKey
from gui.canvas.edge_layer import EdgeLayer
from gui.canvas.environment_marks import EnvironmentMarks
from gui.canvas.growing import Growth, Items, edges_of
from gui.canvas.hedge_marks import HedgeMarks
from gui.canvas.joining import Joining
from gui.canvas.node_item import NodeItem
from gui.canvas.placing import Placer
from gui.canvas.regions import Regions
from gui.canvas.trace import Trace
from gui.canvas.ways import Router, bends_of, disturbed
from gui.document import Document
from gui.steps import Steps
from gui.theme import Theme

Item = NodeItem | EdgeItem
RIM = 10.0  # around cards and lines: focus rings, heads, handles


class CanvasScene(QGraphicsScene):
    """Items by name and edge; selection, hover and focus live here, all else in the project."""

    selection_changed = Signal(int, int)  # nodes, edges
    focus_moved = Signal(object)  # name or None
    extent_changed = Signal()
    placed = Signal()  # cards found their places some time after they were shown

    def __init__(self, document: Document, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.document = document
        self.theme = theme
        self.growth = Growth(self, self)
        self.nodes: dict[str, NodeItem] = Items(self.growth.finish)
        self.edges: dict[EdgeKey, EdgeItem] = Items(self.growth.finish)
        self.selected: frozenset[str] = frozenset()
        self.selected_edges: frozenset[EdgeKey] = frozenset()
        self.focused: str | None = None
        self.regions = Regions(self, theme)
        self.lines, self.cards = EdgeLayer(theme), CardLayer(theme, self)
        self.router = Router(self, self)
        self.addItem(self.lines)
        self.addItem(self.cards)
        self.absent = AbsentEdges(self, theme)
        self.badges, self.environments = Badges(theme), EnvironmentMarks(self, theme)
        self.joining = Joining(self, self, theme)
        self.trace = Trace(self, self, theme)
        self.hedge = HedgeMarks(self, theme)
        self.addItem(self.hedge)
        self.broken = Contradictions(self, self, theme)
        self.dealer = Dealer(self, self)
        self.placer = Placer(self)
        self.placer.found.connect(self._place_again)
        self.hovered: Item | None = None
        self.thickness = 1.0
        self.bends: dict[EdgeKey, Position] = {}
        self.sync(Project(), document.project)

    # ── following the project ──────────────────────────────────────────────────────────────────

    def sync(self, old: Project, new: Project) -> None:
        """Make the scene show `new`; untouched items keep place, selection and hover."""
        _follow_rename(self, old, new)
        wanted = edges_of(new)
        long = self.growth.takes_long(new.graph.variables, wanted)
        moved = self._sync_nodes(new, grow=not long)
        fresh = self._sync_edges(wanted, grow=not long)
        self.cards.follow(self.nodes)
        before, self.bends = self.bends, bends_of(new.sketch)
        bent = {k for k in before.keys() | self.bends if before.get(k) != self.bends.get(k)}
        self.router.lead(
            fresh | disturbed(moved, self.nodes, self.edges) | bent & self.edges.keys()
        )
        self.lines.follow(self.edges)
        _dress(self.edges.values(), new)
        if old.graph != new.graph or old.table is not new.table:
            self.broken.clear()
        self.joining.follow(new)
        for part in (self.trace, self.hedge, self.broken):
            part.moved()
        self.badges.follow(self.nodes, new.randomised, new.tiers)
        self.regions.follow(new.sketch.regions)
        if moved or fresh or old.graph != new.graph:
            self.absent.follow(self.nodes, self.edges)
        self.dealer.deal(self.nodes if _says_more(old, new) else moved)
        self.select(self.selected.intersection(new.graph.variables), self.selected_edges & wanted)
        if self.focused is not None and self.focused not in new.graph.variables:
            self.focus(None)
        if moved or long or old.sketch.regions != new.sketch.regions:
            self.extent_changed.emit()
        if long:
            self.growth.begin(new)

    def follow_nodes(self, project: Project, names: Iterable[str]) -> None:
        """Cards have come some time after the project."""
        self.cards.follow(self.nodes)
        self.badges.follow(self.nodes, project.randomised, project.tiers)
        self.dealer.deal(names)

    def follow_edges(self, project: Project, keys: Iterable[EdgeKey]) -> Steps:
        """Edges have come after the cards, straight so far."""
        self.lines.follow(self.edges)
        yield 0.0
        _dress(self.edges.values(), project)
        yield 0.0
        self.joining.follow(project)
        yield 0.0
        for part in (self.trace, self.hedge, self.broken):
            part.moved()
        self.absent.follow(self.nodes, self.edges)
        self.router.lead_later(keys)

    def show_cards(self, answer: CardsAnswer) -> None:
        """The newest marginals."""
        self.dealer.heard.cards = answer
        self.dealer.deal(self.nodes)

    def show_balance(self, answer: BalanceAnswer) -> None:
        """Whether lots were even: told on the cards of what they set."""
        self.dealer.heard.lots = answer.lots
        self.dealer.deal(self.nodes)

    def show_states(self, states: FitStates) -> None:
        """The newest states of the mechanisms."""
        old, self.dealer.heard.states = self.dealer.heard.states, states
        vectors = self.document.project.vectors
        self.dealer.deal(self.nodes if old is None else vectors.nodes(_told_anew(old, states)))

    def show_progress(self, progress: Mapping[str, FitProgress]) -> None:
        """The newest training progress."""
        self.dealer.heard.progress.update(progress)
        self.dealer.deal(self.document.project.vectors.nodes(progress))

    def show_absent(self, absences: tuple[tuple[Edge, ...], tuple[Edge, ...]]) -> None:
        """Arrows and hidden causes that the answer assumes to be absent; none by default."""
        self.absent.choose(*absences)
        self.absent.follow(self.nodes, self.edges)

    def forget(self) -> None:
        """Another document: what the engine said was about the last one."""
        self.dealer.forget()
        self.select(())
        self.focus(None)

    def show_theme(self, theme: Theme) -> None:
        """Another theme."""
        self.theme = theme
        layers = (self.lines, self.cards, self.joining.layer, self.trace, self.hedge, self.broken)
        for part in (*layers, self.absent, self.badges, self.environments, self.regions):
            part.show_theme(theme)

    def show_thickness(self, thickness: float) -> None:
        """Thicker edges when seen from afar."""
        if thickness == self.thickness:
            return
        self.thickness = thickness
        for item in self.edges.values():
            item.show_thickness(thickness)
        self.lines.update()
        self.absent.show_thickness(thickness)

    def places(self) -> dict[str, Position]:
        """Centre of each card as shown."""
        return {name: (item.x(), item.y()) for name, item in self.nodes.items()}

    def extent(self) -> QRectF:
        """What cards, arrows and regions cover; empty without any."""
        rect = self.cards.extent().united(self.lines.boxes.extent())
        rect = rect if rect.isNull() else rect.adjusted(-RIM, -RIM, RIM, RIM)
        return self.regions.extent().united(rect)

    def helpEvent(self, event: QGraphicsSceneHelpEvent) -> None:  # noqa: N802 - Qt's name
        """The words of a tool tip are found when somebody asks for them."""
        for item in self.items(event.scenePos()):
            if isinstance(item, NodeItem | EdgeItem):
                item.setToolTip(item.tip())
        super().helpEvent(event)

    # ── holding ────────────────────────────────────────────────────────────────────────────────

    def select(self, nodes: Iterable[str], edges: Iterable[EdgeKey] = ()) -> None:
        """Select exactly these."""
        old, old_edges = self.selected, self.selected_edges
        self.selected, self.selected_edges = frozenset(nodes), frozenset(edges)
        if self.selected or self.selected_edges:
            self.regions.hold(None)
        if (old, old_edges) == (self.selected, self.selected_edges):
            return
        for name in (old ^ self.selected) & self.nodes.keys():
            node = self.nodes[name]
            node.show_look(replace(node.look, selected=name in self.selected))
        for key in (old_edges ^ self.selected_edges) & self.edges.keys():
            edge = self.edges[key]
            edge.show_look(replace(edge.look, selected=key in self.selected_edges))
        self.document.settle()
        self.selection_changed.emit(len(self.selected), len(self.selected_edges))

    def focus(self, name: str | None, *, shown: bool = True) -> None:
        """Move the keyboard's focus to a node; `shown` paints its ring."""
        old, self.focused = self.focused, name
        for each in (old, name):
            item = self.nodes.get(each or "")
            if item is not None:
                item.show_look(replace(item.look, focused=shown and each == name))
        if old != name:
            self.focus_moved.emit(name)

    def hover(self, item: Item | None) -> None:
        """The pointer is over this."""
        old, self.hovered = self.hovered, item
        if old is not item:
            _show_hover(old, hovered=False)
            _show_hover(item, hovered=True)

    def mark_target(
        self, name: str | None, cycle: tuple[str, ...] = (), *, refused: bool = False
    ) -> None:
        """Where a new arrow would end; whether it is refused, and along which arrows it loops."""
        for each, item in self.nodes.items():
            held = each == name
            no = held and (refused or bool(cycle))
            item.show_look(replace(item.look, target=held, refused=no))
        warned = set(zip(cycle, cycle[1:], strict=False))
        for key, edge in self.edges.items():
            edge.show_look(replace(edge.look, warned=not key.hidden and (key.a, key.b) in warned))

    def mark_edge(self, key: EdgeKey | None) -> None:
        """The edge into which what is dragged would be put."""
        for each, edge in self.edges.items():
            if edge.look.target != (each == key):
                edge.show_look(replace(edge.look, target=each == key))

    def drag(self, positions: Mapping[str, Position]) -> None:
        """Show nodes elsewhere while they are dragged; the project does not change."""
        for name, at in positions.items():
            self.cards.put(self.nodes[name], at)
        self.router.lead(k for k in self.edges if k.a in positions or k.b in positions)
        for part in (self.trace, self.hedge, self.broken):
            part.moved()
        self.absent.follow(self.nodes, self.edges)

    def pull(self, key: EdgeKey, off: Position | None) -> None:
        """Show an edge bent while it is dragged (None: as the project has it)."""
        known = bends_of(self.document.project.sketch)
        self.bends = known if off is None else {**known, key: off}
        self.router.lead({key} & self.edges.keys())

    # ── private ────────────────────────────────────────────────────────────────────────────────

    def _sync_nodes(self, new: Project, *, grow: bool) -> dict[str, Position]:
        """Where nodes were that are moved or gone, and where the new ones are, if it may grow."""
        variables = new.graph.variables
        touched: dict[str, Position] = {}
        for name in self.nodes.keys() - set(variables):
            item = self.nodes.pop(name)
            touched[name] = (item.x(), item.y())
            _drop(self, item)
        for name, at in self.placer.places(new).items():
            if name not in self.nodes:
                if not grow:
                    continue
                self.growth.node(name, at)
                touched[name] = at
            item = self.nodes[name]
            if (item.x(), item.y()) != at:
                touched[name] = (item.x(), item.y())
                self.cards.put(self.nodes[name], at)
        return touched

    def _place_again(self) -> None:
        """Places that were still being found."""
        self.sync(self.document.project, self.document.project)
        self.placed.emit()

    def _sync_edges(self, wanted: Keys[EdgeKey], *, grow: bool) -> Keys[EdgeKey]:
        """Keys of edges that are new, if it may grow."""
        for key in self.edges.keys() - wanted:
            _drop(self, self.edges.pop(key))
        fresh = wanted - self.edges.keys() if grow else set()
        for key in sorted(fresh, key=str):
            self.growth.edge(key)
        return fresh


def _follow_rename(scene: CanvasScene, old: Project, new: Project) -> None:
    """A node under another name stays the item it was, selected and focused as before."""
    before, after = old.graph.variables, new.graph.variables
    changed = [(a, b) for a, b in zip(before, after, strict=False) if a != b]
    if len(before) != len(after) or len(changed) != 1 or changed[0][0] not in scene.nodes:
        return
    was, now = changed[0]
    items = [(now if v == was else v, item) for v, item in scene.nodes.items()]
    scene.nodes.clear()
    scene.nodes.update(items)
    scene.selected = frozenset(now if v == was else v for v in scene.selected)
    scene.focused = now if scene.focused == was else scene.focused


def _dress(edges: Iterable[EdgeItem], project: Project) -> None:
    """Edges into what do(…) or a lot sets are cut; some arrows are only assumed."""
    sets = (i.variable for i in project.question.active.action if isinstance(i, Set))
    done = set(project.vectors.nodes(sets))
    for item in edges:
        key = item.key
        lot = (key.a, key.b, key.hidden) in project.cut
        cut = lot or key.b in done or (key.hidden and key.a in done)
        assumed = not key.hidden and (key.a, key.b) in project.assumed
        look = item.look
        if (look.cut, look.lot, look.assumed) != (cut, lot, assumed):
            item.show_look(replace(look, cut=cut, lot=lot, assumed=assumed))


def _told_anew(old: FitStates, new: FitStates) -> set[str]:
    """Variables of which the engine says something else than before."""
    states = {v for v in old.states.keys() | new.states if old.states.get(v) != new.states.get(v)}
    reports = old.reports.keys() | new.reports
    return states | {v for v in reports if old.reports.get(v) is not new.reports.get(v)}


def _says_more(old: Project, new: Project) -> bool:
    """True where more than places changed, so that cards may say something else."""
    fields = ("graph", "table", "question", "roles", "vectors", "randomised")
    return any(getattr(old, field) is not getattr(new, field) for field in fields)


def _show_hover(item: Item | None, *, hovered: bool) -> None:
    if item is not None:
        item.show_look(replace(item.look, hovered=hovered))  # type: ignore[arg-type]


def _drop(scene: CanvasScene, item: Item) -> None:
    if item is scene.hovered:
        scene.hovered = None
    scene.removeItem(item)
