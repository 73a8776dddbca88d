"""A classifier of single images: its input, its training, and running it without PyTorch."""
