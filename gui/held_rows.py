"""The rows of the table of actions about values, seen rows and time tiers of the selected nodes."""

from gui.specs import Situation, Spec

TIERS = range(6)  # those with a key of their own; later ones step by step


def _some(situation: Situation) -> bool:
    return situation.selected_nodes > 0


HELD_ROWS: tuple[Spec, ...] = (
    Spec(
        "value",
        "&Type a value…",
        "Doing: 2 sets, +0.5 shifts. Seeing: 1.9–2.1 picks rows",
        ("F4", "="),
        when=_some,
        on_canvas=True,
    ),
    Spec(
        "value-up", "A step &up", "More of what is set", ("+",), when=_some,
        on_canvas=True,
    ),
    Spec(
        "value-down", "A step &down", "Less of what is set", ("-",), when=_some,
        on_canvas=True,
    ),
    Spec(
        "value-reset",
        "&Back to the mean",
        "Or the commonest category, or no shift",
        ("Shift+F4",),
        when=_some,
        on_canvas=True,
    ),
    Spec(
        "see-only",
        "&Look only at such rows",
        "See usual rows, or all again",
        ("W",),
        when=_some,
        on_canvas=True,
    ),
    Spec(
        "value-release",
        "&Release it",
        "No longer set, nor looked at",
        ("X",),
        when=_some,
        on_canvas=True,
    ),
    *(
        Spec(
            f"tier-{tier}",
            f"Tier &{tier}",
            f"Comes about in time tier {tier}",
            (str(tier),),
            when=_some,
            on_canvas=True,
        )
        for tier in TIERS
    ),
    Spec(
        "tier-earlier", "One &earlier", "A time tier before", ("PgUp",), when=_some,
        on_canvas=True,
    ),
    Spec("tier-later", "One &later", "A time tier after", ("PgDown",), when=_some, on_canvas=True),
    Spec("tier-none", "N&o tier", "It is not said when it comes about", when=_some),
)  # fmt: skip
