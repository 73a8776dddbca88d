"""A classifier of single pictures: what it is shown, how it learns, and how it is run without PyTorch."""
