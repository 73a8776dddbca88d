"""The one place that runs a neural network."""
