"""How good a model is: metrics, calibration, bootstrap intervals, robustness, label errors."""
