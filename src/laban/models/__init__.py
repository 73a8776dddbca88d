"""Models: architectures, training, evaluation, and the files that hold them."""
