// The page of `aipol replay --format html`, in a browser.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Chromium } from "../clients/chromium.mjs";

const folder = mkdtempSync(join(tmpdir(), "aipol-page-"));
let browser;
before(async () => { browser = await Chromium.start(); });
after(async () => {
  await browser?.stop();
  rmSync(folder, { recursive: true });
});

function aipol(...args) {
  return spawnSync(process.env.AIPOL, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
}

const declared = `provider lab { kind: echo }
model "gpt-4o"      { provider: lab, price: { input: $2.50, output: $10 } }
model "gpt-4o-mini" { provider: lab, price: { input: $0.15, output: $0.60 } }
extend principal { team: string = "none" }
detector email { match r"[a-z]{1,20}@[a-z]{1,20}\\.com" }
`;
mkdirSync(join(folder, "old"));
mkdirSync(join(folder, "new"));
writeFileSync(join(folder, "old/policies.aipol"), `${declared}
policy staff  { deny 403 "not you" when principal.id == "eve"  allow when principal.mfa or principal.id == "bob" }
policy budget { limit 30 requests per hour by principal.team }
`);
writeFileSync(join(folder, "new/policies.aipol"), `${declared}
policy staff  { deny 451 "not you" when principal.id == "eve"  allow when principal.mfa or principal.id == "ann" }
policy budget { limit 20 requests per hour by principal.team }
policy cheap  { route to "gpt-4o-mini" when principal.team == "support" }
policy hidden { redact request email }
policy never  { deny when ai.has_audio }
`);

const ann = { id: "ann", mfa: true, kind: "user" };
const record = (seconds, principal, members = {}) => ({
  time: 1_772_323_200 + seconds, request: { path: "/v1/chat/completions" }, principal,
  ai: { has_audio: false, messages: [{ role: "user", text: "write to ann@example.com" }] }, model: { name: "gpt-4o" },
  response: { status: 200 }, usage: { input_tokens: 800, output_tokens: 200 }, ...members,
});
const lines = (records) => records.map((one) => (typeof one === "string" ? one : JSON.stringify(one)) + "\n").join("");

let pages = 0;
// The page, and the same as JSON.
function replay(records, { args = [], log = `traffic${++pages}.jsonl`, status = 0 } = {}) {
  writeFileSync(join(folder, log), lines(records));
  const run = (...more) => {
    const done = aipol("replay", log, "--policy", "new", "--against", "old", ...args, ...more);
    assert.equal(done.status, status, done.stderr);
    return done.stdout;
  };
  const file = join(folder, `${log}.html`);
  writeFileSync(file, run("--format", "html"));
  return { file, report: JSON.parse(run("--format", "json")) };
}

// Of every kind of change some, over a day.
function day(seconds = 86_400) {
  const out = [];
  for (let i = 0; i < 600; i++) {
    const at = (i * seconds) / 600;
    const team = ["support", "research", "marketing"][i % 3];
    if (i % 50 === 0) out.push(record(at, { id: "eve", kind: "user", mfa: true, team }));
    else if (i % 20 === 0) out.push(record(at, { id: "bob", kind: "user", mfa: false, team }));
    else if (i % 30 === 0) out.push(record(at, { ...ann, mfa: false, team }));
    else if (i % 40 === 1) out.push(record(at, { id: "kim", kind: "user", team }));
    else out.push(record(at, { ...ann, team }));
  }
  for (let i = 0; i < 60; i++) out.push(record(seconds / 2 + i / 10, { ...ann, team: "batch" }));
  out.sort((a, b) => a.time - b.time);
  return [...out, "oops", '{"request":7}'];
}

// The tables of the page by their titles, each a list of rows of texts.
const tables = () => Object.fromEntries([...document.querySelectorAll("[role=region]")].map((region) => [
  region.getAttribute("aria-label") ?? document.getElementById(region.getAttribute("aria-labelledby")).textContent,
  [...region.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)),
]));
const number = (text) => Number(text.replaceAll(",", ""));

async function quiet(page, file) {
  assert.deepEqual(page.requests, [`file://${file}`]);
  assert.deepEqual(page.complaints, []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "nothing sticks out of the window");
}

test("the page needs nothing else, and forbids itself scripts and requests", async () => {
  const { file } = replay(day());
  const text = readFileSync(file, "utf8");
  assert.match(text, /http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  assert.doesNotMatch(text, /<script|<link|<img|<iframe|src=|href=|url\(|@import/);
  const page = await browser.open(file);
  await quiet(page, file);
  await page.close();
});

// What of the page's charts is seen where: in pixels of the page.
const geometry = () => [...document.querySelectorAll("figure")].map((figure) => {
  const box = (one) => (({ left, right, top, bottom }) => ({ left, right, top, bottom }))(one.getBoundingClientRect());
  const seen = (one) => getComputedStyle(one).display !== "none";
  return {
    title: figure.querySelector("figcaption b").textContent,
    figure: box(figure),
    svg: box(figure.querySelector("svg")),
    bars: [...figure.querySelectorAll("rect:not(.hit)")].map((rect) => ({ ...box(rect), mark: rect.className.baseVal, fill: getComputedStyle(rect).fill })),
    columns: [...figure.querySelectorAll("g")].map((g) => ({ ...box(g.querySelector(".hit")), title: g.querySelector("title").textContent })),
    labels: [...figure.querySelectorAll(".x, .y, .key, figcaption b")].filter(seen).map((one) => ({ ...box(one), text: one.textContent })),
    x: [...figure.querySelectorAll(".x")].filter(seen).length,
  };
});
const within = (inner, outer, slack = 0.6) =>
  inner.left >= outer.left - slack && inner.right <= outer.right + slack && inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
const overlap = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;

function checkChart(chart, width) {
  assert.ok(chart.bars.length > 0, chart.title);
  assert.ok(chart.figure.left >= 0 && chart.figure.right <= width, chart.title);
  assert.ok(chart.svg.right - chart.svg.left > width * 0.6 && chart.svg.bottom - chart.svg.top >= 120, `${chart.title} is large enough`);
  for (const bar of chart.bars) {
    assert.ok(within(bar, chart.svg), `${chart.title}: ${JSON.stringify(bar)} in ${JSON.stringify(chart.svg)}`);
    assert.ok(bar.right - bar.left > 0.5 && bar.bottom - bar.top > 0.9, `${chart.title}: a bar is seen`);
  }
  for (const label of chart.labels) assert.ok(within(label, chart.figure), `${chart.title}: ${label.text} is cut off`);
  chart.labels.forEach((a, i) => chart.labels.slice(i + 1).forEach((b) =>
    assert.ok(!overlap(a, b), `${chart.title}: ${a.text} lies over ${b.text}`)));
  assert.ok(chart.x >= 2, `${chart.title}: at least two times`);
}

for (const [name, seconds] of [["a minute", 60], ["a day", 86_400], ["nine days", 9 * 86_400], ["four years", 4 * 365 * 86_400]]) {
  for (const width of [1280, 390]) {
    test(`the charts of ${name} are drawn within ${width} pixels`, async () => {
      const { file } = replay(day(seconds), { log: `${name.replace(" ", "")}.jsonl` });
      const page = await browser.open(file, { width });
      await quiet(page, file);
      const charts = await page.evaluate(geometry);
      assert.deepEqual(charts.map((chart) => chart.title), ["Requests", "What changes", "Refused by limits"]);
      for (const chart of charts) checkChart(chart, width);
      await page.close();
    });
  }
}

test("columns are as high as what they count, and say it", async () => {
  const { file, report } = replay(day());
  const page = await browser.open(file);
  const [requests, changes, limits] = await page.evaluate(geometry);
  const steps = report.timeline.steps;
  const names = { "newly denied": "newly_denied", "newly allowed": "newly_allowed", undetermined: "undetermined", before: "limited_from", after: "limited_to" };
  const told = (column) => Object.fromEntries(column.title.split("\n").slice(1).map((line) => line.split(": ")).map(([name, count]) => [name, number(count)]));
  for (const chart of [requests, changes, limits]) {
    for (const column of chart.columns) {
      const step = steps.find((one) => one.time.startsWith(column.title.split("\n")[0].replace(" ", "T")));
      for (const [name, count] of Object.entries(told(column)))
        assert.equal(count, name === "same" ? step.records - step.changed - step.undetermined
          : name === "denied otherwise" ? step.changed - step.newly_denied - step.newly_allowed : step[names[name]], `${column.title}`);
    }
  }
  const sum = (chart, name) => chart.columns.reduce((all, column) => all + (told(column)[name] ?? 0), 0);
  assert.equal(sum(requests, "same"), report.same);
  assert.equal(sum(changes, "newly denied"), report.newly_denied);
  assert.equal(sum(changes, "newly allowed"), report.newly_allowed);
  assert.equal(sum(changes, "undetermined"), report.undetermined);
  assert.equal(sum(limits, "after"), report.limits.filter((one) => one.side === "to").reduce((all, one) => all + one.refused, 0));
  // The stack of a column stands on the base and reaches as high as its share of the highest one.
  const stack = (column) => requests.bars.filter((bar) => Math.abs(bar.left - column.left) < 1 && bar.right <= column.right + 1);
  const tops = requests.columns.map((column) => {
    const bars = stack(column);
    assert.ok(Math.abs(Math.max(...bars.map((bar) => bar.bottom)) - requests.svg.bottom) < 1);
    return { count: Object.values(told(column)).reduce((a, b) => a + b), height: requests.svg.bottom - Math.min(...bars.map((bar) => bar.top)) };
  });
  const highest = tops.reduce((a, b) => (a.count > b.count ? a : b));
  for (const { count, height } of tops) assert.ok(Math.abs(height - (highest.height * count) / highest.count) < 3, `${count}: ${height}`);
  await page.close();
});

test("the tables show the numbers of the JSON report", async () => {
  const { file, report } = replay(day(), { args: ["--fail-on", "newly-denied>50%", "--fail-on", "unreadable>10%"] });
  const page = await browser.open(file);
  const [shown, cards, title, gates] = await page.evaluate(`() => [(${tables})(), Object.fromEntries([...document.querySelectorAll(".card")].map((one) =>
    [one.querySelector("span").textContent.split(",")[0], one.querySelector("b").textContent])), document.querySelector("h1").textContent,
    [...document.querySelectorAll(".gates li")].map((one) => one.className)]`);
  assert.equal(title, `${report.changed} of ${report.records} decisions change`);
  assert.deepEqual(Object.fromEntries(Object.entries(cards).map(([name, count]) => [name, number(count)])), {
    same: report.same, "newly denied": report.newly_denied, "newly allowed": report.newly_allowed,
    "denied otherwise": report.changed - report.newly_denied - report.newly_allowed, undetermined: report.undetermined, unreadable: report.unreadable });
  assert.ok(Object.values(cards).every((count) => number(count) > 0), JSON.stringify(cards));
  assert.deepEqual(gates, ["passed", "passed"]);

  assert.deepEqual(shown.Changes.map((row) => number(row[0])), report.changes.map((one) => one.count).sort((a, b) => b - a));
  for (const [count, from, to, where] of shown.Changes) {
    const change = report.changes.find((one) => (one.to === "allow" ? one.from_statement : one.to_statement) === where && one.count === number(count));
    assert.ok(change && from.startsWith(change.from) && to.startsWith(change.to), `${from} ${to} ${where}`);
  }
  for (const dimension of ["team", "model", "endpoint"]) {
    const concerned = report.by[dimension].filter((one) => one.changed + one.undetermined > 0);
    assert.equal(shown[`By ${dimension}`].length, concerned.length);
    for (const [name, ...counts] of shown[`By ${dimension}`]) {
      const one = concerned.find((each) => (each.name || "none") === name);
      assert.deepEqual(counts.slice(0, 4).map(number), [one.records, one.newly_denied, one.newly_allowed, one.undetermined], name);
    }
  }
  assert.deepEqual(shown["Limits reached"].map(([policy, where, side, refused]) => [policy, where, side === "after" ? "to" : "from", number(refused)]).sort(),
    report.limits.map((one) => [one.policy, one.statement, one.side, one.refused]).sort());
  assert.deepEqual(shown["Routes that shift"].map(([from, to, count]) => [from, to, number(count)]), report.routes.map((one) => [one.from, one.to, one.count]));
  assert.deepEqual(shown.Redactions.map(([policy, detector, , from, to]) => [policy, detector, number(from), number(to)]),
    report.redactions.map((one) => [one.policy, one.detector, one.from, one.to]));
  assert.deepEqual(shown["Undetermined for want of"].map(([field, count]) => [field, number(count)]), report.undetermined_by.map((one) => [one.field, one.count]));
  assert.equal(shown.Unreadable.reduce((sum, row) => sum + number(row[1]), 0), report.unreadable);
  assert.deepEqual(shown["Never exercised"].map((row) => row[0]).sort(), report.statements.filter((one) => one.fired === 0).map((one) => one.statement).sort());
  assert.deepEqual(shown["Over time, as numbers"].map((row) => row.slice(1).map(number)), report.timeline.steps.map((one) =>
    [one.records - one.changed - one.undetermined, one.newly_denied, one.newly_allowed, one.changed - one.newly_denied - one.newly_allowed, one.undetermined, one.limited_from, one.limited_to]));
  await page.close();
});

// Luminance as WCAG 2 defines it.
function contrast(a, b) {
  const luminance = (color) => color.match(/[\d.]+/g).slice(0, 3).map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)).reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

test("it is read by day and by night", async () => {
  const { file } = replay(day());
  const grounds = [];
  for (const scheme of ["light", "dark"]) {
    const page = await browser.open(file, { features: { "prefers-color-scheme": scheme } });
    const colours = await page.evaluate(() => ({
      ground: getComputedStyle(document.body).backgroundColor,
      texts: ["h1", "h2", "p.about", ".note", "th", "td:not(.zero)", ".list", ".card span", ".plot .x", ".key"].map((one) => [one, getComputedStyle(document.querySelector(one)).color]),
      marks: ["same", "denied", "allowed", "otherwise", "unknown", "after"].map((mark) => [mark, getComputedStyle(document.querySelector(`rect.${mark}`)).fill]),
    }));
    grounds.push(colours.ground);
    for (const [what, colour] of colours.texts) assert.ok(contrast(colour, colours.ground) >= 4.5, `${scheme} ${what}: ${contrast(colour, colours.ground)}`);
    for (const [what, colour] of colours.marks) assert.ok(contrast(colour, colours.ground) >= (what === "same" ? 1.4 : 3), `${scheme} ${what}: ${contrast(colour, colours.ground)}`);
    assert.equal(new Set(colours.marks.map(([, colour]) => colour)).size, colours.marks.length);
    await page.close();
  }
  assert.notEqual(grounds[0], grounds[1]);
});

test("names in records are names, whatever is in them", async () => {
  const hostile = [
    "</script><script>alert(1)</script>", '<img src="x" onerror="alert(2)">', "</td></table></main><style>*{display:none}</style>", "&lt;b&gt;", "{{content}}",
    "\u202egnp.exe\u2066 from right", "שלום עולם", "a\u0000b", "long ".repeat(2_000), "W".repeat(10_000), "'\"`", "javascript:alert(3)",
  ];
  const records = [
    ...hostile.map((team, i) => record(i * 60, { id: team, kind: "user", mfa: false, team })),
    ...hostile.flatMap((team, i) => [1, 2, 3].map((j) => record(i * 60 + j, { id: "bob", kind: "user", mfa: false, team }))),
    ...hostile.flatMap((team, i) => Array.from({ length: 25 }, (_, j) => record(i * 60 + j, { ...ann, team }))),
    ...hostile.map((name, i) => record(i * 60, { id: "bob", kind: "user", mfa: false, team: "x" }, { model: { name } })),
    ...hostile.map((name, i) => record(i * 60, { id: "bob", kind: "user", mfa: false, team: "x" }, { request: { path: `/v1/${encodeURI(name.slice(0, 900))}` } })),
    ...hostile.map((key) => JSON.stringify({ time: 1_772_323_200, [key]: 1 })),
  ];
  const { file, report } = replay(records, { log: "<b onclick=alert(4)>'traffic' & more.jsonl" });
  assert.ok(report.newly_denied > hostile.length && report.limits.length > 0 && report.unreadable >= hostile.length);
  for (const width of [1280, 390]) {
    const page = await browser.open(file, { width });
    await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
    assert.deepEqual(page.complaints, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    const [elements, attributes, shown, heights] = await page.evaluate(`() => [
      [...new Set([...document.body.querySelectorAll("*")].map((one) => one.localName))].sort(),
      [...new Set([...document.querySelectorAll("*")].flatMap((one) => one.getAttributeNames()))].filter((name) => name.startsWith("on")),
      (${tables})(), Math.max(...[...document.querySelectorAll("tbody tr")].map((row) => row.getBoundingClientRect().height))]`);
    const ours = ["b", "bdi", "code", "details", "div", "figcaption", "figure", "g", "h1", "h2", "i", "li", "line", "main", "p", "rect", "span", "summary", "svg", "table", "tbody", "td", "th", "thead", "title", "tr", "ul"];
    assert.deepEqual(elements.filter((name) => !ours.includes(name)), []);
    assert.deepEqual(attributes, []);
    const teams = shown["By team"].map((row) => row[0]);
    for (const team of hostile) {
      const letters = [...team.replace("\u0000", "\ufffd")];
      assert.ok(teams.includes(letters.length > 160 ? `${letters.slice(0, 160).join("")}…` : letters.join("")), JSON.stringify(team.slice(0, 40)));
    }
    assert.ok(heights < 700, `a row is ${heights} high`);
    // Text that runs from the right turns nothing around it.
    const turned = await page.evaluate(() => [...document.querySelectorAll("bdi")].filter((one) => /[\u202e\u0590-\u05ff]/.test(one.textContent)).length);
    assert.ok(turned >= 2);
    await page.close();
  }
});

test("without records, without times and without changes there is a page", async () => {
  const empty = join(folder, "empty.html");
  const shard = Array.from({ length: 64 }, (_, i) => i + 1).map((i) => {
    writeFileSync(join(folder, "one.jsonl"), lines([record(0, ann)]));
    return aipol("replay", "one.jsonl", "--policy", "new", "--against", "old", "--shard", `${i}/64`, "--format", "html");
  }).find((done) => done.stdout.includes("<b>0</b> <span>same"));
  assert.equal(shard.status, 0);
  writeFileSync(empty, shard.stdout);
  let page = await browser.open(empty);
  await quiet(page, empty);
  assert.deepEqual(await page.evaluate(() => [document.querySelector("h1").textContent, document.querySelectorAll("figure").length, document.body.innerText.includes("NaN")]), ["No decision changes", 0, false]);
  await page.close();

  const { time, ...timeless } = record(0, { ...ann, team: "research" });
  const { file } = replay([timeless, timeless]);
  page = await browser.open(file);
  await quiet(page, file);
  assert.deepEqual(await page.evaluate(() => [document.querySelector("h1").textContent, document.querySelectorAll("figure").length]), ["No decision changes", 0]);
  await page.close();

  const single = replay([record(0, { ...ann, team: "research" })]);
  page = await browser.open(single.file);
  const charts = await page.evaluate(geometry);
  assert.deepEqual(charts.map((chart) => chart.title), ["Requests"]);
  assert.equal(charts[0].bars.length, 1);
  await page.close();
});

test("it is gone through with the keyboard, and heard", async () => {
  const { file } = replay(day());
  const page = await browser.open(file, { width: 390 });
  const focused = () => page.evaluate(() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    return { what: one.localName === "summary" ? one.textContent : one.getAttribute("aria-label") ?? document.getElementById(one.getAttribute("aria-labelledby"))?.textContent,
      outline: getComputedStyle(one).outlineStyle, seen: box.top < innerHeight && box.bottom > 0 };
  });
  await page.press("Tab");
  assert.deepEqual(await focused(), { what: "as numbers", outline: "solid", seen: true });
  assert.equal(await page.evaluate(() => document.querySelector(".numbers").open), false);
  await page.press("Enter");
  assert.equal(await page.evaluate(() => document.querySelector(".numbers").open), true);
  const order = [];
  for (let i = 0; i < 20; i++) {
    await page.press("Tab");
    const { what, outline, seen } = await focused();
    if (!what) break;
    assert.ok(outline === "solid" && seen, what);
    order.push(what);
    if (what !== "Changes") continue;
    // Wider than the window: it is scrolled with the arrows.
    await page.press("ArrowRight");
    assert.equal(await page.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(document.activeElement.scrollLeft > 0), 500))), true);
  }
  assert.deepEqual(order.slice(0, 3), ["Over time, as numbers", "Changes", "By team"]);
  assert.equal(order.length, new Set(order).size);

  const { nodes } = await page.send("Accessibility.getFullAXTree");
  const of = (role) => nodes.filter((node) => !node.ignored && node.role?.value === role).map((node) => node.name?.value ?? "");
  assert.equal(of("main").length, 1);
  assert.equal(of("image").length, 3);
  for (const name of of("image")) assert.match(name, /over time: .* \d/);
  const levels = await page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, h4")].map((one) => Number(one.localName[1])));
  assert.deepEqual([levels[0], levels.filter((level) => level === 1).length], [1, 1]);
  levels.forEach((level, i) => assert.ok(i === 0 || level <= levels[i - 1] + 1));
  assert.equal(of("region").every((name) => name.length > 0), true);
  assert.equal(of("columnheader").length > 20 && of("rowheader").length > 5, true);
  const [language, ids, title] = await page.evaluate(() => [document.documentElement.lang, [...document.querySelectorAll("[id]")].map((one) => one.id), document.title]);
  assert.deepEqual([language, new Set(ids).size], ["en", ids.length]);
  assert.match(title, /^\d+ of 660 decisions change · aipol replay$/);
  await page.close();
});

test("it prints: in colour, on white, as wide as the paper", async () => {
  const { file } = replay(day());
  const page = await browser.open(file, { width: 794, media: "print", features: { "prefers-color-scheme": "dark" } });
  const [ground, adjust, widths, charts] = await page.evaluate(`() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector("rect.denied")).printColorAdjust,
    [...document.querySelectorAll("table, figure")].filter((one) => one.getClientRects().length > 0).map((one) => one.getBoundingClientRect().right), (${geometry})()]`);
  assert.equal(ground, "rgb(255, 255, 255)");
  assert.equal(adjust, "exact");
  assert.ok(Math.max(...widths) <= 794, `${widths}`);
  for (const chart of charts) checkChart(chart, 794);
  const pdf = (await page.pdf()).toString("latin1");
  const count = pdf.match(/\/Type\s*\/Page\b/g).length;
  assert.ok(count >= 2 && count <= 6, `${count} pages`);
  await page.close();
});
