"""One module per page or deed: asks neighbours in the visitor's name and shapes what the page shows."""
