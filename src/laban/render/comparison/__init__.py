"""Two poses or movements beside each other, as images, as curves and as a page."""
