"""How long one window takes: the published LSTM and the default network in LiteRT, PyTorch and ONNX Runtime, on one
core.

The process is held to one core and every runtime to one thread. Each is given the same windows of 60 rows and 66
features, one at a time, as NumPy arrays, and gives its answers as such; LiteRT through ``LiteModel``, whose checks
and handling of what is missing are counted. The runtimes take turns, so that other load on the machine affects all
of them; the result is the median of the windows in the round in which the runtime was fastest.
"""

import contextlib
import io
import json
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import Row, row
from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.examples import Clip, Examples
from laban.models.inputs import LandmarkInput
from laban.models.training.training_settings import TrainingSettings, published_recipe
from laban.pipeline.action.training.settings import LearningSettings

_WINDOWS, _ROUNDS = 100, 15
_MOST_MS = 1.0
_MOST_DIFFERENCE = {"float32": 1e-4, "int8": 0.05}
_TASKS = (
    Task("fall", ("no_fall", "fall"), "no_fall"),
    Task("violence", ("no_violence", "violence"), "no_violence"),
)
Answer = Callable[[Any], Any]


def speed_rows() -> list[Row]:
    """The time of a window in each runtime, and whether LiteRT is the fastest with either kind of weights."""
    networks = {"": published_recipe(), "the default network, ": LearningSettings().training()}
    return [line for what, settings in networks.items() for line in _rows_of(what, settings)]


def _rows_of(what: str, settings: TrainingSettings) -> list[Row]:
    examples = _examples()
    with tempfile.TemporaryDirectory() as folder:
        runtimes = _runtimes(settings, examples, Path(folder))
        _check_agreement(runtimes, examples)
        times_ms = _measured(runtimes, examples)
    lines = [
        row(
            f"one 60-frame window, {what}{name}, one core",
            time_ms,
            "ms",
            at_most=_MOST_MS if "LiteRT" in name else None,
        )
        for name, time_ms in times_ms.items()
    ]
    return [*lines, *(_against(what, times_ms, kind) for kind in ("float32", "int8"))]


def _against(network: str, times_ms: Mapping[str, float], kind: str) -> Row:
    """How many times as long as LiteRT the fastest of the others takes, with weights of the same kind or wider."""
    kinds = ("float32",) if kind == "float32" else ("float32", "int8")
    others = [
        time_ms
        for name, time_ms in times_ms.items()
        if not name.startswith("LiteRT") and name.rpartition(" ")[2] in kinds
    ]
    what = f"{network}time of the fastest other runtime over LiteRT {kind}'s"
    return row(what, min(others) / times_ms[f"LiteRT {kind}"], "×", at_least=1.0)


def _runtimes(settings: TrainingSettings, examples: Examples, folder: Path) -> Mapping[str, Answer]:
    """What gives the logits for one window (1, 60, 66), by name."""
    import torch

    from laban.models.deploy.convert import to_lite
    from laban.models.deploy.export import Shown, export
    from laban.models.deploy.loading import load_lite_model
    from laban.models.training.landmarks import build_network
    from laban.models.training.trained import Trained

    torch.manual_seed(0)
    network = build_network(settings, examples).eval()
    card = ModelCard(
        "speed",
        settings.architecture,
        LandmarkInput(examples.spec, examples.clock),
        tuple(map(Head, examples.tasks)),
    )
    trained = Trained(network, card, settings, (), 0)
    shown, converted = Shown.of(examples), to_lite(network, card)
    export(trained, folder / "float.tflite", shown=shown, converted=converted)
    export(trained, folder / "int8.tflite", shown=shown, precision="int8", converted=converted)
    return {
        "LiteRT float32": load_lite_model(folder / "float.tflite").run,
        "LiteRT int8": load_lite_model(folder / "int8.tflite").run,
        "PyTorch float32": _in_pytorch(network),
        **_in_onnx(network, examples, folder),
    }


def _in_pytorch(network: Any) -> Answer:
    import torch

    def answer(window: Any) -> Any:
        values = torch.from_numpy(window)
        with torch.inference_mode():
            return network(values, torch.ones_like(values))[0].numpy()

    return answer


def _in_onnx(network: Any, examples: Examples, folder: Path) -> Mapping[str, Answer]:
    """Through the exporter that keeps the LSTM one operation, for which ONNX Runtime has its own code."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path, small = folder / "model.onnx", folder / "small.onnx"
    window = torch.zeros(1, examples.clock.length, examples.spec.width)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (window, torch.ones_like(window)),
            str(path),
            input_names=["values", "known"],
            output_names=["logits", "embedding"],
            dynamo=False,
        )
        quantize_dynamic(path, small, weight_type=QuantType.QInt8)
    return {"ONNX Runtime float32": _session(path), "ONNX Runtime int8": _session(small)}


def _session(path: Path) -> Answer:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]

    def answer(window: Any) -> Any:
        given = {"values": window, "known": np.ones_like(window)}
        return session.run(["logits"], {name: given[name] for name in names})[0]

    return answer


def _check_agreement(runtimes: Mapping[str, Answer], examples: Examples) -> None:
    """Refuses a runtime with other answers."""
    window = examples.values[:1].copy()
    lite = {
        name: np.concatenate(runtimes[name](window).logits, axis=1)
        for name in ("LiteRT float32", "LiteRT int8")
    }
    answers = lite | {name: answer(window) for name, answer in runtimes.items() if name not in lite}
    for name, logits in answers.items():
        tolerance = _MOST_DIFFERENCE["int8" if name.endswith("int8") else "float32"]
        np.testing.assert_allclose(logits, lite["LiteRT float32"], atol=tolerance, err_msg=name)


def _measured(runtimes: Mapping[str, Answer], examples: Examples) -> dict[str, float]:
    import torch

    rounds: dict[str, list[float]] = {name: [] for name in runtimes}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with one_core():
            for _ in range(_ROUNDS):
                for name, answer in runtimes.items():
                    rounds[name].append(statistics.median(_times_ms(answer, examples)))
    finally:
        torch.set_num_threads(threads)
    return {name: min(times) for name, times in rounds.items()}


def _times_ms(answer: Answer, examples: Examples) -> Iterator[float]:
    for window in examples.values[:, None]:
        given = window.copy()
        began = time.perf_counter()
        answer(given)
        yield 1000 * (time.perf_counter() - began)


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Holds the process to one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _examples() -> Examples:
    clock, spec = WindowSpec(), FeatureSpec()
    values = np.random.default_rng(0).normal(size=(_WINDOWS, clock.length, spec.width)).astype(np.float32)
    nothing = np.zeros(_WINDOWS, dtype=np.int64)
    labels = np.stack([nothing, nothing], axis=1)
    return Examples(
        spec, clock, _TASKS, (Clip("noise", "noise"),), values, labels, nothing, nothing, np.zeros(_WINDOWS)
    )


if __name__ == "__main__":
    print(json.dumps(speed_rows(), indent=1))
