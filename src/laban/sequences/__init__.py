"""Operations on sequences: clean, smooth, resample, normalise, and cut into windows."""
