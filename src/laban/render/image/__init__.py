"""Pages and drawings on image datasets and image classifiers."""
