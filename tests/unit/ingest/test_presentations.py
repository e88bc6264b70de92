"""Slides are pages: what is shown on them is read, and what is not is counted."""

from __future__ import annotations

import io
from collections.abc import Callable

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.presentation import Presentation as Show
from pptx.slide import Slide
from pptx.util import Cm, Pt

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Extract, Kind
from tests.unit.ingest.files import read_bytes


def read(write: Callable[[Show], None]) -> Extract:
    show = Presentation()
    write(show)
    out = io.BytesIO()
    show.save(out)
    return read_bytes(out.getvalue(), "a.pptx")


def slide(show: Show, title: str, *lines: str) -> Slide:
    made = show.slides.add_slide(show.slide_layouts[1])
    made.shapes.title.text = title
    made.placeholders[1].text = "\n".join(lines)
    return made


def text_box(on: Slide, text: str, left: float = 1) -> object:
    frame = on.shapes.add_textbox(Cm(left), Cm(1), Cm(5), Cm(2)).text_frame
    frame.text = text
    return frame.paragraphs[0].runs[0].font


def test_titles_lists_tables_and_notes_are_on_their_page() -> None:
    def write(show: Show) -> None:
        first = slide(show, "Bygglov", "Ansök", "Betala")
        first.notes_slide.notes_text_frame.text = "Säg detta"
        second = slide(show, "Avgifter")
        table = second.shapes.add_table(2, 2, Cm(1), Cm(1), Cm(9), Cm(3)).table
        for row, texts in zip(table.rows, (["Vad", "Pris"], ["Altan", "900"]), strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text

    extract = read(write)
    assert [(block.page, block.kind, block.text) for block in extract.blocks] == [
        (1, Kind.HEADING, "Bygglov"),
        (1, Kind.LIST_ITEM, "- Ansök"),
        (1, Kind.LIST_ITEM, "- Betala"),
        (1, Kind.PARAGRAPH, "Säg detta"),
        (2, Kind.HEADING, "Avgifter"),
        (2, Kind.TABLE, "Vad | Pris\nAltan | 900"),
    ]
    assert (extract.title, extract.pages) == ("Bygglov", 2)


def test_hidden_slides_and_shapes_are_left_out_and_counted() -> None:
    def write(show: Show) -> None:
        first = slide(show, "Synlig")
        text_box(first, "Bredvid", left=60)
        text_box(first, "Vitt").color.rgb = RGBColor(255, 255, 255)
        text_box(first, "Smått").size = Pt(1)
        text_box(first, "Gömd")
        first.shapes[-1]._element.nvSpPr.cNvPr.set("hidden", "1")
        slide(show, "Dold sida")._element.set("show", "0")

    extract = read(write)
    assert extract.text == "Synlig"
    assert {(each.code, each.page, each.count) for each in extract.findings} == {
        (finding.HIDDEN_OFF_PAGE, 1, 7),
        (finding.HIDDEN_COLOUR, 1, 4),
        (finding.HIDDEN_SIZE, 1, 5),
        (finding.HIDDEN_STYLE, 1, 4),
        (finding.HIDDEN_SHEET, 2, 9),
    }


def test_white_text_on_a_filled_shape_is_seen() -> None:
    def write(show: Show) -> None:
        first = slide(show, "Rubrik")
        text_box(first, "Vitt på blått").color.rgb = RGBColor(255, 255, 255)
        fill = first.shapes[-1].fill
        fill.solid()
        fill.fore_color.rgb = RGBColor(0, 0, 128)

    extract = read(write)
    assert extract.text == "Rubrik\n\nVitt på blått"
    assert not extract.findings


def test_the_themes_paper_as_colour_is_hidden_on_paper_and_seen_on_a_picture_behind_it() -> None:
    def write(show: Show) -> None:
        first = slide(show, "Rubrik")
        text_box(first, "På papper", left=1).color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
        text_box(first, "På mörkt", left=15).color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
        behind = first.shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(14), Cm(0), Cm(9), Cm(9))
        first.shapes._spTree.insert(2, behind._element)

    extract = read(write)
    assert extract.text == "Rubrik\n\nPå mörkt"
    assert [(each.code, each.count) for each in extract.findings] == [(finding.HIDDEN_COLOUR, 9)]


def test_the_figures_of_a_chart_are_a_table() -> None:
    def write(show: Show) -> None:
        data = CategoryChartData()
        data.categories = ["2024", "2025"]
        data.add_series("Ärenden", (3, 5))
        slide(show, "Statistik").shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(1), Cm(9), Cm(9), data)

    assert read(write).blocks[1].text == " | Ärenden\n2024 | 3\n2025 | 5"
