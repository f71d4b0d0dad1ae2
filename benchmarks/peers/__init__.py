"""The programs that run peers: each keeps its own time, in its own process."""
