"""Two poses or movements compared side by side: images, curves and a page."""
