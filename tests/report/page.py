#!/usr/bin/env python3
"""page.py PAGE.html [FOLDER]: opens a report in headless Chromium through chromedriver (WebDriver, standard library only).

Checks at 1280 and 400 pixels, light and dark: no console message, every chart has marks, nothing is wider than the
window, a real click on a row of the table and on a line of the path selects that trial everywhere. Writes screenshots
to FOLDER. Exit code 77 where there is no browser.
"""
import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

PAGE = os.path.abspath(sys.argv[1])
FOLDER = sys.argv[2] if len(sys.argv) > 2 else None


def skip(why):
    print(f"SKIPPED: the page test needs Chromium and its driver: {why}")
    sys.exit(77)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    def __init__(self, driver, chromium, width, height):
        self.port = free_port()
        self.process = subprocess.Popen([driver, f"--port={self.port}"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        options = {"binary": chromium,
                   "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                            "--disable-dev-shm-usage", f"--window-size={width},{height}"]}
        if width < 600:
            options["mobileEmulation"] = {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1,
                                                            "touch": False}}
        capabilities = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self.base = f"http://127.0.0.1:{self.port}"
        for _ in range(100):
            try:
                answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
                break
            except urllib.error.HTTPError:
                raise
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("chromedriver does not answer")
        self.base += "/session/" + answer["sessionId"]

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def cdp(self, command, **params):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def run(self, script, *args):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def click_at(self, x, y):
        self.call("POST", "/actions", {"actions": [
            {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
                {"type": "pointerMove", "duration": 0, "x": int(round(x)), "y": int(round(y))},
                {"type": "pointerDown", "button": 0}, {"type": "pause", "duration": 40},
                {"type": "pointerUp", "button": 0}]}]})

    def shot(self, name):
        if FOLDER:
            size = self.run("return [innerWidth, document.documentElement.scrollHeight]")
            png = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, format="png",
                           clip={"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1})
            with open(os.path.join(FOLDER, name), "wb") as f:
                f.write(base64.b64decode(png["data"]))

    def close(self):
        try:
            self.call("DELETE", "")
        except OSError:
            pass
        self.process.terminate()
        self.process.wait(10)


FAILED = []


def check(condition, text):
    if not condition:
        FAILED.append(text)
        print("FAILED:", text)


def wait_ready(b):
    for _ in range(300):
        if b.run("return document.documentElement.dataset.ready ?? null") is not None:
            return
        time.sleep(0.1)
    check(False, "the page is not drawn after 30 s")


CHARTS = """return [...document.querySelectorAll('.chart')].map(c => ({
  what: c.dataset.spec, text: c.querySelector('svg') ? '' : c.textContent,
  marks: c.querySelectorAll('.mark-symbol path, .mark-rect.role-mark path, .mark-line path').length,
  axes: [...c.querySelectorAll('.role-axis-title text')].map(t => t.textContent)}))"""
STATE = """return {row: document.querySelector('#trials tr.picked')?.id ?? null,
  note: document.querySelector('.selected')?.textContent ?? ''}"""


def check_drawn(b, name):
    for entry in b.call("POST", "/se/log", {"type": "browser"}):
        check(False, f"{name}: console: {entry['level']} {entry['message'][:300]}")
    charts = b.run(CHARTS)
    for chart in charts:
        check(chart["marks"] > 0, f"{name}: {chart['what']} has no marks {chart['text']}")
        check(chart["text"] == "", f"{name}: {chart['what']}: {chart['text']}")
    wide = b.run("return document.documentElement.scrollWidth - innerWidth")
    check(wide <= 1, f"{name}: the page is {wide} pixels wider than the window")
    return len(charts)


def check_selection(b, name):
    """A real click on a row selects; a real click on a line selects another trial."""
    row = b.run("""const r = document.querySelectorAll('#trials tbody tr')[3]; if (!r) return null;
      const button = r.querySelector('button'); button.scrollIntoView({block: 'center'});
      const q = button.getBoundingClientRect(); return [r.id, q.x + q.width / 2, q.y + q.height / 2]""")
    if row is None:
        return
    b.click_at(row[1], row[2])
    time.sleep(0.3)
    state = b.run(STATE)
    check(state["row"] == row[0], f"{name}: a click on {row[0]} selects {state}")
    line = b.run("""const all = [...document.querySelectorAll('.chart path')].filter(p =>
        p.__data__ && p.__data__.mark.name === 'line' && p.__data__.datum.trial != arguments[0]);
      for (const p of all.reverse()) {
        const box = p.closest('.chart'); box.scrollIntoView({block: 'center'});
        const m = p.getScreenCTM(), n = p.getTotalLength();
        for (let s = 0.02; s < 1; s += 0.02) {
          const q = p.getPointAtLength(s * n).matrixTransform(m);
          if (document.elementFromPoint(q.x, q.y) === p) return [p.__data__.datum.trial, q.x, q.y];
        }
      }
      return null""", int(row[0].split("-")[1]))
    check(line is not None, f"{name}: no line of the path can be reached by the mouse")
    if line:
        b.click_at(line[1], line[2])
        time.sleep(0.3)
        state = b.run(STATE)
        check(state["row"] == f"trial-{line[0]}", f"{name}: a click on the line of trial {line[0]} selects {state}")
        check(f"trial {line[0]}," in state["note"], f"{name}: the note says {state['note']}")


def main():
    driver = shutil.which("chromedriver")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not driver or not chromium:
        skip("Debian: apt-get install chromium chromium-driver")
    print(re.sub(r"\s+", " ", subprocess.run([chromium, "--version", "--no-sandbox"], capture_output=True, text=True).stdout))
    for width, height in ((1280, 900), (400, 800)):
        b = Browser(driver, chromium, width, height)
        try:
            for scheme in ("light", "dark"):
                name = f"{width}-{scheme}"
                b.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                b.call("POST", "/url", {"url": "file://" + PAGE})
                wait_ready(b)
                charts = check_drawn(b, name)
                b.shot(f"{name}.png")
                check_selection(b, name)
                b.shot(f"{name}-selected.png")
                check_drawn(b, name + " after clicks")
                print(f"{name}: {charts} charts")
        finally:
            b.close()
    sys.exit(1 if FAILED else 0)


main()
