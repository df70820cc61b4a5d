"""Data flows one way: through the rooms of the program, and through the folders of models."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from missing_from_care.base.project import CHECKOUT

ROOMS = (
    *("base", "landing", "response", "disclosure", "documents", "pack", "deadlines", "refresh"),
)
FOLDERS = ("staging", "ledger", "answers", "marts", "quality", "deadlines")


def against_the_stream(
    files: Sequence[Path], order: Sequence[str], read: dict[Path, set[str]]
) -> Iterator[str]:
    """The files that read from a room or folder that comes after their own."""
    for file in files:
        own = order.index(next(part for part in reversed(file.parts[:-1]) if part in order))
        for name in sorted(read[file]):
            if order.index(name) > own:
                yield f"{file.relative_to(CHECKOUT)} reads {name}"


def test_no_room_imports_a_later_one() -> None:
    root = CHECKOUT / "scripts" / "missing_from_care"
    files = [file for file in sorted(root.rglob("*.py")) if file.parent != root]
    assert {file.relative_to(root).parts[0] for file in files} == set(ROOMS)
    imported = re.compile(r"^\s*(?:from|import) missing_from_care\.(\w+)", re.MULTILINE)
    read = {file: set(imported.findall(file.read_text(encoding="utf-8"))) for file in files}
    assert sum(map(len, read.values())) > len(ROOMS)
    assert list(against_the_stream(files, ROOMS, read)) == []


def test_no_folder_of_models_reads_a_later_one() -> None:
    """Lines of comments are left out: dbt's `-- depends_on` says what must hold first."""
    files = sorted((CHECKOUT / "models").rglob("*.sql"))
    folder = {file.stem: file.parent.name for file in files}
    assert set(folder.values()) == set(FOLDERS)
    read = {}
    for file in files:
        text = re.sub(r"^\s*--.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        refs = re.findall(r"ref\(\s*['\"](\w+)['\"]", text)
        read[file] = {folder[name] for name in refs if name in folder}
    assert sum(map(len, read.values())) > len(FOLDERS)
    assert list(against_the_stream(files, FOLDERS, read)) == []
