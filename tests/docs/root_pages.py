"""A hook of MkDocs: the site also has the pages that lie in the repository's root folder.

Links between them and the pages in `docs/` lead to the same pages in the site as in the repository.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

_PAGES = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}
_TO_ROOT = re.compile(rf"\]\(\.\./((?:\.\./)*)({'|'.join(map(re.escape, _PAGES))})")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages, with links as they are in the site."""
    for name, page in _PAGES.items():
        text = Path(config.config_file_path).with_name(name).read_text()
        files.append(File.generated(config, page, content=text.replace("](docs/", "](")))
    return files


def on_page_markdown(markdown: str, **_given: object) -> str:
    """Turn links that leave `docs/` into links to the pages added."""
    return _TO_ROOT.sub(lambda link: f"]({link[1]}{_PAGES[link[2]]}", markdown)
