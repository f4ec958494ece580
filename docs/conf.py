"""How the documentation becomes a site: `make docs`, then build/docs/index.html, which opens without network.

Sphinx reads the Markdown pages as they are (MyST) and makes the reference from the docstrings (NumPy style). A warning
is an error. Pages of the repository's root are taken in by the files of `docs/root/`.
"""

from typing import Any

import shteg

project = "shteg"
author = "The shteg developers"
copyright = author
version = release = shteg.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.apidoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "shteg"
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}

apidoc_modules = [
    {
        "path": "../src/shteg",
        "destination": "reference",
        "automodule_options": {"members", "show-inheritance", "ignore-module-all"},
        "max_depth": 2,
    }
]
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_class_signature = "separated"
autodoc_mock_imports = ["pyspark"]
napoleon_google_docstring = False
napoleon_use_param = napoleon_use_rtype = False  # types are said in words, which are no names to link
napoleon_custom_sections = [("Attributes", "params_style")]
default_role = "code"
suppress_warnings = ["ref.python"]  # a word before a colon, which napoleon takes for a type, is no link either


def _skip_borrowed(app: Any, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Leave out of a module's page what another module defines and has on its own page."""
    home = app.env.current_document.autodoc_module
    return True if what == "module" and getattr(thing, "__module__", home) != home else None


def setup(app: Any) -> None:
    """Join Sphinx."""
    app.connect("autodoc-skip-member", _skip_borrowed)
