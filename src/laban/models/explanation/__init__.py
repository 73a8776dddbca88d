"""Which joints and instants decided an answer: attribution by occlusion and by gradients."""
