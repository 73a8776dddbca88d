"""How much changes in a clip: the mean change from frame to frame and the mean distance from the clip's mean.

What is in view, which teaches a camera's background, is left out.
"""

from laban.models.video.networks import TimeNetwork
from laban.models.video.networks.mean import Mean, MeanSettings

NETWORK = TimeNetwork(MeanSettings, Mean, rows=("pace", "distance"))
