"""Two poses or movements beside each other, as pictures, as curves and as a page."""
