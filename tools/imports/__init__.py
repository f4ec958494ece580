"""Scripts that make rows of a case from a file downloaded from elsewhere; `README.md` says which and how."""
