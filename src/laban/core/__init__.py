"""The values that flow through Laban: frames, poses, sequences, features and spans of time."""
