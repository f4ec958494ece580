"""One file a page: what each page of the site shows."""
