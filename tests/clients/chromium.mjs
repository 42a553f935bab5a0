// A page in headless Chromium, asked over the DevTools protocol: a pipe, zeros between messages.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const most_milliseconds = 60_000;

export class Chromium {
  static async start() {
    const browser = new Chromium();
    await browser.#begin();
    return browser;
  }

  async #begin() {
    this.folder = mkdtempSync(join(tmpdir(), "aipol-chromium-"));
    // What is opened is our own files; the sandbox needs what containers do not give.
    const options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
      "--disable-background-networking", "--no-first-run", `--user-data-dir=${this.folder}`, "about:blank"];
    this.process = spawn("chromium", options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.process.on("error", (error) => this.#end(error));
    this.process.on("exit", () => this.#end(new Error("chromium has ended")));
    this.waiting = new Map();
    this.listeners = new Set();
    this.sent = 0;
    let rest = Buffer.alloc(0);
    this.process.stdio[4].on("data", (piece) => {
      rest = Buffer.concat([rest, piece]);
      for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1)) this.#take(JSON.parse(rest.subarray(0, end)));
    });
  }

  #end(error) {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  #take(message) {
    const waiter = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (!waiter) for (const listener of [...this.listeners]) listener(message);
    else if (message.error) waiter.reject(new Error(message.error.message));
    else waiter.resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.sent;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), most_milliseconds);
      const settle = (done) => (value) => { clearTimeout(timer); done(value); };
      this.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  // Media features are `{ "prefers-color-scheme": "dark" }` and their like.
  async open(file, { width = 1280, height = 900, features = {}, media = "" } = {}) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, targetId, sessionId);
    for (const domain of ["Page", "Network", "Runtime", "Log", "Accessibility"]) await page.send(`${domain}.enable`);
    await page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await page.send("Emulation.setEmulatedMedia", { media, features: Object.entries(features).map(([name, value]) => ({ name, value })) });
    await page.load(pathToFileURL(file).href);
    return page;
  }

  async stop() {
    const gone = once(this.process, "exit");
    this.process.stdio[3].write(`${JSON.stringify({ id: ++this.sent, method: "Browser.close" })}\0`);
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(timer);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

class Page {
  requests = [];  // addresses
  complaints = [];  // of the console: errors, what the page's policy forbids, dialogs

  constructor(browser, targetId, sessionId) {
    Object.assign(this, { browser, targetId, sessionId });
    this.listener = (message) => { if (message.sessionId === sessionId) this.#note(message); };
    browser.listeners.add(this.listener);
  }

  send(method, params) {
    return this.browser.send(method, params, this.sessionId);
  }

  #note({ method, params }) {
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled") this.complaints.push(`console.${params.type}`);
    if (method === "Log.entryAdded") this.complaints.push(params.entry.text);
    if (method === "Page.javascriptDialogOpening") {
      this.complaints.push(`dialog: ${params.message}`);
      this.send("Page.handleJavaScriptDialog", { accept: true });
    }
    if (method === "Page.loadEventFired") this.loaded?.();
  }

  async load(url) {
    const done = new Promise((resolve) => { this.loaded = resolve; });
    await this.send("Page.navigate", { url });
    await done;
  }

  // What the function returns within the page; its argument is plain data.
  async evaluate(work, argument = null) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression: `(${work})(${JSON.stringify(argument)})`, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async press(key) {
    for (const type of ["keyDown", "keyUp"]) await this.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: { Tab: 9, Enter: 13, ArrowRight: 39 }[key], ...(key === "Enter" && { text: "\r" }) });
  }

  // PNG of all of it.
  async screenshot() {
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true, format: "png" });
    return Buffer.from(data, "base64");
  }

  async pdf() {
    const { data } = await this.send("Page.printToPDF", { printBackground: false, paperWidth: 8.27, paperHeight: 11.69 });
    return Buffer.from(data, "base64");
  }

  async close() {
    this.browser.listeners.delete(this.listener);
    await this.browser.send("Target.closeTarget", { targetId: this.targetId });
  }
}
