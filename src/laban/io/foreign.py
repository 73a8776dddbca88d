"""Pose files that are not supported: how they are recognised, and what to export instead."""

import re
from typing import Final

_BINARY: Final = (
    (b"\x89HDF", "an HDF5 file, as DeepLabCut, SLEAP and movement write (write CSV from there)"),
    (b"CDF", "a NetCDF file, as movement writes (write CSV from there)"),
    (b"PK\x03\x04", "a zip or NumPy archive (.npz) (save one array as .npy)"),
    (b"BZh", "a file packed by bzip2 (unpack it, or pack text by gzip)"),
    (b"\xfd7zXZ", "a file packed by xz (unpack it, or pack text by gzip)"),
    (b"\x28\xb5\x2f\xfd", "a file packed by zstd (unpack it, or pack text by gzip)"),
    (b"Kaydara FBX", "an FBX scene"),
    (b"glTF", "a glTF scene"),
)
_JSON: Final = (
    (b'"keypointlabels"', "an export of Label Studio (export it as COCO keypoints)"),
    (b'"k4abt_sdk_version"', "body tracking of an Azure Kinect"),
    (b'"predictions"', "OpenPifPaf (write COCO keypoints)"),
    (b'"shapes"', "annotations of LabelMe (export them as COCO keypoints)"),
    (b'"joints"', "joints by name, as Apple Vision writes them"),
)
_OF_ALPHAPOSE: Final = re.compile(rb'"bodies"\s*:\s*\[\s*(\{\s*"joints"\s*:\s*\[\s*[-\d]|\])')
_XML: Final = (
    (b"<mvnx", "motion of Xsens (MVNX)"),
    (b"<annotations", "annotations of CVAT (export COCO keypoints)"),
)


def looks_like(head: bytes, *, suffix: str) -> str | None:
    """The kind of file that begins with ``head``, in words, or None.

    >>> looks_like(b"Kaydara FBX Binary", suffix=".fbx")
    'an FBX scene'
    """
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _OF_ALPHAPOSE.search(head):
        return None
    for marks, where in (
        (_BINARY, start.startswith),
        (_JSON if start[:1] in (b"{", b"[") else (), head.__contains__),
    ):
        for mark, words in marks:
            if where(mark):
                return words
    if start.startswith(b"<"):
        return next((words for mark, words in _XML if mark in head), None)
    if suffix.lower() == ".skeleton":
        return "a skeleton file of NTU RGB+D (train from the PYSKL pickle of that collection)"
    if suffix.lower() == ".c3d" or (head[1:2] == b"\x50" and head[:1] == b"\x02"):
        return "C3D motion capture"
    return None
