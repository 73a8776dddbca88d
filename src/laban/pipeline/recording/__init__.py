"""From a source to a recording of its people: the ground of the other jobs."""
