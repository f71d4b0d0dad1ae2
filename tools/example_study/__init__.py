"""How the invented study is made: disease, measurements, records, and the rows made dirty on purpose."""
