"""Files of a case folder: CSV and TOML with their places, the schema of each, corrections, problems in words."""
