"""A page in Chromium with everything it asked for and complained of."""

import json
import shutil
from contextlib import contextmanager

CHROMIUM = shutil.which("chromium")


@contextmanager
def chromium_browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


class Seen:
    """A page with everything it asked for and complained of."""

    def __init__(self, browser, address, *, size=(1400, 900), **options):
        self.requests, self.complaints, self.dialogs = [], [], []
        self.context = browser.new_context(
            viewport=dict(zip(("width", "height"), size, strict=True)), **options
        )
        self.context.route("**/*", self.only_the_file)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("dialog", self.refuse)
        self.page.goto(address)
        self.page.wait_for_function("window.layoutplanReview && layoutplanReview.drawnMs > 0")

    def only_the_file(self, route):
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            route.abort()

    def refuse(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def state(self, name):
        return self.page.evaluate(f"layoutplanReview.{name}")

    def choose(self, name, value):
        self.page.check(f"input[name={name}][value='{value}']", force=True)

    def find(self, text):
        self.page.fill("#search", text)
        self.page.press("#search", "Enter")

    def start_again(self):
        """Bring the page back to what it shows when it is opened, without loading it anew."""
        self.page.emulate_media(media="screen")
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("Escape")
        self.page.fill("#search", "")
        for name, value in (("lang", "zh"), ("plan", "1"), ("theme", "minutes"), ("band", "all")):
            self.choose(name, value)
        self.choose("lines", "moved")
        self.page.uncheck("#swipe")
        self.page.select_option("#town", "-1")
        self.page.evaluate(
            """() => {
                const slider = document.getElementById('half');
                slider.value = slider.max;
                slider.dispatchEvent(new Event('input'));
            }"""
        )

    def contents(self):
        text = self.page.evaluate("document.getElementById('review-contents').textContent")
        return json.loads(text)

    def close(self):
        """Close the page and make sure that it asked for nothing and complained of nothing."""
        self.context.close()
        assert len(self.requests) == 1
        assert not self.complaints, self.complaints
        assert not self.dialogs, self.dialogs
