"""Recognition in figures: what part 6 asks for, each protocol in its module's docstring, targets beside figures."""
