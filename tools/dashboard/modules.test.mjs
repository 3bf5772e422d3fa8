// The page's data modules, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.requestAnimationFrame = () => {};
globalThis.window = { matchMedia: () => ({ addEventListener() {}, removeEventListener() {} }) };

const { Series, Trace, pauses } = await import('./js/data/series.js');
const { ago, bytes, fixed, latencyText, percent, span } = await import('./js/format.js');
const { deviceAddress, parseAddress } = await import('./js/router.js');
const { addGates, apply, mark, replaceAll, setEvents, store } = await import('./js/data/store.js');
const { isProbability, labelPlace } = await import('./js/data/labels.js');
const { columnsOf, expected, fourFifths, isSmall, metricsOf, offBy, realised } = await import('./js/data/quality.js');

const point = (t, scores = [0.25, 0.75], labels = ['idle', 'compute']) =>
  ({ t, decision: 'compute', label: 'compute', score: 0.75, infer_us: 30, version: '1.0.0', labels, scores });

const history = (...times) => ({
  labels: ['idle', 'compute'], t: times, n: times, decision: times.map(() => 'idle'), label: times.map(() => 'idle'),
  score: times.map(() => 0.9), scores: times.map(() => [0.9, 0.1]), infer_us: times.map(() => 20), version: times.map(() => '1.0.0'),
});

test('A history fills the gap that a broken stream left, and what was heard live stays', () => {
  const series = new Series();
  [10, 11, 20, 21].forEach((t) => series.add(point(t)));

  series.backfill(history(8, 9, 10, 12, 15));

  assert.deepEqual(series.t, [8, 9, 10, 11, 12, 15, 20, 21]);
  assert.deepEqual(series.decision, ['idle', 'idle', 'compute', 'compute', 'idle', 'idle', 'compute', 'compute']);
  assert.deepEqual(series.scores[1], [0.1, 0.1, 0.75, 0.75, 0.1, 0.1, 0.75, 0.75]);
});

test('A repeated or older prediction changes nothing', () => {
  const series = new Series();
  series.add(point(10));
  const revision = series.revision;

  series.add(point(10));
  series.add(point(9));

  assert.deepEqual([series.t, series.revision], [[10], revision]);
});

test('Labels are matched by name when a new version orders and extends them', () => {
  const series = new Series();
  series.add(point(1, [0.2, 0.8], ['idle', 'compute']));
  series.add(point(2, [0.1, 0.6, 0.3], ['compute', 'idle', 'disk']));

  assert.deepEqual(series.labels, ['idle', 'compute', 'disk']);
  assert.deepEqual(series.scores, [[0.2, 0.6], [0.8, 0.1], [0, 0.3]]);
});

test('Histories are bounded and keep the newest, every column alike', () => {
  const series = new Series();
  const trace = new Trace();
  for (let t = 1; t <= 10_000; t++) {
    series.add(point(t));
    trace.add(point(t));
  }

  assert.ok(series.length <= Series.most + Series.spare);
  assert.equal(series.t.at(-1), 10_000);
  assert.deepEqual(series.scores.map((column) => column.length), [series.length, series.length]);
  assert.equal(trace.t.length, Trace.most);
  assert.equal(trace.t.at(-1), 10_000);
});

test('A score that is not a number becomes a gap', () => {
  const series = new Series();
  series.add({ ...point(1), score: 'NaN', scores: ['NaN', 'Infinity'] });

  assert.deepEqual([series.score, series.scores], [[null], [[null], [null]]]);
});

test('A list that was fetched before the stream spoke does not undo what it said', () => {
  const since = mark();
  apply('device', { id: 'a', state: 'lost' });

  replaceAll('device', [{ id: 'a', state: 'online' }, { id: 'b', state: 'online' }], since);

  assert.equal(store.devices.get('a').state, 'lost');
  assert.equal(store.devices.get('b').state, 'online');
});

test('A device that the manager no longer lists disappears', () => {
  replaceAll('device', [{ id: 'b', state: 'online' }], mark());

  assert.deepEqual([...store.devices.keys()], ['b']);
});

test('Events are newest first, each once, and bounded', () => {
  setEvents([{ id: 3, severity: 'info' }, { id: 1, severity: 'info' }]);
  apply('event', { id: 2, device: 'a', kind: 'drift', severity: 'warning', detail: 'Drifts.' });
  apply('event', { id: 2, device: 'a', kind: 'drift', severity: 'warning', detail: 'Drifts.' });
  assert.deepEqual(store.events.map(({ id }) => id), [3, 2, 1]);
  assert.equal(store.announcement, 'a: Drifts.');

  for (let id = 4; id < 1000; id++) {
    apply('event', { id, device: 'a', kind: 'decision', severity: 'info', detail: '' });
  }

  assert.equal(store.events.length, 200);
  assert.equal(store.events[0].id, 999);
});

test('A window of the package on view updates shares and verdicts, one of another package asks for the reference', () => {
  store.device = {
    id: 'a', series: new Map(), latest: new Map(), stale: false,
    detail: { compare: { vitals: { digest: 'x', features: [{ name: 'f', counts: [1], reference_shares: [0.5, 0.5] }], predictions: { labels: ['p'], counts: [] } } } },
  };
  const window = {
    device: 'a', model: 'vitals', digest: 'x', start_unix_ms: 1, end_unix_ms: 2, samples: 4,
    features: [{ name: 'f', counts: [1, 3], psi: 0.4, threshold: 0.25, missing: 2 }],
    predictions: { counts: [4], psi: 0, threshold: 0.25 },
  };

  apply('window', window);
  const [feature] = store.device.detail.compare.vitals.features;
  assert.deepEqual([feature.shares, feature.drifting, feature.missing, feature.reference_shares], [[0.25, 0.75], true, 2, [0.5, 0.5]]);
  assert.equal(store.device.stale, false);

  apply('window', { ...window, digest: 'y', start_unix_ms: 3 });
  assert.equal(store.device.stale, true);
});

test('Gate decisions merge by time, whichever comes first', () => {
  store.rollout = { id: 'r', rollout: null, gates: [], revision: 0 };

  addGates([{ t: 3 }]);
  addGates([{ t: 3 }, { t: 2 }, { t: 1 }]);

  assert.deepEqual(store.rollout.gates.map(({ t }) => t), [1, 2, 3]);
});

test('Labels of a classifier have its order; a reconstruction\'s alarm has the alarm\'s colour', () => {
  store.packages.set('c', { kind: 'classification', labels: ['idle', 'anomaly'] });
  store.packages.set('r', { kind: 'reconstruction', labels: [] });
  store.manifests.set('r', { manifest: { decision: { below: 'quiet', above: 'loud' } } });

  assert.deepEqual([labelPlace('m', 'c', 'anomaly'), labelPlace('m', 'r', 'quiet'), labelPlace('m', 'r', 'loud')], [1, 0, -2]);
  assert.deepEqual([labelPlace('m', 'c', 'unknown'), isProbability('c'), isProbability('r'), isProbability('?')], [-1, true, false, null]);
});

test('Numbers read as people write them', () => {
  assert.deepEqual([fixed(1234567), fixed(-0.001, 2), fixed('NaN', 1), fixed(null)], ['1\u202f234\u202f567', '0.00', '–', '–']);
  assert.deepEqual([latencyText(0.0315), latencyText(0.4), latencyText(12.34), latencyText(2500)], ['32\u00a0µs', '0.40\u00a0ms', '12.3\u00a0ms', '2.5\u00a0s']);
  assert.deepEqual([percent(0.004), percent(0.91), percent(0)], ['0.4\u202f%', '91\u202f%', '0\u202f%']);
  assert.deepEqual([bytes(999), bytes(43_210), bytes(8.2e9)], ['999\u00a0B', '43.2\u00a0kB', '8.2\u00a0GB']);
  assert.deepEqual([span(8000), span(180_000), span(7_200_000), span(5 * 86_400_000)], ['8\u00a0s', '3\u00a0min', '2\u00a0h', '5\u00a0d']);
  assert.deepEqual([ago(0, 1), ago(10_000, 9_000), ago(10_000, 15_000)], ['never', 'now', '5\u00a0s ago']);
});

test('An address leads back to the view it was made for; a broken one leads to the fleet', () => {
  assert.deepEqual(parseAddress(deviceAddress('pump/7', 'a b')), { view: 'device', id: 'pump/7', model: 'a b' });
  assert.deepEqual(parseAddress('#/rollouts'), { view: 'rollouts' });
  assert.deepEqual([parseAddress(''), parseAddress('#/device'), parseAddress('#/%E0%A4%A')].map(({ view }) => view), ['fleet', 'fleet', 'fleet']);
});

test('A line breaks where a device paused, and not where it is merely slow', () => {
  assert.deepEqual([...pauses([0, 500, 1000, 9000, 9500, 10_000])], [3]);
  assert.deepEqual([...pauses([0, 60_000, 120_000, 180_000])], []);
  assert.deepEqual([...pauses([0, 9000, 9500, 10_000], 1)], []);
});

const quality = {
  metrics: [{ name: 'accuracy', value: 0.9, low: 0.8, high: 0.95, answers: 50 }, { name: 'precision', value: 1 }],
  estimates: [{ metric: 'accuracy', value: 0.93, low: 0.9, high: 0.96, answers: 900, labelled_answers: 50, labelled_estimated: 0.94, labelled_actual: 0.9 },
    { metric: 'error', value: 0.2, answers: 900, labelled_answers: 0 }, { metric: 'auc', value: 0.99, answers: 900, labelled_answers: 0 }],
};

test('Metrics that have a figure by labels or an estimate can be chosen, the most telling first', () => {
  assert.deepEqual(metricsOf(quality), ['accuracy', 'auc']);
  assert.deepEqual(metricsOf({ metrics: [{ name: 'absolute', value: 3 }] }), ['absolute']);
  assert.deepEqual([metricsOf(undefined), metricsOf({})], [[], []]);
  assert.equal(realised(quality, 'auc'), null);
});

test('An estimate of wrong answers stands in for the accuracy only where there is no other, seen from its side', () => {
  assert.equal(expected(quality, 'accuracy').value, 0.93);
  const mirrored = expected({ estimates: [
    { metric: 'error', value: 0.25, low: 0.125, high: 0.5, answers: 9, labelled_answers: 3, labelled_estimated: 0.25, labelled_actual: 0.5 }] }, 'accuracy');
  assert.deepEqual([mirrored.value, mirrored.low, mirrored.high, offBy(mirrored)], [0.75, 0.5, 0.875, 0.25]);
  assert.equal(expected({ estimates: [{ metric: 'error', value: 0.25, answers: 9 }] }, 'accuracy').low, undefined);
});

test('How far off an estimate was is told only where labels came', () => {
  assert.ok(Math.abs(offBy(expected(quality, 'accuracy')) - 0.04) < 1e-12);
  assert.equal(offBy(expected(quality, 'auc')), null);
  assert.equal(offBy(null), null);
});

test('Spans without labels leave a gap in the chart and keep their estimate', () => {
  const points = [{ from_unix_ms: 0, to_unix_ms: 10, ...quality }, { from_unix_ms: 10, to_unix_ms: 20, metrics: [], estimates: [{ metric: 'accuracy', value: 0.5 }] }];

  assert.deepEqual(columnsOf(points, 'accuracy'), [[5, 15], [0.9, null], [0.8, null], [0.95, null], [0.93, 0.5], [0.9, null], [0.96, null]]);
});

test('The four-fifths rule is broken for sure, perhaps, or not, and unknown where too few answers are there', () => {
  const groups = (ratio, keeps, certain) => ({ selection: { ratio }, keeps_four_fifths: keeps, breaks_four_fifths_certainly: certain, least_trials: 30 });

  assert.deepEqual([groups(0.9, true, false), groups(0.7, false, false), groups(0.4, false, true)].map((each) => fourFifths(each).tone), ['ok', 'attention', 'bad']);
  assert.equal(fourFifths({ selection: {} }), null);
  assert.deepEqual([isSmall({ selection: { trials: 30 } }, groups(1)), isSmall({ selection: { trials: 29 } }, groups(1)), isSmall({}, groups(1))], [false, true, true]);
});
