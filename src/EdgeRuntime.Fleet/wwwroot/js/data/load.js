// What is fetched, and when: the lists on every hello of the stream, the rest when a view needs it.
import { get } from './api.js';
import { invalidate } from '../frame.js';
import {
  addGates, mark, replaceAll, seriesOf, setEvents, setRollout, setTiles, store, traceOf,
} from './store.js';

const MostTraces = 60;
const QualityEveryMs = 20_000;
const QualityPoints = 48;
const MostManifests = 24;

/** Fetches the lists and what the current view needs. */
export async function loadAll() {
  const since = mark();
  try {
    const [tiles, devices, rollouts, packages, events] = await Promise.all([
      get('fleet'), get('devices'), get('rollouts?limit=50'), get('packages'), get('events?limit=100'),
    ]);
    setTiles(tiles);
    replaceAll('device', devices.devices, since);
    replaceAll('rollout', rollouts.rollouts, since);
    store.packages = new Map(packages.packages.map((content) => [content.digest, content]));
    setEvents(events.events);
    // What a score means, and which decision is an alarm, stands in the manifest of models that do not classify.
    packages.packages.filter((content) => content.devices > 0 && content.kind !== 'classification')
      .forEach((content) => loadManifest(content.digest));
    store.ready = true;
    store.trouble = null;
  } catch (error) {
    store.trouble = error.message;
  }
  invalidate(true);
  await loadView();
}

/** Fetches what the view of the current address needs; what another view held is let go. */
export async function loadView() {
  if (!store.ready && !store.trouble) {
    return;
  }
  const { view, id } = store.route;
  store.device = view === 'device' ? deviceOnView(id) : null;
  store.rollout = view === 'rollout' ? rolloutOnView(id) : null;
  invalidate(true);
  await (view === 'device' ? loadDevice(store.device)
    : view === 'rollout' ? loadRollout(store.rollout)
      : view === 'rollouts' ? loadRegistry() : loadTraces());
}

const deviceOnView = (id) => (store.device?.id === id ? store.device
  : { id, trouble: null, detail: null, series: new Map(), latest: new Map(), quality: new Map(), stale: false });

const rolloutOnView = (id) => (store.rollout?.id === id ? store.rollout
  : { id, trouble: null, rollout: null, gates: [], revision: 0 });

async function loadDevice(view) {
  try {
    const since = mark();
    const detail = await get(`devices/${encodeURIComponent(view.id)}?windows=30&events=50`);
    if (store.device !== view) {
      return;
    }
    const fresh = mark() === since || !store.devices.has(view.id);
    view.detail = detail;
    view.trouble = null;
    view.stale = false;
    for (const [model, latest] of Object.entries(detail.latest ?? {})) {
      view.latest.set(model, latest);
    }
    if (fresh) {
      store.devices.set(view.id, detail);
    }
    await Promise.all((detail.models ?? []).map((model) => loadModel(view, model)));
  } catch (error) {
    view.trouble = error.message;
  }
  invalidate(true);
}

async function loadModel(view, model) {
  const path = `devices/${encodeURIComponent(view.id)}/history?model=${encodeURIComponent(model.name)}&points=1500`;
  const [history] = await Promise.all([get(path), model.active ? loadManifest(model.active.digest) : null]);
  if (store.device === view) {
    seriesOf(model.name).backfill(history);
  }
}

/**
 * Fetches how right a model of the device on view is, or the same package's on all devices.
 * `wanted` is { hours, fleet }; without it what is on view is fetched again, when it is old enough.
 */
export async function loadQuality(view, model, wanted) {
  const digest = model.active?.digest;
  const held = view.quality.get(model.name) ?? { revision: 0, askedAt: 0 };
  const { hours, fleet } = Object.assign(held, wanted);
  view.quality.set(model.name, held);
  if (hours === undefined || !digest || !store.packages.has(digest) || (!wanted && Date.now() - held.askedAt < QualityEveryMs)) {
    return;
  }
  held.askedAt = Date.now();
  const path = `packages/${digest}/quality?hours=${hours}&points=${QualityPoints}`;
  try {
    const quality = await get(fleet ? path : `${path}&device=${encodeURIComponent(view.id)}`);
    // What was chosen meanwhile is fetched by itself.
    if (held.hours === hours && held.fleet === fleet) {
      held.quality = quality;
      held.revision++;
    }
  } catch {
    // What was there stays; the next window asks again.
  }
  invalidate();
}

/** Fetches a package's manifest once. A device may run one that was never pushed here; the page does without. */
async function loadManifest(digest) {
  if (store.manifests.has(digest) || !store.packages.has(digest)) {
    return;
  }
  store.manifests.set(digest, null);
  if (store.manifests.size > MostManifests) {
    store.manifests.delete(store.manifests.keys().next().value);
  }
  try {
    store.manifests.set(digest, await get(`packages/${digest}`));
  } catch {
    // Stays null, and the view leaves out what only the manifest could tell.
  }
  invalidate();
}

async function loadRollout(view) {
  try {
    const path = `rollouts/${encodeURIComponent(view.id)}`;
    const [rollout, evaluations] = await Promise.all([get(path), get(`${path}/evaluations?limit=300`)]);
    if (store.rollout === view) {
      view.trouble = null;
      setRollout(rollout);
      addGates(evaluations.evaluations);
    }
  } catch (error) {
    view.trouble = error.message;
  }
  invalidate(true);
}

// How many devices run a package changes without a message of its own.
async function loadRegistry() {
  try {
    const { packages } = await get('packages');
    store.packages = new Map(packages.map((content) => [content.digest, content]));
  } catch (error) {
    store.trouble = error.message;
  }
  invalidate(true);
}

// Four at a time and only what the first screens show: a large fleet must not be asked for everything at once.
async function loadTraces() {
  const wanted = [...store.devices.values()]
    .flatMap((device) => (device.models ?? []).map((model) => ({ device: device.id, model: model.name })))
    .filter(({ device, model }) => !traceOf(device, model).asked)
    .slice(0, MostTraces);
  const worker = async () => {
    for (let next = wanted.shift(); next; next = wanted.shift()) {
      await loadTrace(next.device, next.model);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

async function loadTrace(device, model) {
  const trace = traceOf(device, model);
  trace.asked = true;
  try {
    trace.backfill(await get(
      `devices/${encodeURIComponent(device)}/history?model=${encodeURIComponent(model)}&points=100`));
    invalidate();
  } catch {
    // Without a history the trace begins now, and the next visit asks again.
    trace.asked = false;
  }
}
