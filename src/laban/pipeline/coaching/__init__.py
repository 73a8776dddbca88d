"""Jobs about a workout: coach it live, keep what was done."""
