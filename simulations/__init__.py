"""Long simulations whose results are committed: `make coverage`."""
