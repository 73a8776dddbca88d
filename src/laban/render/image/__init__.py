"""Pages and drawings about sets of images and about classifiers of them."""
