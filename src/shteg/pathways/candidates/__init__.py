"""The futures of any candidate of the ladder as of any day, by the engine that simulates those of the aspirant."""
