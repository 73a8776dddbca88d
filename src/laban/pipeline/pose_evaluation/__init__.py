"""How close found poses are to labelled ones."""
