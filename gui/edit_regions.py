"""User verbs for regions and notes: pure functions Project → Project. No Qt."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil

from engine.project import Position, Project
from engine.sketch import Region
from gui import edits

CARD = (190.0, 112.0)  # width and height
PAD, HEAD = 24.0, 38.0  # around the cards; for the title
LEAST = (90.0, 44.0)  # width and height
NOTE = (240.0, 120.0)
LETTER, LINE = 6.5, 17.0  # width and height of what a note is written in


def add_region(project: Project, region: Region) -> Project:
    """One more region, over those before it."""
    return _with(project, (*project.sketch.regions, region))


def change_region(project: Project, index: int, region: Region) -> Project:
    """Another place, size, title or note."""
    regions = list(project.sketch.regions)
    regions[index] = region
    return _with(project, regions)


def remove_region(project: Project, index: int) -> Project:
    """The cards on it stay."""
    return _with(project, (r for i, r in enumerate(project.sketch.regions) if i != index))


def move_region(
    project: Project, index: int, off: Position, shown: Mapping[str, Position]
) -> Project:
    """A region moves with the cards whose middle it holds; `shown`: where all cards stand."""
    region = project.sketch.regions[index]
    held = {v: (x + off[0], y + off[1]) for v, (x, y) in shown.items() if region.holds((x, y))}
    moved = replace(region, left=region.left + off[0], top=region.top + off[1])
    return change_region(edits.move(project, held), index, moved)


def around(places: Iterable[Position]) -> Region:
    """The region that just holds the cards at these places, with room for a title."""
    places = list(places)
    left = min(x for x, _ in places) - CARD[0] / 2 - PAD
    top = min(y for _, y in places) - CARD[1] / 2 - PAD - HEAD
    right = max(x for x, _ in places) + CARD[0] / 2 + PAD
    bottom = max(y for _, y in places) + CARD[1] / 2 + PAD
    return Region(left, top, right - left, bottom - top)


def sized(region: Region, width: float, height: float) -> Region:
    """The region with another size, never smaller than a title needs."""
    return replace(region, width=max(LEAST[0], width), height=max(LEAST[1], height))


def text_of(region: Region) -> str:
    """Title and note as they are written: the first line is the title."""
    return f"{region.title}\n{region.note}" if region.note else region.title


def written(region: Region, text: str) -> Region:
    """The region with what was written: the first line becomes the title.

    It grows where the note needs room: a mere note downwards, a frame upwards, off its cards.
    """
    title, _, note = text.strip().partition("\n")
    changed = replace(region, title=title.strip(), note=note.strip("\n").rstrip())
    more = _note_height(changed) - _note_height(region)
    if is_note(region):
        return sized(changed, changed.width, max(changed.height, HEAD + _note_height(changed)))
    grown = max(0.0, more)
    return replace(changed, top=changed.top - grown, height=changed.height + grown)


def is_note(region: Region) -> bool:
    """Too small to hold cards."""
    return region.height < 4 * HEAD and region.width < 12 * HEAD


def _note_height(region: Region) -> float:
    """About as much as the note takes when it is wrapped."""
    across = max(10.0, (region.width - 24.0) / LETTER)
    return LINE * sum(ceil(max(1, len(line)) / across) for line in region.note.splitlines())


def _with(project: Project, regions: Iterable[Region]) -> Project:
    return replace(project, sketch=replace(project.sketch, regions=tuple(regions)))
