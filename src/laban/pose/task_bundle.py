"""The ``.task`` bundle that MediaPipe Tasks reads, assembled from our own two networks.

A bundle is a zip of stored members: the detector and the landmarker as TFLite files. MediaPipe rejects a
network whose metadata does not describe the normalisation of images, so that is added to each.
"""

import io
import zipfile

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from laban.errors import ModelError

DETECTOR_MEMBER = "pose_detector.tflite"
LANDMARKER_MEMBER = "pose_landmarks_detector.tflite"

_MODEL_IDENTIFIER = b"TFL3"
_METADATA_IDENTIFIER = b"M001"
_METADATA_NAME = "TFLITE_METADATA"
_PARSER_VERSION = "1.0.0"
_ALIGNMENT_BYTES = 16
_LOCAL_HEADER_BYTES = 30

# Numbers that the TFLite metadata schema gives to members of its unions and enumerations.
_IMAGE_PROPERTIES = 2
_NORMALISATION = 1
_RGB = 1


def task_bundle(*, detector: bytes, landmarker: bytes) -> bytes:
    """The bundle as bytes: the same networks give the same bytes.

    Raises ModelError where one of the two is not a TFLite model.
    """
    members = {
        DETECTOR_MEMBER: with_normalization(detector, mean=127.5, std=127.5),
        LANDMARKER_MEMBER: with_normalization(landmarker, mean=0.0, std=255.0),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in members.items():
            bundle.writestr(_aligned_member(name, offset=target.tell()), content)
    return target.getvalue()


def with_normalization(model: bytes, *, mean: float, std: float) -> bytes:
    """The same network with metadata that says: its input is RGB, each value ``(value - mean) / std``.

    Metadata that is there already is replaced; the rest of the file stays. Raises ModelError where the
    bytes are not a TFLite model.
    """
    if model[4:8] != _MODEL_IDENTIFIER:
        raise ModelError("expected a TFLite model, got a file without its identifier TFL3")
    tree = schema.ModelT.InitFromPackedBuf(model, 0)
    _set_metadata(tree, normalization_metadata(mean=mean, std=std))
    builder = flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), file_identifier=_MODEL_IDENTIFIER)
    return bytes(builder.Output())


def normalization_metadata(*, mean: float, std: float) -> bytes:
    """A TFLite model's metadata with the normalisation of its one input and nothing else.

    Tables and slots follow ``metadata_schema.fbs`` of TFLite Support.
    """
    builder = flatbuffers.Builder(256)
    version = builder.CreateString(_PARSER_VERSION)
    inputs = _table(builder, {3: _image_content(builder), 4: _normalisation_unit(builder, mean, std)})
    graph = _table(builder, {2: _references(builder, [inputs])})
    root = _table(builder, {3: _references(builder, [graph]), 7: version})
    builder.Finish(root, file_identifier=_METADATA_IDENTIFIER)
    return bytes(builder.Output())


def _set_metadata(tree: schema.ModelT, content: bytes) -> None:
    buffer = schema.BufferT()
    buffer.data = list(content)
    tree.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = _METADATA_NAME, len(tree.buffers) - 1
    others = [one for one in tree.metadata or [] if one.name != _METADATA_NAME.encode()]
    tree.metadata = [*others, entry]
    tree.metadataBuffer = None


def _image_content(builder: flatbuffers.Builder) -> int:
    properties = _table(builder, {}, small={0: _RGB})
    return _table(builder, {1: properties}, small={0: _IMAGE_PROPERTIES})


def _normalisation_unit(builder: flatbuffers.Builder, mean: float, std: float) -> int:
    means, stds = _floats(builder, [mean]), _floats(builder, [std])
    options = _table(builder, {0: means, 1: stds})
    unit = _table(builder, {1: options}, small={0: _NORMALISATION})
    return _references(builder, [unit])


def _table(
    builder: flatbuffers.Builder, references: dict[int, int], *, small: dict[int, int] | None = None
) -> int:
    """A table whose slots hold references to what was written before, and numbers of one byte."""
    small = small or {}
    builder.StartObject(max([*references, *small]) + 1)
    for slot, value in small.items():
        builder.PrependUint8Slot(slot, value, 0)
    for slot, reference in references.items():
        builder.PrependUOffsetTRelativeSlot(slot, reference, 0)
    return int(builder.EndObject())


def _references(builder: flatbuffers.Builder, references: list[int]) -> int:
    builder.StartVector(4, len(references), 4)
    for reference in reversed(references):
        builder.PrependUOffsetTRelative(reference)
    return int(builder.EndVector())


def _floats(builder: flatbuffers.Builder, values: list[float]) -> int:
    builder.StartVector(4, len(values), 4)
    for value in reversed(values):
        builder.PrependFloat32(value)
    return int(builder.EndVector())


def _aligned_member(name: str, *, offset: int) -> zipfile.ZipInfo:
    """A stored member whose content starts on a boundary, so that it can be mapped into memory and used."""
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    start = offset + _LOCAL_HEADER_BYTES + len(name) + 4
    padding = -start % _ALIGNMENT_BYTES
    member.extra = b"\x00\x00" + padding.to_bytes(2, "little") + bytes(padding)
    return member
