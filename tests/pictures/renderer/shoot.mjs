// Opens pages in Chromium, looks for what is wrong on them, and takes their pictures: node shoot.mjs JOB.json, which
// names `chromium`, the `fonts`, the `bundle` and `pages`, each with the `data` of a page and the `picture` to be written. Prints what
// is wrong as JSON, a list for each page.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import UPNG from 'upng-js';

const ORIGIN = 'http://pictures.invalid';
const COLOURS = 256;
const PUBLIC = path.resolve('node_modules/@grafana/ui/dist/public');

const job = JSON.parse(await readFile(process.argv[2], 'utf-8'));
const script = await readFile(job.bundle);
const style = await readFile(job.bundle.replace(/\.js$/, '.css'));

async function answer(url, data) {
  const { pathname } = new URL(url);
  if (pathname === '/') {
    const html = '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/bundle.css"><style>body { margin: 0 }</style>'
      + '<div id="root"></div><script src="/page.js"></script><script src="/bundle.js"></script>';
    return { contentType: 'text/html', body: html };
  }
  if (pathname === '/page.js') {
    return { contentType: 'text/javascript', body: `window.page = ${data};` };
  }
  if (pathname === '/bundle.js') {
    return { contentType: 'text/javascript', body: script };
  }
  if (pathname === '/bundle.css') {
    return { contentType: 'text/css', body: style };
  }
  if (pathname.endsWith('.svg')) {
    const name = pathname.slice(pathname.indexOf('/img/'));
    return { contentType: 'image/svg+xml', body: await readFile(path.join(PUBLIC, name)) };
  }
  if (pathname.startsWith('/public/fonts/inter/')) {
    return { contentType: 'font/otf', body: await readFile(path.join(job.fonts, path.basename(pathname, '.woff2') + '.otf')) };
  }
  return pathname === '/favicon.ico' ? { status: 204 } : { status: 404, body: '' };
}

function faultsOnPage() {
  const faults = [...window.faults];
  const shown = (text) => text.trim().replace(/\s+/g, ' ').slice(0, 60);
  const panels = [...document.querySelectorAll('[data-panel]')];
  for (const panel of panels) {
    const title = panel.dataset.panel;
    const found = new Set();
    if (panel.querySelector('[data-empty]')) {
      found.add('empty');
    }
    const edge = panel.getBoundingClientRect();
    for (const element of panel.querySelectorAll('*')) {
      const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      if (texts.length) {
        if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible') {
          found.add(`cut: ${shown(element.textContent)}`);
        }
        const range = document.createRange();
        range.selectNodeContents(element);
        const box = range.getBoundingClientRect();
        const beyond = [...found].some((fault) => fault.startsWith('beyond'));
        if (!beyond && (box.left < edge.left - 1 || box.right > edge.right + 1)) {
          found.add(`beyond the edge: ${shown(element.textContent)}`);
        }
      }
      if (element.scrollHeight > element.clientHeight + 2 && /auto|scroll/.test(getComputedStyle(element).overflowY)) {
        found.add(`scrolls, ${element.scrollHeight - element.clientHeight} px are hidden`);
      }
    }
    faults.push(...[...found].map((fault) => `${title}: ${fault}`));
  }
  return faults;
}

const browser = await puppeteer.launch({
  executablePath: job.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-color-profile=srgb', '--font-render-hinting=none'],
});
const results = [];
try {
  for (const { data, picture } of job.pages) {
    const text = await readFile(data, 'utf-8');
    const { width } = JSON.parse(text);
    const page = await browser.newPage();
    const faults = [];
    page.on('pageerror', (error) => faults.push(`the page: ${error.message}`));
    page.on('response', (response) => response.status() >= 400 && faults.push(`${response.url()} is not there`));
    await page.setRequestInterception(true);
    page.on('request', async (request) => {
      try {
        await request.respond(await answer(request.url(), text));
      } catch (error) {
        faults.push(`${request.url()}: ${error.message}`);
        await request.abort();
      }
    });
    await page.setViewport({ width, height: 1000 });
    await page.goto(ORIGIN, { waitUntil: 'networkidle0', timeout: 120_000 });
    await page.waitForFunction(() => document.querySelector('#dashboard') && !document.querySelector('[data-waiting]'), { timeout: 60_000 });
    const height = await page.$eval('#dashboard', (element) => Math.ceil(element.getBoundingClientRect().height));
    await page.setViewport({ width, height });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    faults.push(...await page.evaluate(faultsOnPage));
    const png = await page.screenshot({ clip: { x: 0, y: 0, width, height } });
    const image = UPNG.decode(png);
    await writeFile(picture, Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, COLOURS)));
    results.push(faults);
    await page.close();
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(results));
