"""What is being done: windows of movement, what a model says of them, and the spans that come of it."""
