"""Jobs of action recognition: train, predict, watch, explain, add a class."""
