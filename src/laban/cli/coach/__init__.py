"""`laban coach`: the exercises, the live session, learning an exercise, and the history of workouts."""
