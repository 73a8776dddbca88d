"""Clips of images as recognisers from pixels are shown them: sampled, seen, learned from and answered."""
