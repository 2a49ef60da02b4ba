"""Pictures named by a table: what Pillow wrote is what is read, and what is wrong has its line."""

from pathlib import Path

import numpy as np
import pytest

from engine.data.picture_files import (
    ReadPictures,
    picture_columns,
    read_pictures,
    reading_pictures,
)
from engine.data.pictures import Pictures
from engine.data.reading import ReadProgress
from engine.data.table import Table
from engine.data.variable import Kind, Variable
from engine.errors import DataError

Image = pytest.importorskip("PIL.Image", reason="Pillow reads pictures and is not installed")


def written(folder: Path, levels: np.ndarray, name: str = "a.png") -> str:
    (folder / name).parent.mkdir(exist_ok=True)
    Image.fromarray(levels).save(folder / name)
    return name


def table(folder: Path, *names: str, header: str = "x,picture") -> Path:
    path = folder / "rows.csv"
    lines = [f"{i},{name}" for i, name in enumerate(names)]
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return path


def levels(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def test_small_grey_pictures_come_back_exactly(tmp_path: Path) -> None:
    first, second = levels(0, 20, 31), levels(1, 20, 31)
    path = table(tmp_path, written(tmp_path, first, "a.png"), written(tmp_path, second, "b/c.png"))
    read = read_pictures(path, "picture", 2)
    np.testing.assert_array_equal(read.pictures.pixels, np.stack([first, second]))
    assert not read.pictures.colour
    assert "2 pictures of 31 × 20 pixels, grey" in read.notes[0]


def test_one_coloured_picture_makes_all_of_them_coloured(tmp_path: Path) -> None:
    grey, colour = levels(2, 8, 8), levels(3, 8, 8, 3)
    path = table(tmp_path, written(tmp_path, grey, "a.bmp"), written(tmp_path, colour, "b.png"))
    pixels = read_pictures(path, "picture", 2).pictures.pixels
    np.testing.assert_array_equal(pixels[0], np.repeat(grey[..., None], 3, 2))
    np.testing.assert_array_equal(pixels[1], colour)


def test_a_large_picture_becomes_the_means_of_its_squares(tmp_path: Path) -> None:
    large = levels(4, 256, 128)
    read = read_pictures(table(tmp_path, written(tmp_path, large)), "picture", 1)
    means = large.reshape(64, 4, 32, 4).mean((1, 3))
    assert read.pictures.size == (32, 64)
    assert np.abs(read.pictures.pixels[0] - means).max() <= 1
    assert "made smaller from 128 × 256" in read.notes[0]


def test_other_sizes_are_stretched_and_told(tmp_path: Path) -> None:
    names = [written(tmp_path, np.full(s, 90, np.uint8), f"{i}.png") for i, s in
             enumerate([(10, 12), (20, 5)])]  # fmt: skip
    read = read_pictures(table(tmp_path, *names), "picture", 2)
    assert read.pictures.pixels.shape == (2, 10, 12)
    assert (read.pictures.pixels == 90).all()
    assert "1 pictures had another size" in read.notes[1]


def test_what_is_see_through_lies_on_white(tmp_path: Path) -> None:
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:2, :, 3] = 255
    pixels = read_pictures(table(tmp_path, written(tmp_path, rgba)), "picture", 1).pictures.pixels
    np.testing.assert_array_equal(pixels[0], np.repeat([[0], [0], [255], [255]], 4, 1))


def test_sixteen_bits_are_scaled_to_eight(tmp_path: Path) -> None:
    deep = np.array([[0, 65535], [32896, 257]], np.uint16)
    pixels = read_pictures(table(tmp_path, written(tmp_path, deep)), "picture", 1).pictures.pixels
    np.testing.assert_array_equal(pixels[0], [[0, 255], [128, 1]])


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("gone.png", "line 3"),
        ("text.png", "is no picture that can be read"),
        ("", "Line 3 names no picture"),
        ("../up.png", "outside the folder"),
        ("/etc/up.png", "outside the folder"),
        ("cut.png", "is no picture that can be read"),
    ],
)
def test_one_sentence_says_what_is_wrong_and_where(tmp_path: Path, second: str, said: str) -> None:
    name = written(tmp_path, levels(5, 16, 16))
    (tmp_path / "text.png").write_text("no picture", "utf-8")
    whole = (tmp_path / name).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError) as caught:
        read_pictures(table(tmp_path, name, second), "picture", 2)
    assert said in str(caught.value)
    assert caught.value.remedy


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A PNG of 30 000 × 30 000 pixels in a few bytes: its header alone says so."""
    bomb = bytearray((tmp_path / written(tmp_path, levels(6, 4, 4))).read_bytes())
    bomb[16:24] = (30_000).to_bytes(4, "big") * 2
    import zlib

    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(bomb)
    with pytest.raises(DataError, match="million pixels"):
        read_pictures(table(tmp_path, "bomb.png"), "picture", 1)


def test_the_table_must_be_the_one_that_was_read(tmp_path: Path) -> None:
    path = table(tmp_path, written(tmp_path, levels(7, 4, 4)))
    with pytest.raises(DataError, match="1 rows by now, the table 5"):
        read_pictures(path, "picture", 5)


def test_columns_of_picture_files_are_found_and_others_are_not(tmp_path: Path) -> None:
    name = written(tmp_path, levels(8, 4, 4))
    path = tmp_path / "rows.csv"
    path.write_text(f"x,picture,word,lost\n1,{name},red,gone.png\n2,b.PNG,blue,c.png\n", "utf-8")
    assert picture_columns(path) == ("picture",)
    assert picture_columns(table(tmp_path, "1", "2")) == ()


def test_reading_tells_how_far_it_is_and_can_be_left(tmp_path: Path) -> None:
    names = [written(tmp_path, levels(9, 4, 4))] * 3
    steps = list(reading_pictures(table(tmp_path, *names), "picture", 3))
    assert isinstance(steps[-1], ReadPictures)
    assert all(isinstance(step, ReadProgress) for step in steps[:-1])
    left = reading_pictures(table(tmp_path, *names), "picture", 3)
    next(left)
    left.close()


def test_a_table_with_pictures_is_another_table() -> None:
    """Equal pixels are equal pictures; without any, the digest is that of the columns alone."""
    columns = {"x": np.array([1.0, 2.0])}
    bare = Table((Variable("x", Kind.CONTINUOUS),), columns)
    some = Table(bare.variables, columns, pictures={"p": Pictures(levels(1, 2, 4, 4))})
    same = Table(bare.variables, columns, pictures={"p": Pictures(levels(1, 2, 4, 4))})
    other = Table(bare.variables, columns, pictures={"p": Pictures(levels(2, 2, 4, 4))})
    assert some == same
    assert len({bare.digest, some.digest, other.digest}) == 3
    with pytest.raises(ValueError, match="read-only"):
        some.pictures["p"].pixels[0] = 0
