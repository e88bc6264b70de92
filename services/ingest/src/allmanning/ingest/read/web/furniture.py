"""What a site puts around its author's words: menus, cookie bars, sharing, questions about the page itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, Kind, clean
from allmanning.ingest.read.web.main_content import is_contact

_NEVER: Final = frozenset(
    {"script", "style", "noscript", "template", "nav", "svg", "math", "iframe", "object", "embed", "video", "audio"}
    | {"canvas", "head", "dialog", "select", "input", "textarea", "datalist", "meta", "link", "map", "progress"}
)
_ROLES: Final = frozenset(
    {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar"}
    | {"doc-pagelist", "tablist"}
)
# Names of classes and ids, whole or as a part between hyphens, as SiteVision, WordPress and their themes write them.
_NAMED: Final = re.compile(
    r"(?:^|[\s_-])(?:"
    r"bread-?crumbs?|crumb-?trail|lankstig|you-?are-?here|skip-?(?:link|to|nav)\w*|"
    r"cookie\w*|kakor|kakbanner|gdpr-banner|consent|"
    r"share|sharing|share-?(?:buttons?|links?|bar)|social-?(?:media|share|links?|icons?)|addthis|addtoany|sharedaddy|"
    r"feedback|page-?feedback|rate-?page|was-?this-?helpful|"
    r"pagination|pager|post-navigation|nav-links|nav-?menu|main-?menu|sub-?menu|menu-?container|nav-?bar|"
    r"linkmenu-portlet|searchform-portlet|login-portlet|sitemap-portlet|topmenu|menuportlet|"
    r"read-?speaker|rs_?(?:button|skip|preserve)|lyssna|print-?(?:button|link|page)|toolbox|page-?tools|"
    r"comments?-(?:area|list|respond|form|section)|comment-respond|wp-block-(?:post-)?comments\w*|"
    r"widget-area|sidebar|entry-footer|entry-meta|post-meta|jp-relatedposts|related-?(?:posts|links|content|pages|info)|"
    r"site-?(?:header|footer)|page-?footer|footer-?(?:wrapper|container)|wpadminbar|pop-?up|popup-container|modal"
    r")(?:$|[\s_-])",
    re.IGNORECASE,
)
# Words for those who hear the page: what a link opens in, what an icon shows.
_SPOKEN: Final = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|show-for-sr|env-assistive-text|u-sr-only|"
    r"hidden-visually|assistive-text|sv-hidden-text)(?:$|\s)",
    re.IGNORECASE,
)
_SPOKEN_CHARACTERS: Final = 120
_MOST: Final = 0.6
_MENU_LINKS: Final = 4
_MENU_LINK_CHARACTERS: Final = 25

# What stands alone and is said to the visitor of the page, not written by its author.
_ALONE: Final = re.compile(
    r"(?:- )?(?:stäng|lyssna|skriv ut|skriv ut sidan|dela|dela sidan|dela sida|dela på|dela på facebook|meny|sök|menu|"
    r"search|share|print|listen|close|till toppen|tillbaka till toppen|upp|till sidans topp|hoppa till innehåll(?:et)?|"
    r"gå till innehåll(?:et)?|kopiera länk(?:en)?|tipsa|tipsa en vän|visa mer|visa mindre|läs mer|"
    r"till innehållet på sidan|öppnas i nytt fönster|"
    r"facebook|twitter|x|linkedin|instagram|pinterest|mejl|e-post|tillbaka|föregående|nästa|sökresultat|"
    r"ladda ner|ja|nej|skicka)[:.!]?",
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    r"hjälpte (?:den här |denna )?(?:informationen|sidan|texten)|"
    r"(?:hade du|har du haft) (?:nytta|hjälp) av|"
    r"var (?:den här |denna |innehållet på )?(?:den här |denna )?(?:informationen|sidan|texten) (?:dig )?"
    r"(?:till (?:någon )?hjälp|användbar|hjälpsam)|"
    r"hittade du (?:det|den information|informationen|vad)\b.{0,30}\b(?:sökte|letade)|"
    r"gav (?:den här |denna )?sidan svar på|tyck till om (?:den här |denna )?sidan|"
    r"(?:lämna|skicka) (?:en )?synpunkt(?:er)? (?:på|om) (?:den här |denna )?(?:sidan|webbsidan|webbplatsen)|"
    r"was this (?:page|information) helpful",
    re.IGNORECASE,
)
_QUESTION_CHARACTERS: Final = 160
_SHORT_CHARACTERS: Final = 80
_ASKED_CHARACTERS: Final = 400


def drop_furniture(page: HtmlElement) -> None:
    """Remove what is never content, wherever it stands."""
    whole = len(clean(page.text_content())) or 1
    for element in list(page.iter()):
        if isinstance(element.tag, str) and element.getparent() is not None and _is_furniture(element, whole):
            element.drop_tree()


def drop_menus(root: HtmlElement) -> None:
    """On a page that does not say where its content is: lists of nothing but short links."""
    for menu in list(root.iter("ul", "ol", "div", "table")):
        if menu is root or menu.getparent() is None:
            continue
        links = [clean(link.text_content()) for link in menu.iter("a")]
        letters = len("".join(links))
        short = len(links) >= _MENU_LINKS and letters <= _MENU_LINK_CHARACTERS * len(links)
        if short and letters >= len(clean(menu.text_content())) * 0.8:
            menu.drop_tree()


def drop_questions(root: HtmlElement) -> None:
    """Remove "Hjälpte informationen dig?" with its buttons: the largest box around it that says little else."""
    for element in list(root.iter("p", "h2", "h3", "h4", "legend", "label", "div", "span", "strong", "button")):
        own = clean(element.text_content())
        is_there = any(around is root for around in element.iterancestors())
        if not is_there or len(own) > _QUESTION_CHARACTERS or not _ASKED.search(own):
            continue
        box = element
        for around in element.iterancestors():
            if around is root or around.tag in ("body", "main", "article") or _is_more(around):
                break
            box = around
        if box is not root and box.getparent() is not None:
            box.drop_tree()


def without_furniture(blocks: Sequence[Block]) -> list[Block]:
    """Without blocks that a site says on every page, and headings that are left with nothing under them for it."""
    kept: list[Block] = []
    dropped = False
    for block in blocks:
        alone = block.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.HEADING) and _ALONE.fullmatch(block.text)
        if alone and not (block.kind is Kind.HEADING and block.level == 1):
            dropped = True
            continue
        kept.append(block)
    while dropped and kept and kept[-1].kind is Kind.HEADING and kept[-1].level > 1:
        kept.pop()
    return kept


def without_preamble(blocks: Sequence[Block]) -> Sequence[Block]:
    """On a page that does not say where its content is: without the short lines that stand before its title."""
    at = next((index for index, block in enumerate(blocks) if block.level == 1), 0)
    before = blocks[:at]
    if any(len(block.text) > _SHORT_CHARACTERS or block.text.endswith(".") for block in before):
        return blocks
    return blocks[at:]


def _is_furniture(element: HtmlElement, whole: int) -> bool:
    tag = str(element.tag)
    if tag in _NEVER:
        return True
    if tag in ("html", "body", "main"):
        return False
    if tag == "button":
        # One that opens a panel is the panel's heading.
        return not _is_heading(element)
    if element.get("role", "") in _ROLES:
        return not _holds_most(element, whole)
    named = f"{element.get('class', '')} {element.get('id', '')}"
    if _SPOKEN.search(named) and len(clean(element.text_content())) <= _SPOKEN_CHARACTERS:
        return True
    if _NAMED.search(named):
        return not _holds_most(element, whole) and not is_contact(element)
    # Inside an article, header and footer hold its heading and its signature.
    return (
        tag in ("header", "footer", "aside")
        and not any(parent.tag in ("main", "article") for parent in element.iterancestors())
        and not (tag == "aside" and is_contact(element))
    )


def _is_heading(button: HtmlElement) -> bool:
    if "aria-expanded" in button.attrib or "aria-controls" in button.attrib or "data-bs-target" in button.attrib:
        return len(clean(button.text_content())) >= 3
    return any(parent.tag in ("h2", "h3", "h4", "h5", "summary", "dt") for parent in button.iterancestors())


def _holds_most(element: HtmlElement, whole: int) -> bool:
    if next(element.iter("main"), None) is not None:
        return True
    text = len(clean(element.text_content()))
    return text >= whole * _MOST or (next(element.iter("h1"), None) is not None and text > 500)


def _is_more(around: HtmlElement) -> bool:
    return len(clean(around.text_content())) > _ASKED_CHARACTERS or next(around.iter("h1", "table"), None) is not None
