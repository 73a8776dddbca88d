"""A folder of images is a film or photos, by what its images and names show."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from laban.sources.image import images_in
from laban.sources.photos import kind_of_images


def scene(seed: int, *, size_wh: tuple[int, int] = (160, 120), shift: int = 0) -> np.ndarray:
    """Something to see; a shift moves a part of it."""
    noise = np.random.default_rng(seed).integers(0, 256, (12, 16), dtype=np.uint8)
    image = cv2.resize(noise, size_wh, interpolation=cv2.INTER_CUBIC)
    cv2.rectangle(image, (20 + shift, 40), (40 + shift, 100), 255, -1)
    return np.asarray(image)


def folder(path: Path, names: list[str], image_of: Callable[[int], np.ndarray]) -> list[Path]:
    path.mkdir()
    for index, name in enumerate(names):
        cv2.imwrite(str(path / name), image_of(index))
    return images_in(path)


def test_frames_are_a_film(tmp_path: Path) -> None:
    for number, names in enumerate(
        (
            [f"{k:05d}.png" for k in range(20)],
            [f"frame_{6 * k}.jpg" for k in range(20)],
            [f"clip-{k}-left.png" for k in range(1, 21)],
        )
    ):
        paths = folder(tmp_path / str(number), names, lambda k: scene(1, shift=2 * k))
        assert kind_of_images(paths).is_film is True


@pytest.mark.parametrize(
    ("names", "image_of", "why"),
    [
        (["ann.png", "bob.png", "cy.png"], lambda _: scene(1), "names"),
        (["1.png", "2.png", "3.png", "4.png"], scene, "different things"),
        ([f"IMG_{k:04d}.jpg" for k in range(5)], lambda k: scene(1, shift=k), "names"),
        (
            [f"{k}.png" for k in range(6)],
            lambda k: scene(1, size_wh=(160 + 10 * (k % 3), 120)),
            "sizes differ",
        ),
        (["one.png"], scene, "one image"),
    ],
)
def test_photos_are_photos(
    tmp_path: Path, names: list[str], image_of: Callable[[int], np.ndarray], why: str
) -> None:
    kind = kind_of_images(folder(tmp_path / "a", names, image_of))
    assert kind.is_film is False
    assert why in kind.why


def test_what_a_camera_took_minutes_apart_is_no_film(tmp_path: Path) -> None:
    for index in range(6):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = f"2026:05:01 10:{index:02d}:00"
        Image.fromarray(scene(1)).save(tmp_path / f"{index}.jpg", exif=exif)
    kind = kind_of_images(images_in(tmp_path))
    assert kind.is_film is False
    assert "60 s apart" in kind.why


def test_a_stray_thumbnail_makes_no_photos_of_a_film(tmp_path: Path) -> None:
    paths = folder(tmp_path / "a", [f"{k}.png" for k in range(30)], lambda k: scene(1, shift=k))
    cv2.imwrite(str(paths[-1]), scene(1, size_wh=(40, 30)))
    assert kind_of_images(paths).is_film is True


def test_what_could_be_either_is_not_guessed(tmp_path: Path) -> None:
    """Numbered as frames, before one wall, but somebody else stands there each time."""

    def person(index: int) -> np.ndarray:
        return np.asarray((0.75 * scene(1) + 0.25 * scene(10 + index)).astype(np.uint8))

    kind = kind_of_images(folder(tmp_path / "a", [f"{k}.png" for k in range(9)], person))
    assert kind.is_film is None


@pytest.mark.parametrize(("step_s", "is_film"), [(0.2, True), (1.0, True), (60.0, False)])
def test_a_clock_in_the_names_tells_frames_from_photos(tmp_path: Path, step_s: float, is_film: bool) -> None:
    moments = [datetime(2024, 5, 1, 12, 59, 58) + timedelta(seconds=step_s * k) for k in range(12)]
    names = [one.strftime("door_%Y-%m-%d_%H-%M-%S.%f.png") for one in moments]
    paths = folder(tmp_path / "timed", names, lambda k: scene(1, shift=2 * k))
    assert kind_of_images(paths).is_film is is_film
