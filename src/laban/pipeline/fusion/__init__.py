"""A recogniser from poses and one from pixels, trained on the same clips, that answer as one."""
