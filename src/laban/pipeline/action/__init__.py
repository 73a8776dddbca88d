"""Jobs about what is done: train, predict, watch, explain, add a class."""
