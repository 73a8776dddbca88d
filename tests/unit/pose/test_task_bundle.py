"""The bundle holds both networks, unchanged but for what their metadata says."""

import io
import zipfile

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from laban.errors import ModelError
from laban.pose.task_bundle import normalization_metadata, task_bundle, with_normalization


def tiny_model(*, metadata: dict[str, bytes] | None = None, weight: int = 3) -> bytes:
    """A TFLite file with one buffer of weights, no operators and the metadata given."""
    tree = schema.ModelT()
    tree.version = 3
    tree.buffers = [schema.BufferT(), schema.BufferT()]
    tree.buffers[1].data = [weight] * 8
    tree.subgraphs = [schema.SubGraphT()]
    tree.metadata = []
    for name, content in (metadata or {}).items():
        buffer, entry = schema.BufferT(), schema.MetadataT()
        buffer.data, entry.name, entry.buffer = list(content), name, len(tree.buffers)
        tree.buffers.append(buffer)
        tree.metadata.append(entry)
    builder = flatbuffers.Builder(256)
    builder.Finish(tree.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def metadata_of(model: bytes) -> dict[str, bytes]:
    tree = schema.ModelT.InitFromPackedBuf(model, 0)
    return {entry.name.decode(): bytes(tree.buffers[entry.buffer].data) for entry in tree.metadata}


def table(content: bytes, place: int) -> flatbuffers.table.Table:
    return flatbuffers.table.Table(content, place)


def field(parent: flatbuffers.table.Table, slot: int) -> int:
    offset = parent.Offset(4 + 2 * slot)
    assert offset, f"slot {slot} is empty"
    return offset


def first_child(parent: flatbuffers.table.Table, slot: int) -> flatbuffers.table.Table:
    return table(parent.Bytes, parent.Indirect(parent.Vector(field(parent, slot))))


def child(parent: flatbuffers.table.Table, slot: int) -> flatbuffers.table.Table:
    return table(parent.Bytes, parent.Indirect(parent.Pos + field(parent, slot)))


def floats(parent: flatbuffers.table.Table, slot: int) -> list[float]:
    offset = field(parent, slot)
    flags = flatbuffers.number_types.Float32Flags
    start = parent.Vector(offset)
    return [parent.Get(flags, start + 4 * row) for row in range(parent.VectorLen(offset))]


def test_metadata_reads_back_by_the_slots_of_the_schema():
    content = normalization_metadata(mean=127.5, std=64.0)
    assert content[4:8] == b"M001"
    root = table(content, flatbuffers.encode.Get(flatbuffers.packer.uoffset, content, 0))
    input_tensor = first_child(first_child(root, 3), 2)
    unit = first_child(input_tensor, 4)
    byte = flatbuffers.number_types.Uint8Flags
    assert unit.Get(byte, unit.Pos + field(unit, 0)) == 1  # NormalizationOptions
    assert floats(child(unit, 1), 0) == [127.5]
    assert floats(child(unit, 1), 1) == [64.0]
    image = child(input_tensor, 3)
    assert image.Get(byte, image.Pos + field(image, 0)) == 2  # ImageProperties
    assert child(image, 1).Get(byte, child(image, 1).Pos + field(child(image, 1), 0)) == 1  # RGB


def test_metadata_is_replaced_and_other_entries_stay():
    model = tiny_model(metadata={"min_runtime_version": b"2.2.0", "TFLITE_METADATA": b"old"})
    found = metadata_of(with_normalization(model, mean=0.0, std=255.0))
    assert found == {
        "min_runtime_version": b"2.2.0",
        "TFLITE_METADATA": normalization_metadata(mean=0.0, std=255.0),
    }


def test_weights_are_untouched():
    tree = schema.ModelT.InitFromPackedBuf(with_normalization(tiny_model(weight=9), mean=0, std=1), 0)
    assert np.array_equal(tree.buffers[1].data, [9] * 8)


def test_bundle_holds_both_networks_stored_and_aligned():
    content = task_bundle(detector=tiny_model(weight=1), landmarker=tiny_model(weight=2))
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.namelist() == ["pose_detector.tflite", "pose_landmarks_detector.tflite"]
        for member in bundle.infolist():
            assert member.compress_type == zipfile.ZIP_STORED
            assert content.index(bundle.read(member)) % 16 == 0
        detector, landmarker = (metadata_of(bundle.read(name)) for name in bundle.namelist())
    assert detector["TFLITE_METADATA"] == normalization_metadata(mean=127.5, std=127.5)
    assert landmarker["TFLITE_METADATA"] == normalization_metadata(mean=0.0, std=255.0)


def test_same_networks_give_the_same_bytes():
    parts = {"detector": tiny_model(weight=1), "landmarker": tiny_model(weight=2)}
    assert task_bundle(**parts) == task_bundle(**parts)


def test_other_files_are_refused():
    with pytest.raises(ModelError, match="TFL3"):
        task_bundle(detector=b"not a model at all", landmarker=tiny_model())
