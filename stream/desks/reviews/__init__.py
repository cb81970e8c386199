"""Internal quality reviews: how well conversations were handled, in the eyes of colleagues."""
