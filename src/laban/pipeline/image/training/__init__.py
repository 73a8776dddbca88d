"""From labelled images to a classifier that is evaluated, exported and ready to use."""
