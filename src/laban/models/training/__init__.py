"""Learning the weights: splits, augmentation, the loop, checkpoints."""
