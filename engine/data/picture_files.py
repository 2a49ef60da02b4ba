"""Read the pictures that a column of a CSV file names, from the file's own folder.

Pillow unpacks them, because PNG, JPEG and the rest are no formats to write a reader for.
"""

import csv
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from engine.data.kinds import MISSING
from engine.data.pictures import MOST_SIDE, Pictures, Pixels
from engine.data.reading import POLL, ReadProgress
from engine.data.table import Table
from engine.data.textfile import Layout, line_of_record, plain_copy, sniff
from engine.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
MOST_PICTURES = 20_000
MOST_PIXELS = 40_000_000  # of one file, unpacked
BEGINNING = 1 << 16  # bytes of a table that tell whether a column names pictures


@dataclass(frozen=True, slots=True)
class ReadPictures:
    """The pictures of one column, and what reading them changed, one sentence each."""

    pictures: Pictures
    notes: tuple[str, ...] = ()


def picture_columns(path: Path) -> tuple[str, ...]:
    """The columns of a table whose first cells name image files that are there.

    Only the beginning of the file is looked at; a file that is no table has none.
    """
    with path.open("rb") as source:
        start = source.read(BEGINNING)
    low = start.lower()
    if not any(ending.encode() in low for ending in ENDINGS):
        return ()
    if len(start) == BEGINNING:
        start = start[: start.rfind(b"\n") + 1]
    with TemporaryDirectory(prefix="doscope-") as folder:
        head, plain = Path(folder) / "head.csv", Path(folder) / "plain.txt"
        head.write_bytes(start)
        try:
            plain_copy(head, plain, lambda: None)
            layout = sniff(head, plain)
        except DataError:
            return ()
        records = _records(plain, layout)
    return tuple(
        name
        for i, name in enumerate(layout.names)
        if _names_pictures(path.parent, [cells[i] for cells in records if i < len(cells)])
    )


def read_pictures(path: Path, column: str, rows: int) -> ReadPictures:
    """All pictures that `column` of the table at `path` names; refused unless it has `rows` rows.

    At most 64 × 64 pixels; grey if all of them are. What cannot be read is a DataError that names
    the line: nothing is read by halves.
    """
    return _Reading(Path(path), column, rows).run()


def reading_pictures(
    path: Path, column: str, rows: int
) -> Generator[ReadProgress | ReadPictures, None, None]:
    """`read_pictures` in slices: progress every 10 ms while a thread reads, then the pictures.

    Closing the generator ends the reading; a DataError is raised here.
    """
    work = _Reading(Path(path), column, rows)
    with ThreadPoolExecutor(1, "read pictures") as pool:
        result = pool.submit(work.run)
        try:
            while not result.done():
                yield work.progress
                wait((result,), POLL)
        finally:
            work.cancelled = True
    yield result.result()


def with_pictures(table: Table, name: str, pictures: Pictures, notes: Iterable[str] = ()) -> Table:
    """`table` with pictures in place of the column `name`, or of the note that it was left out."""
    if table.rows != pictures.rows:
        raise DataError(
            f"These are pictures of {pictures.rows} rows, which the table does not have",
            remedy="open the table again, then read its pictures",
        )
    variables = tuple(v for v in table.variables if v.name != name)
    if not variables:
        raise DataError(
            f"{name} is the only column", remedy="give the table a column of values, too"
        )
    kept = tuple(note for note in table.notes if not note.startswith(f"{name} was left out"))
    return replace(
        table,
        variables=variables,
        columns={v.name: table[v.name] for v in variables},
        pictures={**table.pictures, name: pictures},
        notes=(*kept, *notes),
    )


class _CancelledError(Exception):
    """The one who asked for the pictures has gone."""


@dataclass(slots=True)
class _Reading:
    """One column being read; another thread may look at `progress` and set `cancelled`."""

    path: Path
    column: str
    rows: int
    progress: ReadProgress = ReadProgress(0, 0, "looking for the pictures")
    cancelled: bool = False
    _other: int = field(default=0, init=False)  # pictures of another size than the first

    def run(self) -> ReadPictures:
        """Names, then pictures one by one."""
        names, lines = self._names()
        first, before = self._picture(names[0], lines[0], None)
        height, width = first.shape[:2]
        pixels = np.empty((len(names), height, width, 3), np.uint8)
        pixels[0] = first
        for number, (name, line) in enumerate(zip(names[1:], lines[1:], strict=True), 1):
            self._step(number, len(names))
            pixels[number], size = self._picture(name, line, (width, height))
            self._other += size != before
        grey = bool((pixels == pixels[..., :1]).all())
        shown = np.ascontiguousarray(pixels[..., 0]) if grey else pixels
        return ReadPictures(Pictures(shown), self._notes(before, (width, height), grey=grey))

    def _step(self, done: int, total: int) -> None:
        if self.cancelled:
            raise _CancelledError
        self.progress = ReadProgress(done, total, f"reading pictures of {self.column}")

    def _names(self) -> tuple[list[str], list[int]]:
        """The column's cells, and the lines they stand in."""
        with TemporaryDirectory(prefix="doscope-") as folder:
            plain = Path(folder) / "plain.txt"
            plain_copy(self.path, plain, lambda: None)
            layout = sniff(self.path, plain)
            if self.column not in layout.names:
                raise DataError(
                    f"The file has no column {self.column}",
                    where=str(self.path),
                    remedy=f"the columns are {', '.join(layout.names[:12])}",
                )
            place = layout.names.index(self.column)
            records = _records(plain, layout)
            self._check_rows(len(records))
            names = [cells[place].strip() if place < len(cells) else "" for cells in records]
            for number, name in enumerate(names):
                if name.upper() in MISSING:
                    line = line_of_record(plain, layout, number)
                    raise DataError(
                        f"Line {line} names no picture",
                        where=f"{self.path}, {self.column}",
                        remedy="write the name of its file there, or remove the line",
                    )
            return names, _lines(plain, layout)

    def _check_rows(self, found: int) -> None:
        if found != self.rows:
            raise DataError(
                f"The file has {found} rows by now, the table {self.rows}",
                where=str(self.path),
                remedy="open the table again, then read its pictures",
            )
        if found > MOST_PICTURES:
            raise DataError(
                f"The table has {found} rows, more than {MOST_PICTURES} pictures",
                where=str(self.path),
                remedy="keep fewer rows",
            )

    def _picture(
        self, name: str, line: int, size: tuple[int, int] | None
    ) -> tuple[Pixels, tuple[int, int]]:
        """One picture as (height, width, 3), at most 64 or of `size`; its size before."""
        from PIL import Image, UnidentifiedImageError

        where = f"{self.path}, line {line}"
        file = _inside(self.path.parent, name, where)
        try:
            with Image.open(file, formats=FORMATS) as opened:
                before = opened.size
                if before[0] * before[1] > MOST_PIXELS:
                    raise _too_large(name, where)
                opened.draft("RGB", (2 * MOST_SIDE, 2 * MOST_SIDE))
                whole = _in_colour(opened)
        except FileNotFoundError as error:
            raise DataError(
                f"The picture {_short(name)} is not there",
                where=where,
                remedy="put it into the folder of the table, or correct the name",
            ) from error
        except Image.DecompressionBombError as error:
            raise _too_large(name, where) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise DataError(
                f"{_short(name)} is no picture that can be read",
                where=where,
                remedy="save it as PNG or JPEG",
            ) from error
        wanted = size or _fitted(before)
        if whole.size != wanted:
            whole = whole.resize(wanted, Image.Resampling.BOX if _whole(whole, wanted) else
                                 Image.Resampling.LANCZOS)  # fmt: skip
        return np.asarray(whole, np.uint8), before

    def _notes(
        self, before: tuple[int, int], after: tuple[int, int], *, grey: bool
    ) -> tuple[str, ...]:
        said = f"{self.column} was read as {self.rows} pictures of {after[0]} × {after[1]} pixels"
        if before != after:
            said += f", made smaller from {before[0]} × {before[1]}"
        notes = [said + (", grey" if grey else ", in colour")]
        if self._other:
            notes.append(f"{self._other} pictures had another size and were stretched to the first")
        return tuple(notes)


def _records(plain: Path, layout: Layout) -> list[list[str]]:
    """The cells of every record after the header; blank lines left out."""
    with plain.open(encoding="utf-8", newline="\n") as lines:
        lines.seek(layout.start)
        rows = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=True)
        return [cells for cells in rows if cells]


def _lines(plain: Path, layout: Layout) -> list[int]:
    """The line, counted from 1, on which each record begins."""
    found, begins = [], 0
    with plain.open(encoding="utf-8", newline="\n") as lines:
        lines.seek(layout.start)
        rows = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=True)
        for cells in rows:
            if cells:
                found.append(layout.skip + begins + 1)
            begins = rows.line_num
    return found


def _names_pictures(folder: Path, cells: Sequence[str]) -> bool:
    """True where all cells end as pictures do and the first is a file in the folder."""
    said = [cell.strip() for cell in cells if cell.strip().upper() not in MISSING]
    if not said or not all(cell.lower().endswith(ENDINGS) for cell in said):
        return False
    try:
        return _inside(folder, said[0], "").is_file()
    except (DataError, OSError):
        return False


def _inside(folder: Path, name: str, where: str) -> Path:
    """The file called `name` in `folder` or below it; others are refused."""
    inner = Path(name.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in name or "\0" in name:
        raise DataError(
            f"{_short(name)} is outside the folder of the table",
            where=where,
            remedy="put the pictures beside the table, or into a folder there",
        )
    return folder / inner


def _in_colour(opened: "Image") -> "Image":
    """Red, green and blue; what is see-through lies on white; turned as the camera says."""
    from PIL import Image, ImageOps

    whole = ImageOps.exif_transpose(opened)
    if whole.mode.startswith("I") or whole.mode == "F":  # 16 bits or more: the full range is kept
        levels = np.asarray(whole, np.float64)
        top = 65535.0 if levels.max(initial=0) > 255 else 255.0
        whole = Image.fromarray(np.rint(255 * levels.clip(0, top) / top).astype(np.uint8))
    if "A" in whole.mode or "transparency" in whole.info:
        seen = whole.convert("RGBA")
        ground = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        whole = Image.alpha_composite(ground, seen)
    return whole.convert("RGB")


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    """The same shape, at most 64 pixels either way."""
    scale = min(1.0, MOST_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _whole(picture: "Image", wanted: tuple[int, int]) -> bool:
    """True where a new pixel is a whole number of old ones: their mean says it."""
    width, height = picture.size
    return bool(width % wanted[0] == 0 and height % wanted[1] == 0)


def _too_large(name: str, where: str) -> DataError:
    return DataError(
        f"{_short(name)} has more than {MOST_PIXELS // 1_000_000} million pixels",
        where=where,
        remedy="save it smaller; 64 × 64 are used",
    )


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:60] + "…"
