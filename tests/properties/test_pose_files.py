"""What is written is read back, whole or less the stated loss; what is damaged is refused in one line."""

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import laban
from laban.core.arrays import Float32Array
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, COCO17, SKELETONS, Skeleton
from laban.errors import FormatError
from laban.io import FORMATS, AssumptionWarning

SIZE_WH = (640, 480)
FPS = 25.0
MIDDLE = np.float32(350.0)
"""Bodies reach out of the image on all sides, and are not centred on its corner, which no format believes."""
NATIVE = {
    "tutorial": BLAZEPOSE33,
    "features66": BLAZEPOSE33,
    "coco": COCO17,
    "openpose": SKELETONS["openpose25"],
    "yolo-pose": COCO17,
    "pyskl": COCO17,
    "trc": BLAZEPOSE33,
    "mmpose": COCO17,
    "mediapipe": BLAZEPOSE33,
    "deeplabcut": COCO17,
    "npy": COCO17,
    "long": BLAZEPOSE33,
    "ultralytics": COCO17,
}
OPTIONS: dict[str, dict[str, Any]] = {
    "tutorial": {"fps": FPS, "size_wh": SIZE_WH},
    "features66": {"fps": FPS, "size_wh": SIZE_WH},
    "openpose": {"fps": FPS, "size_wh": SIZE_WH},
    "mmpose": {"fps": FPS, "size_wh": SIZE_WH},
    "mediapipe": {"size_wh": SIZE_WH},
    "deeplabcut": {"fps": FPS, "size_wh": SIZE_WH},
    "npy": {"fps": FPS, "size_wh": SIZE_WH},
    "long": {"size_wh": SIZE_WH},
    "ultralytics": {"fps": FPS, "size_wh": SIZE_WH},
}
EVERY_FRAME = {"mediapipe", "deeplabcut", "npy"}
"""Formats that give everybody a row in every frame, whether seen or not."""
ONE_PERSON = {"tutorial", "features66", "trc"}


def _values(rng: np.random.Generator, shape: tuple[int, ...], *, scale: float) -> Float32Array:
    return (rng.normal(size=shape) * scale).astype(np.float32)


def _with_gaps(rng: np.random.Generator, values: Float32Array, share: float) -> Float32Array:
    values[rng.random(values.shape[:2]) < share] = np.nan
    return values


@st.composite
def sequences(
    draw: st.DrawFn, *, skeleton: Skeleton, times_s: Any, hips: bool = False, whole: bool = False
) -> PoseSequence:
    """Somebody with random fields; with ``whole`` all fields are there and the first and last rows are seen."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share = draw(st.sampled_from([0.0, 0.1, 0.5]))
    rows, joints = len(times_s), len(skeleton)
    image = _with_gaps(rng, _values(rng, (rows, joints, 2), scale=300.0) + MIDDLE, share)
    world = _with_gaps(rng, _values(rng, (rows, joints, 3), scale=0.5), 0.0 if hips else share)
    if hips:
        pair = [skeleton.index("left_hip"), skeleton.index("right_hip")]
        world -= world[:, pair].mean(axis=1, keepdims=True)
    if whole:
        image[[0, -1]] = _values(rng, (2, joints, 2), scale=300.0) + MIDDLE
    visibility = rng.random((rows, joints)).astype(np.float32)
    extra = {} if whole else {"body": _with_gaps(rng, _values(rng, (rows, joints, 3), scale=1.0), share)}
    fields = {
        "image_px": image,
        "depth_px": _with_gaps(rng, _values(rng, (rows, joints), scale=100.0), share),
        "world_m": world,
        "score": rng.random(rows).astype(np.float32),
        **extra,
    }
    kept = fields if whole else {name: value for name, value in fields.items() if draw(st.booleans())}
    if not {"image_px", "world_m", "body"} & set(kept):
        kept["image_px"] = image
    return PoseSequence(times_s, skeleton, visibility, size_wh=SIZE_WH, **kept)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Nobody to three people on one skeleton, at uneven times."""
    frames = draw(st.integers(0, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    times_s = np.cumsum(rng.random(frames) + 1e-3)
    skeleton = draw(
        st.sampled_from([BLAZEPOSE33, COCO17, Skeleton("stick", ("top", "end"), (("top", "end"),))])
    )
    people = {}
    for person in draw(st.sets(st.integers(0, 2**31 - 1), max_size=3)) if frames else ():
        start = draw(st.integers(0, frames - 1))
        stop = draw(st.integers(start + 1, frames))
        people[person] = draw(sequences(skeleton=skeleton, times_s=times_s[start:stop]))
    plain = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )
    metadata = draw(st.dictionaries(st.text(), plain, max_size=3))
    return Recording(draw(st.text()), times_s, people, SIZE_WH, metadata)


@settings(max_examples=40, deadline=None)
@given(recording=recordings(), rows_per_group=st.integers(1, 20))
def test_parquet_gives_back_exactly_what_it_was_given(recording: Recording, rows_per_group: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = recording.save(Path(folder) / "some.parquet", rows_per_group=rows_per_group)
        assert laban.load(path) == recording


@st.composite
def steady_recordings(draw: st.DrawFn, skeleton: Skeleton, *, people: int) -> Recording:
    """People with every field, at steady times, on the skeleton that the format has."""
    frames = draw(st.integers(2, 6))
    times_s = np.arange(frames) / FPS
    found = {}
    for person in range(draw(st.integers(1, people))):
        start = draw(st.integers(0, frames - 2))
        found[person] = draw(
            sequences(skeleton=skeleton, times_s=times_s[start:], hips=skeleton is BLAZEPOSE33, whole=True)
        )
    return Recording("clip.mp4", times_s, found, SIZE_WH)


def _round_trip(recording: Recording, name: str, **options: Any) -> Recording:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = laban.save(recording, Path(folder) / "some", format=name)
        return laban.load(path, **options)


def _same(left: Any, right: Any) -> None:
    np.testing.assert_allclose(left, right, rtol=1e-6, atol=1e-6)


def _blank(values: Any, image_px: Any) -> Any:
    """The visibility of joints that are missing is not kept."""
    return np.where(np.isnan(image_px).any(axis=2), np.nan, values)


def _inside(image_px: Any) -> Any:
    """A joint outside the image has no place in a label of YOLO."""
    outside = ~((image_px >= 0) & (image_px <= np.array(SIZE_WH))).all(axis=2)
    return np.where(outside[..., None], np.nan, image_px)


def _comparable(name: str, read: PoseSequence, original: PoseSequence) -> tuple[PoseSequence, PoseSequence]:
    """The rows and joints that the format can hold of both."""
    if name in EVERY_FRAME:
        read = read.take(read.times_s >= original.times_s[0] - 1e-6)
    if name == "yolo-pose":
        original = original.replace(image_px=_inside(original.image_px))
        read, original = read.take(read.seen), original.take(original.seen)
    return read, original


@pytest.mark.parametrize("name", sorted(NATIVE))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(data=st.data())
def test_other_formats_give_back_all_but_the_stated_loss(name: str, data: st.DataObject) -> None:
    before = data.draw(steady_recordings(NATIVE[name], people=1 if name in ONE_PERSON else 3))
    after = _round_trip(before, name, **OPTIONS.get(name, {}))
    assert after.people.keys() == before.people.keys()
    for person, original in before.people.items():
        read = after.people[person]
        assert read.skeleton == original.skeleton
        if name == "trc":
            _same(read.world_m, original.world_m)
            _same(read.times_s, original.times_s)
            continue
        read, original = _comparable(name, read, original)
        _same(read.image_px, original.image_px)
        assert read.size_wh == SIZE_WH
        if name == "tutorial":
            _same(read.visibility, original.visibility)
            _same(read.depth_px, original.depth_px)
        elif name in ("coco", "yolo-pose"):
            flags = (original.visibility >= 0.5).astype(float)
            _same(read.visibility, _blank(flags, original.image_px))
        elif name in ("openpose", "pyskl", "mmpose", "deeplabcut", "npy", "long", "ultralytics"):
            _same(read.visibility, _blank(original.visibility, original.image_px))
        elif name == "mediapipe":
            _same(read.world_m, original.world_m)
            _same(read.depth_px, original.depth_px)
        if name not in ONE_PERSON:
            _same(read.times_s, original.times_s)
            if name != "long":  # frames with nobody have no row
                _same(after.times_s, before.times_s)


def test_every_format_but_the_exact_one_is_covered_here() -> None:
    assert {*NATIVE, "parquet", "bvh"} == set(FORMATS)  # bvh keeps directions: tests of its own


def _sample() -> Recording:
    rng = np.random.default_rng(7)
    times_s = np.arange(6) / FPS
    world = _values(rng, (6, 33, 3), scale=0.5)
    people = {
        person: PoseSequence(
            times_s,
            BLAZEPOSE33,
            rng.random((6, 33)),
            image_px=_values(rng, (6, 33, 2), scale=200.0) + MIDDLE,
            depth_px=_values(rng, (6, 33), scale=50.0),
            world_m=world - world[:, 23:25].mean(axis=1, keepdims=True),
            size_wh=SIZE_WH,
        )
        for person in (0, 4)
    }
    return Recording("clip.mp4", times_s, people, SIZE_WH, {"note": "sample"})


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same recording in a file or folder of every format."""
    folder = tmp_path_factory.mktemp("valid")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: laban.save(_sample(), folder / name, format=name) for name in FORMATS}


HOSTILE = [
    *(b"", b"\x00", b"\xff\xfe", b"PAR1", b"PAR1PAR1", b"{}", b"[]", b"null", b"1e999", b"NaN", b"\x80\x04."),
    *(b"," * 132, b"," * 131 + b"\n" + b"9" * 400, b'{"people": [' + b"[" * 5000, b'[{"image_id": {}}]'),
    *(b"PathFileType\n\n\nFrame#\n\n\n", b"[" * 100_000, b'{"images": 3, "annotations": []}'),
]


@st.composite
def damage(draw: st.DrawFn) -> tuple[str, list[tuple[float, bytes]], float]:
    """How to harm a file: bytes put at some places, and where to cut it off."""
    ascii_bits = st.sampled_from(
        [b"-", b"nan", b"inf", b"1e999", b"9" * 30, b",", b"\n", b"[", b"{}", b'"', b"\t"]
    )
    places = st.lists(st.tuples(st.floats(0, 1), ascii_bits | st.binary(min_size=1, max_size=8)), max_size=4)
    return (
        draw(st.sampled_from(["over", "between"])),
        draw(places),
        draw(st.sampled_from([1.0, 1.0, 0.99, 0.5])),
    )


def _damaged(content: bytes, harm: tuple[str, list[tuple[float, bytes]], float]) -> bytes:
    how, places, kept = harm
    for share, put in places:
        at = int(share * len(content))
        content = content[:at] + put + content[at + (len(put) if how == "over" else 0) :]
    return content[: int(kept * len(content))]


def _harmed_copy(original: Path, folder: Path, change: Any) -> Path:
    """A copy of a file, or of a folder in which one file is changed."""
    copy = folder / original.name
    if original.is_dir():
        shutil.copytree(original, copy)
        files = sorted(path for path in copy.rglob("*") if path.is_file())
        victim = files[change.draw(st.integers(0, len(files) - 1))]
    else:
        shutil.copy(original, copy)
        victim = copy
    hostile = st.sampled_from(HOSTILE) if change.draw(st.integers(0, 9)) == 0 else None
    if hostile is not None:
        victim.write_bytes(change.draw(hostile))
    else:
        victim.write_bytes(_damaged(victim.read_bytes(), change.draw(damage())))
    return copy


def _read_or_refuse(path: Path, name: str | None) -> None:
    refusal = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", AssumptionWarning)
        try:
            assert isinstance(laban.load(path, format=name), Recording)
        except FormatError as error:
            refusal = str(error)
    assert refusal is None or ("\n" not in refusal and len(refusal) < 1000)


@pytest.mark.parametrize("name", sorted(FORMATS))
@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.differing_executors])
@given(change=st.data())
def test_a_damaged_file_is_read_or_refused_in_one_line(
    valid: dict[str, Path], name: str, change: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = _harmed_copy(valid[name], Path(folder), change)
        _read_or_refuse(path, name)
        _read_or_refuse(path, None)


@pytest.mark.parametrize("name", sorted(FORMATS))
@settings(max_examples=15, deadline=5000, suppress_health_check=[HealthCheck.differing_executors])
@given(content=st.binary(max_size=200))
@example(content=HOSTILE[-2])
def test_any_bytes_are_refused_in_one_line(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some"
        path.write_bytes(content)
        with pytest.raises(FormatError, match=r"^cannot read [^\n]*\Z"):
            laban.load(path, format=name)


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_known_tricks_do_no_harm(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / "some"
    path.write_bytes(content)
    _read_or_refuse(path, name)
