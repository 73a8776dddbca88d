"""Jobs about workouts: live coaching, and its files."""
