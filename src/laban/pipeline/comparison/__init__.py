"""Jobs about two performances or poses: compare them, count repetitions, show them."""
