"""Pages and drawings about sets of pictures and about classifiers of them."""
