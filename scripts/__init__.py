"""What the project does to itself; none of it is installed."""
