"""A classifier of single images: what it is shown, how it learns, and how it is run without PyTorch."""
