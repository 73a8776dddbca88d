"""Removes the parts of a network whose outputs are not used, before it is loaded.

The landmark network computes a segmentation mask in its most expensive layers. A TFLite file is a list of
operators, so the ones that only the mask needs can be left out without touching a weight.
"""

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from laban.errors import ModelError

_FILE_IDENTIFIER = b"TFL3"


def keep_outputs(model: bytes, *, wanted: tuple[int, ...]) -> bytes:
    """The same network with only the outputs at positions ``wanted``, in that order.

    Raises ModelError where the bytes are not a TFLite model with that many outputs.
    """
    tree = parsed(model)
    graph = tree.subgraphs[0]
    if max(wanted) >= len(graph.outputs):
        raise ModelError(
            f"the model has {len(graph.outputs)} outputs, so output {max(wanted)} cannot be kept"
        )
    graph.outputs = [int(graph.outputs[position]) for position in wanted]
    graph.operators = needed_operators(graph.operators, outputs=graph.outputs)
    tree.signatureDefs = []
    return packed(tree, size=len(model))


def packed(tree: schema.ModelT, *, size: int) -> bytes:
    """The object tree of a model as a file of about ``size`` bytes."""
    builder = flatbuffers.Builder(size)
    builder.Finish(tree.Pack(builder), file_identifier=_FILE_IDENTIFIER)
    return bytes(builder.Output())


def parsed(model: bytes) -> schema.ModelT:
    """The object tree of a TFLite model; raises ModelError where the bytes are none."""
    if model[4:8] != _FILE_IDENTIFIER:
        raise ModelError("expected a TFLite model, got a file without its identifier TFL3")
    return schema.ModelT.InitFromPackedBuf(model, 0)


def needed_operators(operators: list[schema.OperatorT], *, outputs: list[int]) -> list[schema.OperatorT]:
    """The operators that the outputs depend on; operators come in the order they run."""
    wanted = set(outputs)
    kept = []
    for operator in reversed(operators):
        if wanted.intersection(int(tensor) for tensor in operator.outputs):
            wanted.update(int(tensor) for tensor in operator.inputs)
            kept.append(operator)
    return kept[::-1]
