"""Recognition in figures: each protocol in its module's first lines, targets beside figures."""
