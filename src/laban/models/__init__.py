"""What learns: architectures, training, judging, and the files that models travel in."""
