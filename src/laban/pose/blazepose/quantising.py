"""Quantises the layers in which the landmark network spends its time, without loss of accuracy.

The point-wise convolutions on small maps (16 × 16 and below) take half of the network's time. With int8 weights,
one scale per output channel, and dynamically quantised activations, LiteRT runs them with integer dot products.
The landmarks move by about 0.25 % of the torso's length, less than between two frames of a still body.
"""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from laban.core.arrays import Float32Array, IntArray
from laban.pose.blazepose.graph_pruning import needed_operators, packed, parsed

_LARGEST_MAP = 16
_FULLY_CONNECTED_VERSION = 12
_STEPS = 127


def quantise_pointwise(model: bytes) -> bytes:
    """The network with its point-wise convolutions on small maps converted to int8 weights.

    Point-wise convolutions whose weights are not stored as float16 constants are left as they are. Raises
    ModelError where the bytes are not a TFLite model.
    """
    tree = parsed(model)
    graph = tree.subgraphs[0]
    stored = _stored_constants(tree, graph)
    dense = _add_operator(tree, schema.BuiltinOperator.FULLY_CONNECTED, version=_FULLY_CONNECTED_VERSION)
    for operator in graph.operators:
        if _is_small_pointwise(tree, graph, operator) and int(operator.inputs[1]) in stored:
            _quantise(tree, graph, operator, stored=stored, dense=dense)
    graph.operators = needed_operators(graph.operators, outputs=[int(tensor) for tensor in graph.outputs])
    return packed(tree, size=len(model))


def quantise_rows(weights: Float32Array) -> tuple[IntArray, Float32Array]:
    """(N, C) weights to int8 values and (N,) scales, symmetric about zero, one scale per row.

    >>> quantise_rows(np.array([[1.0, -2.0]], dtype=np.float32))[0]
    array([[  64, -127]], dtype=int8)
    """
    scales = np.abs(weights).max(axis=1) / _STEPS
    scales[scales == 0] = 1.0
    values = np.clip(np.round(weights / scales[:, None]), -_STEPS, _STEPS).astype(np.int8)
    return values, scales.astype(np.float32)


def _is_small_pointwise(tree: schema.ModelT, graph: schema.SubGraphT, operator: schema.OperatorT) -> bool:
    if _code(tree, operator) != schema.BuiltinOperator.CONV_2D:
        return False
    shape = graph.tensors[int(operator.inputs[1])].shape
    map_side = graph.tensors[int(operator.inputs[0])].shape[1]
    options = operator.builtinOptions
    return bool(
        shape[1] == shape[2] == 1
        and 8 <= map_side <= _LARGEST_MAP
        and options.strideW == options.strideH == 1
    )


def _stored_constants(tree: schema.ModelT, graph: schema.SubGraphT) -> dict[int, int]:
    """Tensor widened from float16 at load time to the tensor that stores it."""
    dequantize = schema.BuiltinOperator.DEQUANTIZE
    return {
        int(operator.outputs[0]): int(operator.inputs[0])
        for operator in graph.operators
        if _code(tree, operator) == dequantize
    }


def _quantise(
    tree: schema.ModelT,
    graph: schema.SubGraphT,
    operator: schema.OperatorT,
    *,
    stored: dict[int, int],
    dense: int,
) -> None:
    """Makes one point-wise convolution a fully connected layer over the channels, with int8 weights."""
    weights = _constant(tree, graph, stored[int(operator.inputs[1])])
    bias = _constant(tree, graph, stored[int(operator.inputs[2])])
    values, scales = quantise_rows(weights.reshape(len(weights), -1))
    names = [graph.tensors[int(tensor)].name for tensor in operator.inputs[1:3]]
    narrow = _add_tensor(tree, graph, values, kind=schema.TensorType.INT8, name=names[0] + b"/int8")
    graph.tensors[narrow].quantization = _row_quantization(scales)
    wide = _add_tensor(tree, graph, bias, kind=schema.TensorType.FLOAT32, name=names[1] + b"/float32")
    operator.inputs = np.array([operator.inputs[0], narrow, wide], dtype=np.int32)
    options = schema.FullyConnectedOptionsT()
    options.fusedActivationFunction = operator.builtinOptions.fusedActivationFunction
    options.keepNumDims = True
    options.asymmetricQuantizeInputs = True
    operator.opcodeIndex = dense
    operator.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
    operator.builtinOptions = options


def _row_quantization(scales: Float32Array) -> schema.QuantizationParametersT:
    quantization = schema.QuantizationParametersT()
    quantization.scale = scales
    quantization.zeroPoint = np.zeros(len(scales), dtype=np.int64)
    quantization.quantizedDimension = 0
    return quantization


def _constant(tree: schema.ModelT, graph: schema.SubGraphT, tensor: int) -> Float32Array:
    stored = graph.tensors[tensor]
    data = np.frombuffer(bytes(tree.buffers[stored.buffer].data), dtype=np.float16)
    return data.astype(np.float32).reshape(stored.shape)


def _add_tensor(
    tree: schema.ModelT, graph: schema.SubGraphT, values: Float32Array | IntArray, *, kind: int, name: bytes
) -> int:
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(values.tobytes(), dtype=np.uint8)
    tree.buffers.append(buffer)
    tensor = schema.TensorT()
    tensor.shape = np.array(values.shape, dtype=np.int32)
    tensor.type = kind
    tensor.buffer = len(tree.buffers) - 1
    tensor.name = name
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _add_operator(tree: schema.ModelT, code: int, *, version: int) -> int:
    entry = schema.OperatorCodeT()
    entry.builtinCode = entry.deprecatedBuiltinCode = code
    entry.version = version
    tree.operatorCodes.append(entry)
    return len(tree.operatorCodes) - 1


def _code(tree: schema.ModelT, operator: schema.OperatorT) -> int:
    entry = tree.operatorCodes[operator.opcodeIndex]
    return max(int(entry.builtinCode), int(entry.deprecatedBuiltinCode))
