"""How Sphinx builds the documentation: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from gorev import __version__  # noqa: E402  # of this checkout, whatever is installed

project = "Gorev"
author = "The Gorev authors"
copyright = author  # noqa: A001  # Sphinx' name for it
version = release = __version__

extensions = ["docs.from_code"]
root_doc = "index"
nitpicky = True
default_role = "code"
smartquotes_action = "qe"
highlight_language = "text"

html_theme = "furo"
html_title = f"Gorev {__version__}"
html_static_path = ["static"]
html_css_files = ["gorev.css"]
html_favicon = "static/favicon.svg"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0f766e", "color-brand-content": "#0f766e"},
    "dark_css_variables": {"color-brand-primary": "#5eead4", "color-brand-content": "#5eead4"},
}
