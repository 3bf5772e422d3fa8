// What the page must do, seen by a browser. Called by tools/dashboard/check, which knows where everything is.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { illegible, nameless, spilling } from './measures.mjs';

const { chromium } = await import(process.env.EDGE_PLAYWRIGHT);

const Sizes = [{ name: 'desktop', width: 1440, height: 900 }, { name: 'phone', width: 390, height: 844 }];
const Schemes = ['light', 'dark'];
const PatienceMs = 15_000;

const { url, folder, expectRollout } = read(process.argv.slice(2));
mkdirSync(folder, { recursive: true });

let failures = 0;
const hold = (where, what, holds, detail = '') => {
  failures += holds ? 0 : 1;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${where}: ${what}${detail ? ` (${detail})` : ''}`);
};

const facts = await readFacts();
const browser = await chromium.launch({
  executablePath: process.env.EDGE_CHROMIUM,
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--no-first-run',
  ],
});
try {
  for (const [size, scheme] of Sizes.flatMap((each) => Schemes.map((one) => [each, one]))) {
    try {
      await visit(size, scheme);
    } catch (error) {
      hold(`${size.name}, ${scheme}`, 'the visit came to its end', false, error.message.split('\n')[0]);
      break;
    }
  }
} finally {
  await browser.close();
}
console.log(failures === 0 ? `The page holds. Screenshots: ${folder}` : `${failures} checks failed. Screenshots: ${folder}`);
process.exitCode = failures === 0 ? 0 : 1;

// ---- one visit: every view at one size and one colour scheme

async function visit(size, scheme) {
  const context = await browser.newContext({
    viewport: { width: size.width, height: size.height }, colorScheme: scheme,
    deviceScaleFactor: size.name === 'phone' ? 2 : 1, hasTouch: size.name === 'phone',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const complaints = watch(page);
  const where = `${size.name}, ${scheme}`;
  const look = (view) => finish(page, `${where}, ${view}`, join(folder, `${view}-${size.name}-${scheme}.png`));

  await page.goto(url, { waitUntil: 'load' });
  await fleet(page, where);
  await look('fleet');
  if (facts.device) {
    await device(page, where);
    await look('device');
  }
  await rollout(page, where);
  await look(facts.rollout ? 'rollout' : 'rollouts');

  hold(where, 'no error in the console, no failed request, nothing from elsewhere', ...counted(complaints));
  await context.close();
}

async function fleet(page, where) {
  const tiles = page.locator('.tile:not(.blank)');
  if (!await until(async () => (await tiles.count()) === 5)) {
    // Every further check would only wait for the same absence.
    throw new Error(`no five tiles; the page says: ${(await page.locator('#page').innerText()).slice(0, 160)}`);
  }
  hold(`${where}, fleet`, 'five tiles', true);
  const figures = await page.locator('.tile .figure b').allTextContents();
  hold(`${where}, fleet`, 'every tile has a figure', figures.length === 5 && figures.every((text) => text.trim() !== ''), figures.join(' | '));
  hold(`${where}, fleet`, 'the stream is live', await until(async () => (await page.locator('.link').textContent()).includes('Live')));
  const expected = Math.min(facts.devices.length, 60);
  const cards = page.locator('.card');
  hold(`${where}, fleet`, `a card for each device`, await until(async () => (await cards.count()) >= expected), `${await cards.count()} of ${expected}`);
  if (expected === 0) {
    hold(`${where}, fleet`, 'the empty fleet says what to do', await page.locator('.empty').isVisible());
    return;
  }
  hold(`${where}, fleet`, 'the traces are drawn', await until(async () => (await page.locator('.card svg.trace path.over').count()) > 0));
}

async function device(page, where) {
  const at = `${where}, device`;
  await page.goto(`${url}#/device/${encodeURIComponent(facts.device.id)}`);
  hold(at, 'its name is the heading', await until(async () => (await page.locator('main h1').textContent()) === facts.device.id));
  hold(at, 'the live chart is drawn', await until(() => painted(page, '.live-chart canvas')));
  hold(at, 'the latency chart is drawn', await until(() => painted(page, '[aria-labelledby="latency-title"] canvas')));
  if (facts.features > 0) {
    const features = page.locator('.feature svg.shares');
    const drawn = (most) => until(async () => (await features.count()) >= Math.min(facts.features, most));
    hold(at, 'features stand beside their reference', await drawn(11), `${await features.count()} drawn`);
    const more = page.locator('section[aria-labelledby="features-title"] button.more');
    if (await more.count()) {
      await more.click();
      hold(at, 'all features can be shown', await drawn(96), `${await features.count()} of ${facts.features}`);
    }
  }
  if (facts.device.state === 'online') {
    const before = await digest(page, '.live-chart canvas');
    hold(at, 'the live chart moves by itself', await until(async () => (await digest(page, '.live-chart canvas')) !== before));
  }
}

async function rollout(page, where) {
  if (!facts.rollout) {
    await page.goto(`${url}#/rollouts`);
    hold(`${where}, rollouts`, expectRollout ? 'a rollout exists' : 'without a rollout the page says how to start one',
      !expectRollout && await until(() => page.locator('.empty').first().isVisible()));
    return;
  }
  const at = `${where}, rollout`;
  await page.goto(`${url}#/rollout/${encodeURIComponent(facts.rollout.id)}`);
  hold(at, 'its stages are drawn', await until(async () => (await page.locator('.stage').count()) === facts.rollout.stages.length));
  hold(at, 'its devices are named', await until(async () => (await page.locator('.stage .chips li').count()) > 0));
  if (facts.rollout.gate) {
    const rows = page.locator('.criteria li');
    hold(at, 'a row for each criterion', (await rows.count()) === facts.rollout.gate.criteria.length, `${await rows.count()} rows`);
    hold(at, 'a limit is marked', (await page.locator('.criteria .bar b').count()) > 0);
  }
  if (facts.evaluations > 0) {
    hold(at, 'the history of the gate is drawn', await until(() => painted(page, '[aria-labelledby="history-title"] canvas')));
  }
  if (!['running'].includes(facts.rollout.state)) {
    hold(at, 'a banner says how it ended', await page.locator('.banner.outcome').isVisible());
  }
}

// ---- what holds for every view

async function finish(page, where, file) {
  hold(where, 'nothing is wider than the screen', ...counted(await page.evaluate(spilling)));
  hold(where, 'every link and button has a name', ...counted(await page.evaluate(nameless)));
  hold(where, 'text stands out from its ground, 4.5 to 1', ...counted(await page.evaluate(illegible)));
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: file, fullPage: true });
}

function counted(list) {
  return [list.length === 0, list.slice(0, 3).join('; ')];
}

function watch(page) {
  const complaints = [];
  const own = new URL(url).origin;
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => !request.url().startsWith(own) && !request.url().startsWith('data:')
    && complaints.push(`asked ${request.url()}`));
  page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`));
  return complaints;
}

// Whether the canvas holds more than one colour.
function painted(page, selector) {
  return page.evaluate((wanted) => {
    const canvas = document.querySelector(wanted);
    if (!canvas || canvas.width === 0) {
      return false;
    }
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let i = 0; i < data.length && colours.size < 3; i += 4) {
      colours.add((data[i] << 24) | (data[i + 1] << 16) | (data[i + 2] << 8) | data[i + 3]);
    }
    return colours.size >= 3;
  }, selector);
}

function digest(page, selector) {
  return page.evaluate((wanted) => document.querySelector(wanted)?.toDataURL() ?? '', selector);
}

async function until(condition) {
  const end = Date.now() + PatienceMs;
  for (;;) {
    // What is not there yet is no error, until the patience ends.
    if (await condition().catch(() => false)) {
      return true;
    }
    if (Date.now() > end) {
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// ---- what the manager says there is to see

async function readFacts() {
  const get = async (path) => {
    const answer = await fetch(new URL(`api/${path}`, url));
    if (!answer.ok) {
      throw new Error(`${path}: ${answer.status}`);
    }
    return answer.json();
  };
  try {
    const { devices } = await get('devices');
    const { rollouts } = await get('rollouts?limit=50');
    const serving = devices.filter(({ models }) => models?.length > 0);
    const online = serving.find(({ state }) => state === 'online') ?? serving[0] ?? null;
    const detail = online && await get(`devices/${encodeURIComponent(online.id)}?windows=30&events=50`);
    const compare = online && detail.compare?.[online.models[0].name];
    const newest = rollouts.find(({ active }) => active) ?? rollouts[0];
    const whole = newest ? await get(`rollouts/${encodeURIComponent(newest.id)}`) : null;
    const judged = newest ? await get(`rollouts/${encodeURIComponent(newest.id)}/evaluations?limit=100`) : { evaluations: [] };
    return {
      devices, device: online, features: compare?.features?.length ?? 0, rollout: whole, evaluations: judged.evaluations.length,
    };
  } catch (error) {
    console.error(`tools/dashboard/check: the fleet manager at ${url} does not answer as expected (${error.message}).`);
    process.exit(2);
  }
}

function read(args) {
  const given = { url: null, folder: null, expectRollout: false };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--folder') {
      given.folder = args[++i];
    } else if (args[i] === '--expect-rollout') {
      given.expectRollout = true;
    } else if (given.url === null) {
      given.url = args[i].endsWith('/') ? args[i] : `${args[i]}/`;
    } else {
      given.folder = args[i];
    }
  }
  return given;
}
