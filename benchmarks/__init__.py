"""What Laban reaches, measured beside what there was: each module runs on its own and prints JSON."""
