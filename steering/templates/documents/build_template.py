"""Builds the two Word templates of committees. Run it by hand after changing it, or change the
.docx files in a word processor: what stands between braces is filled by ``steering.exports``."""

import zipfile
from io import BytesIO
from pathlib import Path

import typst
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

HERE = Path(__file__).resolve().parent
TEXT_FONT, TITLE_FONT = "Atkinson Hyperlegible Next", "Bricolage Grotesque"
SUBSTITUTE = "Verdana"
PINE, SOFT, LINE = "17594A", "5C5549", "DFD5C5"
# The page of the letterhead: 210 mm less two margins of 18.
WIDTH_MM = 174
# Twentieths of a point: the usual margin of a cell.
CELL_MARGIN = 108
EPOCH = (2026, 1, 1, 0, 0, 0)

# Title, width in millimetres, side on which the text stands.
Columns = tuple[tuple[str, float, str], ...]
TABLE_PROPERTIES = ("tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook")

AGENDA_COLUMNS: Columns = (
    ("{{ columns[0] }}", 9, "right"),
    ("{{ columns[1] }}", 17.5, "right"),
    ("{{ columns[2] }}", 75.5, "left"),
    ("{{ columns[3] }}", 24, "left"),
    ("{{ columns[4] }}", 32, "left"),
    ("{{ columns[5] }}", 16, "right"),
)
ACTION_COLUMNS: Columns = (
    ("{{ columns[0] }}", 14, "left"),
    ("{{ columns[1] }}", 67, "left"),
    ("{{ columns[2] }}", 36, "left"),
    ("{{ columns[3] }}", 34, "left"),
    ("{{ columns[4] }}", 32, "left"),
)


def build(folder: Path) -> None:
    """Write ``agenda.docx`` and ``decision_record.docx`` into the folder."""
    _save(_agenda(), folder / "agenda.docx")
    _save(_decision_record(), folder / "decision_record.docx")


def _agenda() -> WordDocument:
    document = _letterhead()
    table = _table(document, AGENDA_COLUMNS)
    _tag_row(table, "{%tr for point in points %}")
    cells = _new_row(table)
    _choose_bold(cells[0].paragraphs[0], "point.is_decision", "{{ point.rank }}")
    for cell, name in zip(
        cells[1:], ("hour", "title", "kind", "rapporteur", "duration"), strict=True
    ):
        cell.paragraphs[0].add_run(f"{{{{ point.{name} }}}}")
    _tag_row(table, "{%tr endfor %}")
    _finish_table(table, AGENDA_COLUMNS)
    _tag(document, "{%p if proposals %}")
    document.add_heading("{{ proposals_title }}", 2)
    _tag(document, "{%p for proposal in proposals %}")
    document.add_heading("{{ proposal.title }}", 3)
    _tag(document, "{%p if proposal.synthesis or proposal.recused %}")
    paragraph = document.add_paragraph("{{ proposal.synthesis }} ")
    paragraph.add_run("{{ proposal.recused }}").bold = True
    paragraph.paragraph_format.keep_with_next = True
    _tag(document, "{%p endif %}")
    _barred(document, "{{ proposal_word }}", " {{ proposal.text }}")
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p endif %}")
    document.add_paragraph("{{ pieces }}", style="Note")
    return document


def _decision_record() -> WordDocument:
    document = _letterhead()
    document.add_heading("{{ decisions_title }}", 2)
    _tag(document, "{%p for decision in decisions %}")
    document.add_heading("{{ decision.title }}", 3)
    _barred(document, "{{ decision.outcome }}", " {{ decision.text }}")
    _tag(document, "{%p for line in decision.lines %}")
    document.add_paragraph("{{ line }}").paragraph_format.space_after = Pt(1)
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p if actions %}")
    document.add_heading("{{ actions_title }}", 2)
    _tag(document, "{%p endif %}")
    _tag(document, "{%p if actions %}")
    table = _table(document, ACTION_COLUMNS)
    _tag_row(table, "{%tr for action in actions %}")
    for cell, name in zip(
        _new_row(table), ("number", "task", "owner", "due", "state"), strict=True
    ):
        cell.paragraphs[0].add_run(f"{{{{ action.{name} }}}}")
    _tag_row(table, "{%tr endfor %}")
    _finish_table(table, ACTION_COLUMNS)
    _tag(document, "{%p endif %}")
    document.add_paragraph("{{ approval }}", style="Note")
    return document


def _letterhead() -> WordDocument:
    document = Document()
    _page(document)
    _styles(document)
    properties = document.core_properties
    properties.title, properties.author = "{{ title }}", "{{ fabrique }}"
    properties.language, properties.comments = "fr-FR", ""
    head = document.add_table(rows=1, cols=2)
    head.autofit = False
    mark, name = head.rows[0].cells
    for column, cell, width in zip(head.columns, (mark, name), (20, WIDTH_MM - 20), strict=True):
        column.width = cell.width = Mm(width)
    _set_cell_margins(head, left=0)
    _picture(mark.paragraphs[0].add_run(), "mark(height: 15mm)", Mm(16.875))
    name.paragraphs[0].style = document.styles["Letterhead"]
    name.paragraphs[0].add_run("{{ fabrique }}")
    carrier = name.add_paragraph("{{ carrier }}", style="Note")
    carrier.paragraph_format.space_before = carrier.paragraph_format.space_after = Pt(0)
    name.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    course = document.add_paragraph()
    course.paragraph_format.space_after = Pt(4)
    _picture(course.add_run(), "course()", Mm(WIDTH_MM))
    line = document.add_paragraph()
    line.paragraph_format.space_after = Pt(2)
    line.add_run("{{ committee }}").bold = True
    line.add_run(" · {{ reference }}")
    document.add_heading("{{ title }}", 1)
    _tag(document, "{%p for line in when %}")
    document.add_paragraph("{{ line }}").paragraph_format.space_after = Pt(1)
    _tag(document, "{%p endfor %}")
    return document


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(16), Mm(18)
    section.footer_distance = Mm(9)
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Footer"]
    stops = _style(document, "Footer").paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Mm(WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run("{{ foot }}\tpage ")
    _field(foot, "PAGE")
    foot.add_run(" sur ")
    _field(foot, "NUMPAGES")


def _styles(document: WordDocument) -> None:
    styles = document.styles
    _font(_style(document, "Normal"), TEXT_FONT, 10.5)
    normal = _style(document, "Normal").paragraph_format
    normal.line_spacing, normal.space_after = 1.12, Pt(4)
    for level, size, before, after in ((1, 20, 2, 5), (2, 13, 12, 4), (3, 11.5, 8, 3)):
        heading = _style(document, f"Heading {level}")
        _font(heading, TITLE_FONT, size, bold=True)
        shape = heading.paragraph_format
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        shape.line_spacing, shape.keep_with_next = 1.15, True
    for name, font, size, bold in (
        ("Note", TEXT_FONT, 9, False),
        ("Letterhead", TITLE_FONT, 12.5, True),
        ("Proposal", TEXT_FONT, 10.5, False),
    ):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _style(document, name).base_style = styles["Normal"]
        _font(_style(document, name), font, size, bold=bold)
    _style(document, "Letterhead").paragraph_format.space_after = Pt(0)
    _style(document, "Note").paragraph_format.space_before = Pt(6)
    # The border first: what is set afterwards goes to its place in the order of the schema.
    _append(
        _style(document, "Proposal").element.get_or_add_pPr(),
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="32" w:space="9" '
        f'w:color="{PINE}"/></w:pBdr>',
    )
    proposal = _style(document, "Proposal").paragraph_format
    proposal.left_indent, proposal.space_after = Mm(5), Pt(8)
    proposal.keep_together = True
    _font(_style(document, "Footer"), TEXT_FONT, 9, colour=SOFT)
    language = styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), "fr-FR")
    zoom = document.settings.element.find(qn("w:zoom"))
    zoom.addnext(parse_xml(f"<w:embedTrueTypeFonts {nsdecls('w')}/>"))


def _style(document: WordDocument, name: str) -> ParagraphStyle:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - every name here is a paragraph style
    return style


def _font(
    style: ParagraphStyle, name: str, size: float, *, bold: bool = False, colour: str = "000000"
) -> None:
    style.font.name, style.font.size, style.font.bold = name, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), name)


def _table(document: WordDocument, columns: Columns) -> Table:
    table: Table = document.add_table(rows=1, cols=len(columns))
    # Widths may grow for a longer word or another font.
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, True
    for cell, (title, _, _) in zip(table.rows[0].cells, columns, strict=True):
        run = cell.paragraphs[0].add_run(title)
        run.bold, run.font.size = True, Pt(9)
    _append(table.rows[0]._tr.get_or_add_trPr(), f"<w:tblHeader {nsdecls('w')}/>")
    _append(
        table._tbl.tblPr,
        (
            f'<w:tblBorders {nsdecls("w")}><w:insideH w:val="single" w:sz="4" w:color="{LINE}"/>'
            f'<w:bottom w:val="single" w:sz="4" w:color="{LINE}"/></w:tblBorders>'
        ),
    )
    indent = f'<w:tblInd {nsdecls("w")} w:w="{CELL_MARGIN}" w:type="dxa"/>'
    _append(table._tbl.tblPr, indent)
    _set_cell_margins(table, left=CELL_MARGIN)
    return table


def _set_cell_margins(table: Table, *, left: int) -> None:
    _append(
        table._tbl.tblPr,
        (
            f'<w:tblCellMar {nsdecls("w")}><w:left w:w="{left}" w:type="dxa"/>'
            f'<w:right w:w="{CELL_MARGIN}" w:type="dxa"/></w:tblCellMar>'
        ),
    )
    _in_schema_order(table)


def _finish_table(table: Table, columns: Columns) -> None:
    for row in table.rows:
        _append(row._tr.get_or_add_trPr(), f"<w:cantSplit {nsdecls('w')}/>")
        for cell, (_, width, side) in zip(row.cells, columns, strict=False):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            shape = paragraph.paragraph_format
            shape.space_before, shape.space_after, shape.line_spacing = Pt(3), Pt(3), 1.0
            if side == "right":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for cell in table.rows[0].cells:
        cell.paragraphs[0].paragraph_format.space_before = Pt(9)
        _rule_under(cell)
    for column, (_, width, _) in zip(table.columns, columns, strict=True):
        column.width = Mm(width)


def _rule_under(cell: _Cell) -> None:
    _append(
        cell._tc.get_or_add_tcPr(),
        (
            f'<w:tcBorders {nsdecls("w")}><w:bottom w:val="single" w:sz="8" '
            'w:color="000000"/></w:tcBorders>'
        ),
    )


def _new_row(table: Table) -> tuple[_Cell, ...]:
    cells: tuple[_Cell, ...] = table.add_row().cells
    return cells


def _in_schema_order(table: Table) -> None:
    """Word refuses a file whose table properties are not in the order of ECMA-376, § 17.4.59."""
    properties = table._tbl.tblPr
    order = [qn(f"w:{name}") for name in TABLE_PROPERTIES]
    for child in sorted(properties, key=lambda child: order.index(str(child.tag))):
        properties.append(child)


def _tag_row(table: Table, tag: str) -> None:
    _new_row(table)[0].paragraphs[0].add_run(tag)


def _tag(document: WordDocument, tag: str) -> None:
    document.add_paragraph(tag)


def _choose_bold(paragraph: Paragraph, condition: str, value: str) -> None:
    paragraph.add_run(f"{{%r if {condition} %}}")
    paragraph.add_run(value).bold = True
    paragraph.add_run("{%r else %}")
    paragraph.add_run(value)
    paragraph.add_run("{%r endif %}")


def _barred(document: WordDocument, word: str, text: str) -> None:
    paragraph = document.add_paragraph(style="Proposal")
    paragraph.add_run(word).bold = True
    paragraph.add_run(text)


def _field(paragraph: Paragraph, code: str) -> None:
    number = f'<w:fldSimple {nsdecls("w")} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    _append(paragraph._p, number)


def _append(element: BaseOxmlElement, xml: str) -> None:
    element.append(parse_xml(xml))


def _picture(run: Run, drawing: str, width: Mm) -> None:
    """Put a drawing of ``letterhead.typ``; it is decorative, and says so to screen readers."""
    source = (
        f'#import "letterhead.typ": course, mark\n'
        f"#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#{drawing}\n"
    )
    scratch = HERE / ".drawing.typ"
    scratch.write_text(source, encoding="utf-8")
    try:
        png = typst.compile(str(scratch), root=str(HERE), format="png", ppi=300)
    finally:
        scratch.unlink()
    shape = run.add_picture(BytesIO(png), width=width)
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")
    properties = shape._inline.docPr
    properties.set("descr", "")
    _append(
        properties,
        (
            '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
            '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/'
            'decorative" val="1"/></a:ext></a:extLst>'
        ),
    )


def _save(document: WordDocument, path: Path) -> None:
    """Write the file with a font table that names a substitute, and the same bytes each time."""
    raw = BytesIO()
    document.save(raw)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{SUBSTITUTE}"/><w:family w:val="swiss"/>'
        f'<w:pitch w:val="variable"/></w:font>'
        for name in (TEXT_FONT, TITLE_FONT)
    )
    font_table = f"<w:fonts {nsdecls('w', 'r')}>{fonts}</w:fonts>".encode()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/fontTable.xml":
                content = font_table
            entry = zipfile.ZipInfo(name, EPOCH)
            target.writestr(entry, content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    build(HERE)
