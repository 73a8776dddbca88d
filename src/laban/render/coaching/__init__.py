"""Coaching as images and pages: the live image, the summary of a workout, and progress over workouts."""
