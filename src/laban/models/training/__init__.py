"""Training: splits, augmentation, the loop, checkpoints."""
