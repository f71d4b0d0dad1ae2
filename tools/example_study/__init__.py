"""Makes the bundled study: invented patients with lupus, and rows made dirty on purpose."""
