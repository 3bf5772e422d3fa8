// What the page knows, and how a message changes it. Views only read; every list is bounded.
import { Series, Trace } from './series.js';
import { invalidate } from '../frame.js';

const MostEvents = 200;
const MostRollouts = 100;
const MostWindows = 60;
const MostGates = 600;
const MostUpdates = 50;
const MostPast = 180;

export const store = {
  route: { view: 'fleet' },
  link: { state: 'connecting', since: null, retryAt: null },
  /** Set once the first lists are here. */
  ready: false,
  /** Sentence about the last fetch that failed, or null. */
  trouble: null,
  hello: null,
  tiles: null,
  /** Recent predictions per second, oldest first. */
  ratesPast: [],
  devices: new Map(),
  /** Recent scores by "device/model". */
  traces: new Map(),
  events: [],
  rollouts: new Map(),
  packages: new Map(),
  /** The device on view: { id, trouble, detail, series: Map by model }, or null. */
  device: null,
  /** The rollout on view: { id, trouble, rollout, gates oldest first }, or null. */
  rollout: null,
  /** PackageDetail by digest. */
  manifests: new Map(),
  /** Sentence for screen readers: the newest thing that needs attention. */
  announcement: '',
  /** Milliseconds the manager's clock is ahead of this machine's. */
  skew: 0,
};

// When a list is fetched while the stream goes on, the answer may be older than what the stream said meanwhile.
let serial = 0;
const touched = new Map();

/** A mark to hand to `replaceAll` with the answer of a fetch that starts now. */
export const mark = () => serial;

/** The manager's time, UTC milliseconds. */
export const now = () => Date.now() + store.skew;

/** Applies one message of the stream. */
export function apply(name, content) {
  serial++;
  changes[name]?.(content);
  invalidate();
}

const changes = {
  hello(hello) {
    store.hello = hello;
    store.skew = hello.now_unix_ms - Date.now();
  },
  fleet(tiles) {
    setTiles(tiles);
  },
  device(device) {
    touched.set(`device ${device.id}`, serial);
    store.devices.set(device.id, device);
  },
  latest(latest) {
    traceOf(latest.device, latest.model).add(latest);
    if (store.device?.id === latest.device) {
      seriesOf(latest.model).add(latest);
      store.device.latest.set(latest.model, latest);
    }
  },
  window(window) {
    const detail = store.device?.id === window.device ? store.device.detail : null;
    if (!detail) {
      return;
    }
    const windows = ((detail.windows ??= {})[window.model] ??= []);
    if (windows.length === 0 || window.start_unix_ms > windows[windows.length - 1].start_unix_ms) {
      windows.push(window);
      windows.splice(0, windows.length - MostWindows);
      compareWith(detail, window);
    }
  },
  event(event) {
    addEvent(store.events, event);
    if (store.device?.detail && event.device === store.device.id) {
      addEvent((store.device.detail.events ??= []), event);
    }
    if (event.severity !== 'info' || event.kind === 'rollout') {
      store.announcement = `${event.device ?? 'Fleet'}: ${event.detail}`;
    }
  },
  update(update) {
    const detail = store.device?.id === update.device ? store.device.detail : null;
    if (detail) {
      const updates = (detail.updates ??= []);
      // Progress of one download replaces its own line; it is a figure, not a step.
      const same = updates[0]?.deployment === update.deployment && updates[0]?.state === update.state
        && updates[0]?.generation === update.generation;
      updates.splice(0, same ? 1 : 0, update);
      updates.splice(MostUpdates);
    }
  },
  rollout(rollout) {
    touched.set(`rollout ${rollout.id}`, serial);
    store.rollouts.set(rollout.id, rollout);
    if (store.rollout?.id === rollout.id) {
      setRollout(rollout);
    }
  },
  package(content) {
    store.packages.set(content.digest, content);
  },
};

/** Takes the fleet's figures. */
export function setTiles(tiles) {
  store.tiles = tiles;
  store.skew = tiles.now_unix_ms - Date.now();
  store.ratesPast.push(tiles.predictions_per_second ?? 0);
  store.ratesPast.splice(0, store.ratesPast.length - MostPast);
}

/** Replaces a list by a fetched one, except where the stream has said something newer since `since`. */
export function replaceAll(kind, items, since) {
  const map = kind === 'device' ? store.devices : store.rollouts;
  const newer = (id) => (touched.get(`${kind} ${id}`) ?? -1) > since;
  const here = new Set(items.map((item) => item.id));
  for (const id of [...map.keys()]) {
    if (!here.has(id) && !newer(id)) {
      map.delete(id);
      touched.delete(`${kind} ${id}`);
    }
  }
  for (const item of items) {
    if (!newer(item.id)) {
      map.set(item.id, item);
    }
  }
}

/** Takes the fetched events, newest first. */
export function setEvents(events) {
  for (const event of [...events].reverse()) {
    addEvent(store.events, event);
  }
}

/** Takes the rollout on view and keeps its gate for the history. */
export function setRollout(rollout) {
  store.rollout.rollout = rollout;
  if (rollout.gate) {
    addGates([rollout.gate]);
  }
}

/** Merges gate decisions into the history on view, by time. */
export function addGates(gates) {
  const held = store.rollout.gates;
  const known = new Set(held.map((gate) => gate.t));
  held.push(...gates.filter((gate) => !known.has(gate.t)));
  held.sort((a, b) => a.t - b.t);
  held.splice(0, held.length - MostGates);
  store.rollout.revision++;
}

/** Newest first, at most 100. */
export const rolloutsNewestFirst = () =>
  [...store.rollouts.values()].sort((a, b) => b.created_unix_ms - a.created_unix_ms).slice(0, MostRollouts);

/** Recent scores of one model of one device. */
export function traceOf(device, model) {
  const key = `${device}/${model}`;
  let trace = store.traces.get(key);
  if (!trace) {
    store.traces.set(key, (trace = new Trace()));
  }
  return trace;
}

/** Live series of a model of the device on view. */
export function seriesOf(model) {
  let series = store.device.series.get(model);
  if (!series) {
    store.device.series.set(model, (series = new Series()));
  }
  return series;
}

function addEvent(events, event) {
  if (events.some((known) => known.id === event.id)) {
    return;
  }
  events.unshift(event);
  events.sort((a, b) => b.id - a.id);
  events.splice(MostEvents);
}

// A window brings counts; edges and the reference's shares came with the detail and hold as long as the package does.
function compareWith(detail, window) {
  const compare = detail.compare?.[window.model];
  if (!compare || compare.digest !== window.digest) {
    store.device.stale = true;
    return;
  }
  compare.start_unix_ms = window.start_unix_ms;
  compare.end_unix_ms = window.end_unix_ms;
  compare.samples = window.samples;
  const features = new Map((window.features ?? []).map((feature) => [feature.name, feature]));
  for (const feature of compare.features ?? []) {
    const fresh = features.get(feature.name);
    if (fresh) {
      Object.assign(feature, measured(fresh.counts, fresh.psi, fresh.threshold), { missing: fresh.missing });
    }
  }
  if (compare.predictions && window.predictions) {
    const { counts, psi, threshold } = window.predictions;
    Object.assign(compare.predictions, measured(counts, psi, threshold));
  }
}

function measured(counts, psi, threshold) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    counts,
    shares: counts.map((count) => (total > 0 ? count / total : 0)),
    psi,
    threshold,
    drifting: Number(psi) > Number(threshold),
  };
}
