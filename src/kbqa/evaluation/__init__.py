"""A question set → figures that tell how well the assistant finds, cites and refuses."""
