"""Models as files that run without torch: export, LiteRT, and the models that come with Laban."""
