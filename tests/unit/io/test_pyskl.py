"""The PYSKL pickle, and the unpickler that makes nothing but numbers."""

import collections
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import laban
from laban.core.sequence import Recording
from laban.core.skeleton import COCO17, SKELETONS
from laban.errors import FormatError, InvalidValueError
from laban.io import read_annotations, recording_of_annotation, safe_pickle
from laban.io.safe_pickle import Numbers, load_numbers

quiet = pytest.mark.filterwarnings("ignore::laban.io.LossWarning")


def clip(name: str = "a", *, joints: int = 17, dimensions: int = 2, **more: Any) -> dict[str, Any]:
    keypoint = np.arange(1, 1 + 2 * 3 * joints * dimensions, dtype=np.float32).reshape(
        2, 3, joints, dimensions
    )
    keypoint[1, 0] = 0
    return {
        "frame_dir": name,
        "total_frames": 3,
        "img_shape": (48, 64),
        "label": 5,
        "keypoint": keypoint,
    } | more


def dump(path: Path, content: Any, *, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


def clips(path: Path, *annotations: Any, **split: list[str]) -> Path:
    return dump(path, {"split": split, "annotations": list(annotations)})


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "i2", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_come_back_from_every_protocol(tmp_path: Path, protocol: int, dtype: str, order: Any) -> None:
    array = np.asarray(np.arange(12).reshape(3, 4) % 7, dtype=dtype, order=order)
    content = {"a": [array, np.float32(1.5)], "b": (None, True, 3, 2.5, "text", b"raw")}
    read = load_numbers(dump(tmp_path / "x.pkl", content, protocol=protocol))
    assert isinstance(read["a"][0], Numbers)
    np.testing.assert_array_equal(read["a"][0].array, array)
    assert (read["a"][1], read["b"]) == (1.5, content["b"])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_is_recognised(tmp_path: Path, protocol: int) -> None:
    for content in ({"annotations": [clip()]}, [clip()], clip()):
        assert laban.load(dump(tmp_path / "x", content, protocol=protocol)).source == "a"


def test_a_pickle_may_name_these_and_nothing_else() -> None:
    assert set(safe_pickle._STAND_INS) == {
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
        ("_codecs", "encode"),
    }


@pytest.mark.parametrize(
    ("module", "name"),
    [
        *(("numpy", "load"), ("numpy", "fromfile"), ("numpy", "memmap"), ("numpy", "ndarray.tofile")),
        *(("numpy._core.multiarray", "fromfile"), ("numpy._core.numeric", "load"), ("_codecs", "decode")),
        *(("numpy.core.multiarray", "frombuffer"), ("builtins", "eval"), ("os", "system")),
    ],
)
def test_neighbours_of_what_is_allowed_are_refused(tmp_path: Path, module: str, name: str) -> None:
    (tmp_path / "x.pkl").write_bytes(b"\x80\x04c" + f"{module}\n{name}\n".encode() + b".")
    with pytest.raises(FormatError, match="the pickle names"):
        load_numbers(tmp_path / "x.pkl")


def test_names_of_the_older_numpy_are_known(tmp_path: Path) -> None:
    content = pickle.dumps(np.arange(3.0), protocol=2).replace(b"numpy._core", b"numpy.core")
    (tmp_path / "x.pkl").write_bytes(content)
    np.testing.assert_array_equal(load_numbers(tmp_path / "x.pkl").array, [0, 1, 2])


class _Canary:
    """Unpickled by the ordinary unpickler, it makes a folder."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self.made = (call, arguments)

    def __reduce__(self) -> Any:
        return self.made


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("wrap", [lambda canary: canary, lambda canary: {"annotations": [canary]}])
def test_a_malicious_pickle_does_not_run(tmp_path: Path, protocol: int, wrap: Any) -> None:
    trace = tmp_path / "ran"
    path = dump(tmp_path / "x.pkl", wrap(_Canary(os.mkdir, str(trace))), protocol=protocol)
    with pytest.raises(FormatError, match=r"posix\.mkdir|nt\.mkdir"):
        laban.load(path, format="pyskl")
    assert not trace.exists()
    pickle.loads(path.read_bytes())
    assert trace.exists()  # so the canary does sing


@pytest.mark.parametrize(
    "content",
    [
        *(
            collections.OrderedDict(a=1),
            {1, 2},
            frozenset([1]),
            np.float64,
            np.dtype("f4"),
            len,
            Path("x"),
            1j,
        ),
        *(np.array([{}], dtype=object), np.array(["text"]), np.zeros(2, dtype="f4,i4"), np.array([1j])),
        *(
            _Canary(np.zeros, (10**12,)),
            _Canary(getattr, "text", "upper"),
            {(1, 2): 3},
            _Canary(np.ndarray, (9**9,)),
        ),
    ],
)
def test_anything_but_numbers_is_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(FormatError):
        laban.load(dump(tmp_path / "x.pkl", {"annotations": content}))


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x04]r\xff\xff\xff\xff.",  # a memo table of 2^32 places
        b"\x80\x05\x96\x00\x00\x00\x00\x00\x01\x00\x00.",  # a byte array of 2^40 bytes
        b"\x80\x04\x8e\x00\x00\x00\x00\x00\x01\x00\x00.",  # as many bytes
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\x00\x00.",  # a frame without end
        b"\x80\x04)" + b"2\x86" * 60 + b"}(h\x00" + b".",  # tuples of tuples, 2^60 when written out
        b"\x80\x04}" + b")" + b"2\x86" * 60 + b"K\x01s.",  # and hashed as a key
        b"\x80\x04}\x8c\x09frame_dir)" + b"2\x86" * 60 + b"s]\x94" + b".",
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"(i__builtin__\nlist\n.",
        b"\x80\x04\x8c\x0blaban.errorsP1\n.",
    ],
)
def test_tricks_of_few_bytes_cost_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pkl").write_bytes(content)
    with pytest.raises(FormatError):
        laban.load(tmp_path / "x.pkl", format="pyskl")


def test_a_nest_of_tuples_for_a_name_is_not_written_out(tmp_path: Path) -> None:
    nest: Any = ()
    for _ in range(60):
        nest = (nest, nest)
    (read,) = read_annotations(clips(tmp_path / "x.pkl", clip(frame_dir=nest, img_shape=nest, label=nest)))
    assert (read.name, read.size_wh, read.label) == ("", None, None)


def test_every_clip_is_read_with_its_splits(tmp_path: Path) -> None:
    path = clips(tmp_path / "x.pkl", clip("a"), clip("b", label=2), train=["a", "b"], val=["b"])
    first, second = read_annotations(path)
    assert (first.name, first.label, first.size_wh, first.splits) == ("a", 5, (64, 48), ("train",))
    assert (second.label, second.splits) == (2, ("train", "val"))
    assert first.points.shape == (2, 3, 17, 2)
    assert np.isnan(first.points[1, 0]).all()


def test_zeros_are_missing_and_the_clip_is_chosen(tmp_path: Path) -> None:
    scores = np.full((2, 3, 17), 0.5, np.float32)
    scores[1, 0] = 0
    path = clips(tmp_path / "x.pkl", clip("a"), clip("b", keypoint_score=scores))
    recording = laban.load(path, name="b", fps=10)
    assert recording == laban.load(path, index=1, fps=10)
    assert (recording.source, recording.metadata["label"]) == ("b", 5)
    assert [len(one) for one in recording.people.values()] == [3, 2]
    assert recording.people[0].skeleton is COCO17
    np.testing.assert_array_equal(recording.people[1].image_px[0, 0], clip()["keypoint"][1, 1, 0])
    np.testing.assert_array_equal(recording.people[1].times_s, [0.1, 0.2])
    np.testing.assert_array_equal(recording.people[1].visibility, np.full((2, 17), 0.5))


def test_kinect_axes_are_turned_and_centred(tmp_path: Path) -> None:
    skeleton = SKELETONS["ntu25"]
    keypoint = np.ones((1, 1, 25, 3), np.float32)
    keypoint[0, 0, skeleton.index("head")] = (1.25, 1.75, 3.0)
    recording = recording_of_annotation(
        read_annotations(clips(tmp_path / "x.pkl", clip(keypoint=keypoint)))[0]
    )
    sequence = recording.people[0]
    np.testing.assert_allclose(sequence.world_m[0, skeleton.index("head")], [-0.25, -0.75, 2.0])
    np.testing.assert_array_equal(sequence.world_m[0, skeleton.index("left_hip")], [0, 0, 0])
    assert "mid-hip" in recording.metadata["assumed"]["origin"]


@quiet
def test_written_as_pyskl_reads(pair: Recording, tmp_path: Path) -> None:
    path = pair.replace(metadata={"label": 3}).save(tmp_path / "x.pkl")
    content = pickle.loads(path.read_bytes())
    assert content["split"] == {"train": ["clip.mp4"], "val": ["clip.mp4"]}
    (written,) = content["annotations"]
    assert (written["frame_dir"], written["total_frames"], written["label"]) == ("clip.mp4", 8, 3)
    assert (written["img_shape"], written["original_shape"]) == ((480, 640), (480, 640))
    assert written["keypoint"].shape == (2, 8, 17, 2)
    assert written["keypoint_score"].shape == (2, 8, 17)
    assert not written["keypoint"][0, 0].any()
    assert np.isfinite(written["keypoint"]).all()
    back = laban.load(path)
    np.testing.assert_array_equal(back.people[1].image_px, pair.people[4].to_skeleton(COCO17).image_px)
    np.testing.assert_allclose(back.times_s, pair.times_s)


@quiet
def test_metres_round_trip_on_the_own_skeleton(pair: Recording, tmp_path: Path) -> None:
    back = laban.load(pair.save(tmp_path / "x.pkl", space="world"))
    assert back.people[0].skeleton == pair.people[1].skeleton
    np.testing.assert_allclose(back.people[0].world_m, pair.people[1].world_m)


def test_a_nan_of_any_kind_is_missing(tmp_path: Path) -> None:
    """A damaged file may hold one of which the processor gives notice when it is widened."""
    points, scores = clip()["keypoint"].copy(), np.ones((2, 3, 17), np.float32)
    points.view(np.uint32)[0, 1, 2] = scores.view(np.uint32)[0, 1, 3] = 0x7F800001
    found = laban.load(clips(tmp_path / "x.pkl", clip(keypoint=points, keypoint_score=scores)))
    assert np.isnan(found.people[0].image_px[1, 2]).all()


def test_what_cannot_be_written_is_named(pair: Recording, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="has no people"):
        pair.replace(people={}).save(tmp_path / "x.pkl")
    with pytest.raises(InvalidValueError, match="image or world"):
        pair.save(tmp_path / "x.pkl", space="body")
    flat = pair.replace(people={1: pair.people[1].replace(world_m=None)})
    with pytest.raises(InvalidValueError, match="has none"):
        flat.save(tmp_path / "x.pkl", space="world")


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (3, "not a dictionary"),
        (clip(keypoint=[1, 2]), "keypoint array"),
        (clip(keypoint=np.zeros((1, 2, 17, 4))), "keypoint array"),
        (clip(keypoint=np.zeros((0, 2, 17, 2))), "keypoint array"),
        (clip(keypoint_score=np.zeros((2, 3, 4))), "keypoint_score array"),
        (clip(keypoint=np.full((1, 2, 17, 2), np.inf)), "enormous"),
        (clip(keypoint=np.full((1, 2, 17, 2), 1e200)), "enormous"),
        (clip(joints=20), "pass skeleton="),
        (clip(skeleton="ntu25"), "does not fit 'ntu25'"),
        (clip(img_shape=(0, 5)), "size_wh"),
        (clip(fps=0.0), "fps"),
        (clip(fps=10**400), "cannot read"),
    ],
)
def test_refuses_what_does_not_fit(tmp_path: Path, annotation: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        laban.load(clips(tmp_path / "x.pkl", annotation))


@pytest.mark.parametrize("content", [{}, [], 3, {"annotations": []}, {"annotations": [], "split": 3}])
def test_refuses_a_pickle_without_clips(tmp_path: Path, content: Any) -> None:
    with pytest.raises(FormatError):
        laban.load(dump(tmp_path / "x.pkl", content))


def test_a_clip_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = clips(tmp_path / "x.pkl", clip())
    with pytest.raises(FormatError, match="clip 4 was asked for, it holds 1"):
        laban.load(path, index=4)
    with pytest.raises(FormatError, match="no clip is called 'z'"):
        laban.load(path, name="z")


def test_a_damaged_file_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "x.pkl").write_bytes(b"\x80\x04damaged")
    with pytest.raises(FormatError) as caught:
        laban.load(tmp_path / "x.pkl")
    assert str(caught.value).count("cannot read") == 1
