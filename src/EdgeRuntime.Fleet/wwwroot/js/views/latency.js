// How long inference takes, by window, and how far the worst input is from its threshold.
import { html } from '../html.js';
import { finite, fixed, latency, latencyText } from '../format.js';
import { Chart, decades, latencyScale, limitLine } from '../parts/chart.js';
import { Panel } from '../parts/marks.js';

export function LatencySection({ view, model, manifest }) {
  const windows = view.detail?.windows?.[model.name] ?? [];
  const last = windows[windows.length - 1];
  const [p99, unit] = latency(last?.infer?.p99_ms ?? model.p99_ms);
  const t = windows.map((window) => window.end_unix_ms);
  const column = (of) => windows.map((window) => positive(of(window)));
  const stamp = `${windows.length}/${t[t.length - 1]}`;
  return html`
    <${Panel} title="Latency" id="latency-title" aside=${html`
      <span class="key"><i class="line strong"></i>p99</span>
      <span class="key"><i class="line"></i>p50</span>
      <span class="key"><i class="line faint"></i>path p99</span>`}>
      <dl class="figures">
        <div><dt>p99</dt><dd>${p99}<small> ${unit}</small></dd></div>
        <div><dt>p50</dt><dd>${latencyText(last?.infer?.p50_ms ?? model.p50_ms)}</dd></div>
        <div><dt>max</dt><dd>${latencyText(last?.infer?.max_ms)}</dd></div>
        <div><dt>rate</dt><dd>${fixed(model.rate_hz, 1)}<small> /s</small></dd></div>
        <div data-tone=${model.failed > 0 ? 'bad' : null}><dt>failed</dt><dd>${fixed(model.failed)}</dd></div>
      </dl>
      ${windows.length > 1 && html`
        <${Chart} height=${132} shape="latency" stamp=${stamp}
          label="Latency of inference by window: p50, p99 and p99 from frame to decision"
          data=${[t, column(({ infer }) => infer?.p50_ms), column(({ infer }) => infer?.p99_ms), column(({ path }) => path?.p99_ms)]}
          options=${latencyOptions}
          tell=${(i) => [
            { name: 'p99', value: latencyText(windows[i]?.infer?.p99_ms), colour: 'var(--accent)' },
            { name: 'p50', value: latencyText(windows[i]?.infer?.p50_ms), colour: 'var(--dim)' },
            { name: 'path p99', value: latencyText(windows[i]?.path?.p99_ms), colour: 'var(--faint)' },
          ]} />`}
      ${manifest?.soak && html`<p class="note">The package allows p99 up to ${latencyText(manifest.soak.max_p99_ms)} while on trial.</p>`}
      ${windows.length > 1 && html`
        <h3>Largest drift ratio by window</h3>
        <${Chart} height=${104} shape="drift" stamp=${stamp}
          label="Largest ratio of a stability index to its threshold, by window; above 1 is drift"
          data=${[t, windows.map((window) => finite(window.drift))]}
          options=${driftOptions}
          tell=${(i) => [{ name: 'drift', value: `${fixed(windows[i]?.drift, 2)} ×`, colour: 'var(--accent)' }]} />`}
    <//>`;
}

// A logarithmic scale has no zero.
const positive = (value) => (finite(value) > 0 ? finite(value) : null);

const latencyOptions = (colours) => ({
  scales: { x: { time: true }, y: latencyScale },
  series: [
    {},
    { stroke: colours.dim, width: 1.5, points: { show: false } },
    { stroke: colours.accent, width: 2, points: { show: false } },
    { stroke: colours.faint, width: 1.5, points: { show: false } },
  ],
  axes: [{}, {
    size: 54,
    splits: decades,
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map((value) => latencyText(value).replace(/\.0+(?=\D)/, '')),
  }],
});

const driftOptions = (colours) => ({
  scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(1.4, (high ?? 0) * 1.1)] } },
  series: [{}, { stroke: colours.accent, width: 1.5, points: { show: false } }],
  axes: [{}, { size: 54, space: 24, values: (_, splits) => splits.map((value) => `${fixed(value, value % 1 === 0 ? 0 : 1)} ×`) }],
  plugins: [limitLine(() => 1, 'drift', colours.attention)],
});
