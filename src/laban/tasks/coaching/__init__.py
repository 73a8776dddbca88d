"""How close one pose or movement is to another, where it differs, and the repetitions in it."""
