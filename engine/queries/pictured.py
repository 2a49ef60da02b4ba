"""What a picture is under a question: pictures of rows, and drawn by its mechanism."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.data.pictures import Pixels
from engine.queries.questions import PictureAsked
from engine.queries.stage import Stage

MOST_SHOWN = 6  # pictures of one answer


@dataclass(frozen=True, slots=True, eq=False)
class PictureAnswer:
    """Pictures of one variable: `shown` uint8 (k, height, width), in colour (…, 3).

    SEE: pictures of rows that fit, `rows` of them; DO: drawn by the mechanism under the action, and
    in `originals`, where there are any, the same units without it; IMAGINE: the row as it would be,
    beside the row as it was. `causes`: the values of the picture's causes in each picture shown,
    (k,), in user units or codes. `stage` None: nothing learnt is in it. `matching` of `total` rows
    fit what is seen. `approximate`: drawn by a learnt mechanism. `extrapolated`: share, 0 … 1, of
    the pictures whose causes lie outside what the rows show.
    """

    asked: PictureAsked
    shown: Pixels
    originals: Pixels | None = None
    rows: tuple[int, ...] = ()
    causes: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    stage: Stage | None = None
    matching: int = 0
    total: int = 0
    approximate: bool = True
    extrapolated: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The variable that is a picture."""
        return self.asked.picture
