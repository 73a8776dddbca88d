"""Steps from one sequence to the next: clean, smooth, resample, normalise, cut; and files, in ``io``."""
