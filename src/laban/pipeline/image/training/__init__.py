"""From labelled images to a classifier that is judged, exported and ready to use."""
