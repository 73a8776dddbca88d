"""LSTMs written out say what PyTorch's say."""

import pytest
import torch
from torch import nn

from laban.models.deploy.unrolled_lstm import unrolled


@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
def test_an_lstm_written_out_has_the_same_states(both_ways: bool, layers: int) -> None:
    torch.manual_seed(0)
    memory = nn.LSTM(5, 4, layers, batch_first=True, bidirectional=both_ways).eval()
    window = torch.randn(1, 7, 5)
    twin = unrolled(nn.ModuleDict({"inner": nn.ModuleDict({"memory": memory})}))
    with torch.no_grad():
        wanted, _ = memory(window)
        found, nothing = twin["inner"]["memory"](window)
    assert nothing is None
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-6)


def test_the_network_itself_is_left_as_it_was() -> None:
    network = nn.Sequential(nn.LSTM(3, 2, batch_first=True))
    assert not isinstance(unrolled(network)[0], nn.LSTM)
    assert isinstance(network[0], nn.LSTM)
