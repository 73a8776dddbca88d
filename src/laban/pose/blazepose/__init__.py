"""Our own multi-person BlazePose: detector, landmarker, regions and engine on LiteRT."""
