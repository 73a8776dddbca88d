"""Cutting away the parts of a network whose answers nobody asks for, before it is loaded.

The landmark network computes a segmentation mask in its most expensive layers. A TFLite file is a list of
operators, so the ones that only the mask needs can be left out without touching a weight.
"""

from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from laban.errors import ModelError

_FILE_IDENTIFIER = b"TFL3"


def keep_outputs(model: bytes, *, wanted: tuple[int, ...]) -> bytes:
    """The same network with only the outputs at positions ``wanted``, in that order.

    Raises ModelError where the bytes are not a TFLite model with that many outputs.
    """
    tree = _parsed(model)
    graph = tree.subgraphs[0]
    if max(wanted) >= len(graph.outputs):
        raise ModelError(
            f"the model has {len(graph.outputs)} outputs, so output {max(wanted)} cannot be kept"
        )
    graph.outputs = [int(graph.outputs[position]) for position in wanted]
    graph.operators = _needed(graph.operators, outputs=graph.outputs)
    tree.signatureDefs = []
    builder = flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), file_identifier=_FILE_IDENTIFIER)
    return bytes(builder.Output())


def _parsed(model: bytes) -> Any:
    if model[4:8] != _FILE_IDENTIFIER:
        raise ModelError("expected a TFLite model, got a file without its identifier TFL3")
    return schema.ModelT.InitFromPackedBuf(model, 0)


def _needed(operators: list[Any], *, outputs: list[int]) -> list[Any]:
    """The operators that the outputs depend on; operators come in the order they run."""
    wanted = set(outputs)
    kept = []
    for operator in reversed(operators):
        if wanted.intersection(int(tensor) for tensor in operator.outputs):
            wanted.update(int(tensor) for tensor in operator.inputs)
            kept.append(operator)
    return kept[::-1]
