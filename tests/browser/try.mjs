// Opens every page of a folder as readers do, and says what is wrong with it: node try.mjs FOLDER [BEGINNING OF A NAME]
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [folder, beginning = ""] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const MOST_BYTES = 1_000_000;
const MOST_MS = 1000;

/** The pages of `folder`/<page>/<name>/<id>/report.html; that of two runs compared lies as one of them. */
const pages = () => {
  const only = (place) => {
    const inner = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return path.join(place, inner[0].name);
  };
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "screenshots" && entry.name.startsWith(beginning))
    .map((entry) => entry.name);
  assert(names.length > 0, `no page in ${folder} begins with ${beginning}`);
  return names.map((name) => ({ name, file: path.resolve(only(only(path.join(folder, name))), "report.html") }));
};

/** Opens a page; whatever it asks for besides itself, and whatever it says on the console, is an error. */
const open = async (browser, file, { scheme = "light", width = 1280, height = 900, script = true } = {}) => {
  const page = await browser.newPage();
  const url = pathToFileURL(file).href;
  const complaints = [];
  await page.setViewport({ width, height, isMobile: width < 600, hasTouch: width < 600 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setJavaScriptEnabled(script);
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.url() === url || request.url() === "data:,") return request.continue();
    complaints.push(`asks for ${request.url()}`);
    return request.abort();
  });
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, complaints };
};

/** Number of elements that can be seen. */
const seen = (page, selector) =>
  page.$$eval(selector, (all) => all.filter((it) => it.getClientRects().length > 0).length);

/** Texts of a column of the first table of cells, of the rows that can be seen. */
const column = (page, at) =>
  page.$$eval(
    "#results ~ .scroll tbody tr:not([hidden])",
    (rows, at) => rows.map((row) => row.cells[at].textContent.trim()),
    at,
  );

const sorts = async (page) => {
  const names = await page.$$eval("#results ~ .scroll thead th", (heads) => heads.map((head) => head.textContent.trim()));
  const at = names.findIndex((name) => ["accepted", "not accepted", "base"].includes(name));
  const head = `#results ~ .scroll thead th:nth-child(${at + 1})`;
  const original = await column(page, at);
  const number = (text) => parseFloat(text.replace(">", ""));
  const isRising = (texts) => texts.map(number).every((value, index, all) => index === 0 || all[index - 1] <= value);
  await page.click(`${head} button`);
  assert.equal(await page.$eval(head, (it) => it.getAttribute("aria-sort")), "ascending");
  assert(isRising(await column(page, at)), "a click sorts");
  // The keyboard does the same.
  await page.focus(`${head} button`);
  await page.keyboard.press("Enter");
  assert.equal(await page.$eval(head, (it) => it.getAttribute("aria-sort")), "descending");
  assert(isRising((await column(page, at)).reverse()), "and the other way round");
  await page.keyboard.press("Space");
  assert.deepEqual(await column(page, at), original, "and back");
};

const filters = async (page) => {
  const all = await seen(page, "#results ~ .scroll tbody tr");
  const chosen = await page.$eval(".filters select", (select) => select.options[1].value);
  await page.select(".filters select", chosen);
  const at = await page.$eval(".filters select", (select) => Number(select.dataset.column));
  const texts = await column(page, at);
  assert(texts.length > 0 && texts.length < all && texts.every((text) => text === chosen), `${chosen} alone: ${texts}`);
  assert.match(await page.$eval(".filters output", (it) => it.textContent), new RegExp(`^${texts.length} of (${all}|the ${all} here, of [\\d,]+) (cells|comparisons)$`));
  const cells = new Set(await page.$$eval("#results ~ .scroll tbody tr:not([hidden])", (rows) => rows.map((row) => row.dataset.cell)));
  const elsewhere = await page.$$eval("table.cells tbody tr:not([hidden])", (rows) => rows.map((row) => row.dataset.cell));
  assert(elsewhere.every((cell) => cells.has(cell)), "the other tables follow");
  await page.select(".filters select", "");
  await page.type(".filters input", "no cell has this");
  assert.equal(await seen(page, "#results ~ .scroll tbody tr"), 0);
  await page.$eval(".filters input", (input) => input.select());
  await page.keyboard.press("Backspace");
  assert.equal(await seen(page, "#results ~ .scroll tbody tr"), all);
};

/** Points at the first value of every picture, and walks through one with the keys. */
const values = async (page) => {
  for (const picture of await page.$$(".picture")) {
    const spot = await picture.$(".spots rect");
    if (!spot) continue;
    await spot.evaluate((it) => it.scrollIntoView({ block: "center" }));
    await new Promise((done) => setTimeout(done, 30));
    const { x, y, width, height } = await spot.boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    assert.equal(await seen(page, "#tip"), 1, "a value is shown under the pointer");
    assert.match(await page.$eval("#tip", (it) => it.textContent), /\d/);
    const box = await (await page.$("#tip")).boundingBox();
    assert(box.x >= 0 && box.x + box.width <= page.viewport().width, "within the window");
  }
  await page.mouse.move(1, 1);
  assert.equal(await seen(page, "#tip"), 0, "and goes");
  await page.focus(".picture");
  const told = new Set();
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press("ArrowRight");
    told.add(await page.$eval("#tip", (it) => (it.hidden ? "" : it.textContent)));
  }
  assert(told.size > 1 && !told.has(""), `keys show values: ${[...told].join(" | ")}`);
  await page.keyboard.press("Escape");
  assert.equal(await seen(page, "#tip"), 0);
};

/** Taps the first value of a picture, which stays when the finger is gone, and then something else. */
const taps = async (page) => {
  const spot = await page.$(".picture .spots rect");
  await spot.tap();
  assert.equal(await seen(page, "#tip"), 1, "a tap shows a value");
  assert.match(await page.$eval("#tip", (it) => it.textContent), /\d/);
  await page.tap("h1");
  assert.equal(await seen(page, "#tip"), 0, "until something else is tapped");
};

/** Follows the verdict of a failure to the request that is drawn, and opens its words; the number of diagrams. */
const diagrams = async (page) => {
  const failed = (await page.$$(".badge.fail")).length;
  const count = await seen(page, ".diagram svg");
  assert.equal(count > 0, failed > 0, `${count} diagrams for ${failed} failures`);
  if (count === 0) return count;
  await page.click('header a[href^="#failure-"]');
  const isThere = () => document.querySelector(":target").getBoundingClientRect().top < innerHeight;
  assert(await page.evaluate(isThere), "the link leads to the diagram");
  await page.focus(":target details summary");
  await page.keyboard.press("Enter");
  assert((await seen(page, ":target details li")) > 5, "the same in words");
  return count;
};

const switches = async (page) => {
  const bars = await page.$$(".switches");
  for (const bar of bars) {
    const button = await bar.$("button");
    const name = await button.evaluate((it) => it.textContent);
    const shown = () =>
      bar.evaluate((it, name) => {
        const parts = [...it.previousElementSibling.querySelectorAll("[data-series]")];
        return parts.filter((part) => part.dataset.series === name && !part.classList.contains("legend"))
          .filter((part) => getComputedStyle(part).display !== "none").length;
      }, name);
    const before = await shown();
    await button.click();
    assert(before > 0 && (await shown()) === 0, `${name} is switched off`);
    assert.equal(await button.evaluate((it) => it.getAttribute("aria-pressed")), "false");
    await button.press("Enter");
    assert.equal(await shown(), before, `${name} is switched on again`);
  }
  return bars.length;
};

const skips = async (page) => {
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips to the results");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
};

const isAccessible = async (page, what) => {
  await page.evaluate(axe);
  const run = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] };
  const { violations } = await page.evaluate((run) => globalThis.axe.run(document, run), run);
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join("\n    ")}`);
  assert.deepEqual(told, [], what);
};

const fitsAcross = async (page, what) => {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert(inner <= outer, `${what}: the page is ${inner} wide in a window of ${outer}`);
};

const shoot = (page, name, fullPage = true) =>
  page.screenshot({ path: path.join(folder, "screenshots", `${name}.png`), fullPage, captureBeyondViewport: fullPage });

/** Milliseconds from the navigation to a page until it is painted: the best of three, for others use the machine, too. */
const opening = async (browser, file) => {
  let best = Infinity;
  for (let time = 0; time < 3; time += 1) {
    const { page } = await open(browser, file);
    const ms = await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))),
    );
    best = Math.min(best, ms);
    await page.close();
  }
  return best;
};

const attempt = async (browser, { name, file }) => {
  const size = statSync(file).size;
  assert(size <= MOST_BYTES, `${size} bytes`);
  const ms = await opening(browser, file);
  assert(ms <= MOST_MS, `opens in ${ms} ms`);
  const facts = [`${Math.round(size / 1000)} kB`, `open in ${Math.round(ms)} ms`];
  for (const scheme of ["light", "dark"]) {
    const { page, complaints } = await open(browser, file, { scheme });
    if (scheme === "light") {
      const isRun = name !== "compare";
      assert((await seen(page, "svg[role=img]")) > 0);
      await skips(page);
      await sorts(page);
      await filters(page);
      if (isRun) {
        await values(page);
        facts.push(`${await switches(page)} legends`);
      }
      // A regression shows a request that was lost, as a failure shows the one that broke an expectation.
      facts.push(`${await diagrams(page)} diagrams`);
    }
    await page.evaluate(() => scrollTo(0, 0));
    await isAccessible(page, scheme);
    await fitsAcross(page, scheme);
    await shoot(page, `${name}-${scheme}`);
    assert.deepEqual(complaints, []);
    await page.close();

    const phone = await open(browser, file, { scheme, width: 390, height: 844 });
    await fitsAcross(phone.page, `${scheme}, phone`);
    if (scheme === "light") await isAccessible(phone.page, "phone");
    if (scheme === "light") await shoot(phone.page, `${name}-phone`);
    if (scheme === "light" && name !== "compare") await taps(phone.page);
    assert.deepEqual(phone.complaints, []);
    await phone.page.close();
  }
  const printed = await open(browser, file);
  await printed.page.emulateMediaType("print");
  await printed.page.pdf({ path: path.join(folder, "screenshots", `${name}.pdf`), format: "A4" });
  await printed.page.close();
  return facts.join(", ");
};

/** Without JavaScript nothing is missing but what needs it. */
const withoutScript = async (browser, { name, file }) => {
  const tree = (page) => page.$$eval("h1, h2, caption, svg text, tbody td, tbody th, figcaption, dd", (all) => all.map((it) => it.textContent));
  const full = await open(browser, file);
  const words = await tree(full.page);
  await full.page.close();
  const plain = await open(browser, file, { script: false });
  assert.deepEqual(await tree(plain.page), words, "the same words");
  assert.equal(await seen(plain.page, ".filters, .switches, thead button"), 0, "no dead controls");
  const titles = await plain.page.$$eval(".spots title", (all) => all.length);
  assert(titles > 0 || name === "compare", "values are titles");
  assert.deepEqual(plain.complaints, []);
  await plain.page.close();
};

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  protocolTimeout: 30_000,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none", "--hide-scrollbars"],
});
let failures = 0;
for (const entry of pages()) {
  try {
    const facts = await attempt(browser, entry);
    await withoutScript(browser, entry);
    console.log(`${entry.name}: fine (${facts})`);
  } catch (error) {
    failures += 1;
    console.log(`${entry.name}: ${error.stack ?? error}`);
  }
}
await browser.close();
process.exitCode = failures > 0 ? 1 : 0;
