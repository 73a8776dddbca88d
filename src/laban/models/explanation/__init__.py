"""Which joints and moments decided an answer: attribution, occlusion, and whether it is faithful."""
