"""Pages, forms, and the frame around them."""
