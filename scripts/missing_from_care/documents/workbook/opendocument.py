"""Writes a workbook as an OpenDocument spreadsheet (ODF 1.3): the same cells, looks and tables."""

from collections.abc import Mapping
from typing import TypeAlias

from lxml import etree
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from missing_from_care.base.fixed_zip import zip_of

KIND = "application/vnd.oasis.opendocument.spreadsheet"
VERSION = "1.3"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = {
    "office": f"{OASIS}:office:1.0",
    "style": f"{OASIS}:style:1.0",
    "text": f"{OASIS}:text:1.0",
    "table": f"{OASIS}:table:1.0",
    "number": f"{OASIS}:datastyle:1.0",
    "meta": f"{OASIS}:meta:1.0",
    "manifest": f"{OASIS}:manifest:1.0",
    "fo": f"{OASIS}:xsl-fo-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}

INCHES_A_CHARACTER = 9 / 96
"""A digit of the body's letters, Arial at 12 points, is nine pixels wide."""

SIDES = {"portrait": ("210mm", "297mm"), "landscape": ("297mm", "210mm")}

Node: TypeAlias = etree._Element
Attributes: TypeAlias = Mapping[str, object]


def as_opendocument(workbook: Workbook) -> bytes:
    """A workbook as `.ods`; the same workbook gives the same bytes.

    Args:
        workbook: texts, numbers, links, tables and looks as `workbook_bytes` makes them; what it
            never makes, such as formulas, is not carried over.
    """
    looks = _Looks()
    sheets = [_sheet(sheet, looks) for sheet in workbook]
    ranges = [
        node(
            "table:database-range",
            {
                "table:name": table.displayName,
                "table:target-range-address": ":".join(
                    _address(sheet.title, corner) for corner in table.ref.split(":")
                ),
                "table:display-filter-buttons": "false",
            },
        )
        for sheet in workbook
        for table in sheet.tables.values()
    ]
    body = node("office:spreadsheet", {}, *sheets, node("table:database-ranges", {}, *ranges))
    parts = {
        "content.xml": document(
            "office:document-content",
            node("office:automatic-styles", {}, *looks.styles),
            node("office:body", {}, body),
        ),
        "styles.xml": document("office:document-styles", *_common_styles(workbook)),
        "meta.xml": document("office:document-meta", _properties(workbook)),
    }
    listed = {"/": KIND} | dict.fromkeys(parts, "text/xml")
    manifest = node(
        "manifest:manifest",
        {"manifest:version": VERSION},
        *(
            node("manifest:file-entry", {"manifest:full-path": path, "manifest:media-type": kind})
            for path, kind in listed.items()
        ),
    )
    return zip_of(parts | {"mimetype": KIND.encode(), "META-INF/manifest.xml": xml(manifest)})


def node(name: str, attributes: Attributes, *children: Node | str) -> Node:
    """An element, its name and its attributes written with their prefixes; a text goes first."""
    made = etree.Element(_full(name), nsmap=NAMESPACES)
    for key, value in attributes.items():
        made.set(_full(key), str(value))
    for child in children:
        if isinstance(child, str):
            made.text = child
        else:
            made.append(child)
    return made


def document(name: str, *children: Node) -> bytes:
    """A part of the document."""
    return xml(node(name, {"office:version": VERSION}, *children))


def xml(root: Node) -> bytes:
    """An element with all below it, as a file."""
    etree.cleanup_namespaces(root)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data


class _Looks:
    """The automatic styles, each once, named in the order in which they are first used."""

    def __init__(self) -> None:
        self.styles: list[Node] = []
        self._names: dict[object, str] = {}

    def name(self, family: str, attributes: Attributes, *children: tuple[str, Attributes]) -> str:
        """The name of a style of a family, which is added if it is new."""
        key = (family, repr(attributes), repr(children))
        if key not in self._names:
            self._names[key] = f"{family}{len(self._names) + 1}"
            named = {"style:name": self._names[key], "style:family": family} | dict(attributes)
            self.styles.append(node("style:style", named, *(node(*each) for each in children)))
        return self._names[key]

    def number(self, decimals: int) -> str:
        """The name of a number format: thousands separated, so many decimals."""
        name = f"number{decimals}"
        if name not in self._names:
            self._names[name] = name
            shape = {
                "number:decimal-places": decimals,
                "number:min-decimal-places": decimals,
                "number:min-integer-digits": 1,
                "number:grouping": "true",
            }
            named = {"style:name": name}
            self.styles.append(node("number:number-style", named, node("number:number", shape)))
        return name

    def of(self, cell: Cell) -> str:
        """The name of the look of a cell."""
        wanted: dict[str, object] = {"style:parent-style-name": _style_name(cell.style)}
        if not isinstance(cell.value, str):
            wanted["style:data-style-name"] = self.number(int(cell.number_format.endswith(".0")))
        place = {
            "fo:wrap-option": "wrap" if cell.alignment.wrap_text else "no-wrap",
            "style:vertical-align": cell.alignment.vertical or "bottom",
            "style:text-align-source": "fix",
            "style:rotation-angle": 0,
            "fo:padding": "0.35mm",
        }
        if cell.border.bottom and cell.border.bottom.style:
            place["fo:border-bottom"] = "0.75pt solid #000000"
        side = {"fo:text-align": "end" if cell.alignment.horizontal == "right" else "start"}
        if cell.alignment.indent:
            side["fo:margin-left"] = f"{cell.alignment.indent / 8}in"
        weight = {"fo:font-weight": "bold" if cell.font.b else "normal"}
        return self.name(
            "table-cell",
            wanted,
            ("style:table-cell-properties", place),
            ("style:paragraph-properties", side),
            ("style:text-properties", weight),
        )


def _sheet(sheet: Worksheet, looks: _Looks) -> Node:
    """A worksheet; the headings of its table are marked up as such and stand on each page."""
    heads = {int(table.ref.split(":")[0].lstrip("A")) for table in sheet.tables.values()}
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
    columns = [
        looks.name(
            "table-column",
            {},
            (
                "style:table-column-properties",
                {"style:column-width": f"{width * INCHES_A_CHARACTER:.4f}in"},
            ),
        )
        for width in widths
    ]
    rows = [
        node("table:table-header-rows", {}, row) if number in heads else row
        for number, row in enumerate((_row(sheet, cells, looks) for cells in sheet), start=1)
    ]
    page = {"style:master-page-name": sheet.page_setup.orientation}
    look = looks.name("table", page, ("style:table-properties", {"table:display": "true"}))
    return node(
        "table:table",
        {"table:name": sheet.title, "table:style-name": look},
        *(node("table:table-column", {"table:style-name": name}) for name in columns),
        *rows,
    )


def _row(sheet: Worksheet, cells: tuple[Cell, ...], looks: _Looks) -> Node:
    height = {
        "style:row-height": f"{sheet.row_dimensions[cells[0].row].height:g}pt",
        "style:use-optimal-row-height": "false",
    }
    if any(each.id == cells[0].row - 1 for each in sheet.row_breaks.brk):
        height["fo:break-before"] = "page"
    look = looks.name("table-row", {}, ("style:table-row-properties", height))
    filled = [cell for cell in cells if cell.value is not None]
    return node("table:table-row", {"table:style-name": look}, *(_cell(c, looks) for c in filled))


def _cell(cell: Cell, looks: _Looks) -> Node:
    look = {"table:style-name": looks.of(cell)}
    if not isinstance(cell.value, str):
        said = f"{cell.value:,.1f}" if cell.number_format.endswith(".0") else f"{cell.value:,}"
        value = {"office:value-type": "float", "office:value": cell.value}
        return node("table:table-cell", look | value, node("text:p", {}, said))
    text: Node | str = cell.value
    if cell.hyperlink:
        target = cell.hyperlink.target or f"#{cell.hyperlink.location.replace('!', '.')}"
        text = node("text:a", {"xlink:type": "simple", "xlink:href": target}, cell.value)
    shown = node("text:p", {}, text)
    return node("table:table-cell", look | {"office:value-type": "string"}, shown)


def _common_styles(workbook: Workbook) -> list[Node]:
    """The cell styles that readers find by name, and the two kinds of page."""
    language, country = workbook.properties.language.split("-")
    named = [
        node(
            "style:default-style",
            {"style:family": "table-cell"},
            node("style:text-properties", {"fo:language": language, "fo:country": country}),
        )
    ]
    for style in workbook._named_styles:
        look = {
            "fo:font-family": style.font.name,
            "fo:font-size": f"{style.font.sz:g}pt",
            "fo:font-weight": "bold" if style.font.b else "normal",
        }
        if style.name == "Hyperlink":
            look |= {"fo:color": "#0563c1", "style:text-underline-style": "solid"}
        names = {"style:name": _style_name(style.name), "style:display-name": style.name}
        if style.name == "Normal":
            names["style:display-name"] = "Default"
        named.append(
            node(
                "style:style",
                names | {"style:family": "table-cell"},
                node("style:text-properties", look),
            )
        )
    pages = [
        node(
            "style:page-layout",
            {"style:name": f"{orientation}-page"},
            node(
                "style:page-layout-properties",
                {
                    "fo:page-width": width,
                    "fo:page-height": height,
                    "style:print-orientation": orientation,
                    "fo:margin": "15mm",
                    "style:scale-to-X": 1,
                    "style:scale-to-Y": 0,
                },
            ),
        )
        for orientation, (width, height) in SIDES.items()
    ]
    masters = [
        node(
            "style:master-page",
            {"style:name": orientation, "style:page-layout-name": f"{orientation}-page"},
        )
        for orientation in SIDES
    ]
    return [
        node("office:styles", {}, *named),
        node("office:automatic-styles", {}, *pages),
        node("office:master-styles", {}, *masters),
    ]


def _properties(workbook: Workbook) -> Node:
    """What the document says of itself."""
    properties = workbook.properties
    day = properties.created.isoformat()
    return node(
        "office:meta",
        {},
        node("dc:title", {}, properties.title),
        *(node("meta:keyword", {}, word) for word in properties.keywords.split(", ")),
        node("meta:initial-creator", {}, properties.creator),
        node("dc:creator", {}, properties.creator),
        node("meta:creation-date", {}, day),
        node("dc:date", {}, day),
        node("dc:language", {}, properties.language),
    )


def _style_name(name: str) -> str:
    """The name of a cell style as ODF writes it."""
    return "Default" if name == "Normal" else name.replace(" ", "_20_")


def _address(sheet: str, cell: str) -> str:
    """A cell in the notation of ODF."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'.{cell}"


def _full(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"
