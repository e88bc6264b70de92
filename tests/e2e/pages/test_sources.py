"""What is cited or found opens at the words, in yellow and in view, whatever kind of file it came from."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.async_api import expect

from tests.browser import needs_chromium, violations, visit

pytestmark = needs_chromium

_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = "application/pdf"
# A media type, and words of a document of that kind.
KINDS = {
    PDF: "tillstånd att servera alkohol",
    f"{_OFFICE}.wordprocessingml.document": "bidrag för att anpassa din bostad",
    f"{_OFFICE}.spreadsheetml.sheet": "bygglov plank eller mur avgift",
    "text/html": "altan i markhöjd bygglov",
}
# How much of the picture of a page is as yellow as marked lines are, and where the first such row is, in 0..1.
YELLOW = """async (image) => {
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let first = -1, count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] > 220 && data[at + 1] > 160 && data[at + 1] < 215 && data[at + 2] < 130) {
      count += 1;
      if (first < 0) first = at / 4 / canvas.width / canvas.height;
    }
  }
  return { count, first };
}"""


async def test_a_found_sentence_is_yellow_and_in_view_in_pdf_word_a_table_and_a_web_page(demo, keys, browser, shots):
    page = await visit(browser, demo.url, keys["caseworker"])
    await page.set_viewport_size({"width": 1280, "height": 900})
    for kind, name in zip(KINDS, ("pdf", "word", "table", "html"), strict=True):
        await page.goto(f"/search?{urlencode({'q': KINDS[kind], 'media_types': kind})}")
        hit = page.locator(".results article").first
        quote = await hit.get_attribute("data-quote")
        await hit.get_by_role("link").first.press("Enter")
        marks = page.locator("mark")
        await expect(marks.first).to_be_attached()
        await page.wait_for_load_state("networkidle")
        # Spaces between a table's cells are the table's.
        said = "".join("".join(await marks.all_inner_texts()).split())
        assert said == "".join(quote.replace("|", "").split()), name
        if kind == PDF:
            picture = page.locator("#citat img")
            await expect(picture).to_be_in_viewport()
            yellow = await picture.evaluate(YELLOW)
            assert yellow["count"] > 1000
            box = await picture.bounding_box()
            assert 0 <= box["y"] + yellow["first"] * box["height"] <= 900, "the yellow lines are out of view"
        else:
            await expect(page.locator("#citat")).to_be_in_viewport()
            ground = await page.locator("#citat").evaluate("(mark) => getComputedStyle(mark).backgroundColor")
            assert ground == "rgb(242, 193, 78)"
        if name == "table":
            await expect(page.locator("td mark, th mark").first).to_be_visible()
        assert (name, await violations(page)) == (name, [])
        await page.screenshot(path=shots / f"source-{name}.png")
