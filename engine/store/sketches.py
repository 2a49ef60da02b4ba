"""Bent edges, cut edges and regions of a project as JSON and back."""

from engine.sketch import Drawn, Place, Region, Sketch
from engine.store.fields import get, many, mapping, number, string, truth, two

Json = dict[str, object]


def sketch_json(sketch: Sketch) -> Json:
    """How the graph is drawn."""
    return {
        "bends": [
            edge_json(edge) | {"off": list(off)} for edge, off in sorted(sketch.bends.items())
        ],
        "regions": [
            {
                "place": [region.left, region.top],
                "size": [region.width, region.height],
                "title": region.title,
                "note": region.note,
            }
            for region in sketch.regions
        ],
    }


def sketch_from(value: object, what: str) -> Sketch:
    """What `sketch_json` wrote; None for a project without."""
    if value is None:
        return Sketch()
    fields = mapping(value, what)
    bends = get(fields, "bends", many(_bend))
    return Sketch(dict(bends), get(fields, "regions", many(_region)))


def edge_json(edge: Drawn) -> Json:
    """An edge by its ends."""
    a, b, hidden = edge
    return {"ends": [a, b], "hidden": hidden}


def edge_from(value: object, what: str) -> Drawn:
    """What `edge_json` wrote."""
    fields = mapping(value, what)
    a, b = get(fields, "ends", two(string))
    return a, b, get(fields, "hidden", truth)


def _bend(value: object, what: str) -> tuple[Drawn, Place]:
    return edge_from(value, what), get(mapping(value, what), "off", two(number))


def _region(value: object, what: str) -> Region:
    fields = mapping(value, what)
    place, size = get(fields, "place", two(number)), get(fields, "size", two(number))
    return Region(*place, *size, get(fields, "title", string), get(fields, "note", string))
