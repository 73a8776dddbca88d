"""Action recognition: windows of movement, their scores from a model, and the resulting spans."""
