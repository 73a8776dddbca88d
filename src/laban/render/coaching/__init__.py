"""What a trainee is shown: the live image, the summary of a workout, and progress from one to the next."""
