// Tiny charts without axes, as SVG.
import { html } from '../html.js';
import { pauses } from '../data/series.js';
import { classColour } from './theme.js';

const Width = 240;

/** A line of recent values. `values` may hold nulls; `top` fixes the scale's upper end, else the largest value does. */
export function Sparkline({ values, height = 32, top, label }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) {
    return html`<svg class="spark" viewBox=${`0 0 ${Width} ${height}`} preserveAspectRatio="none" aria-hidden="true"></svg>`;
  }
  const ceiling = top ?? Math.max(...known, 1e-9) * 1.1;
  const step = Width / (values.length - 1);
  const y = (value) => (height - 2 - (Math.min(value, ceiling) / ceiling) * (height - 4)).toFixed(1);
  const line = path(values, (value, i) => `${(i * step).toFixed(1)} ${y(value)}`);
  return html`
    <svg class="spark" viewBox=${`0 0 ${Width} ${height}`} preserveAspectRatio="none" role="img" aria-label=${label}>
      <path class="under" d=${`${line}V${height}H${firstKnown(values) * step}Z`} />
      <path class="over" d=${line} />
    </svg>`;
}

/** Scores over a strip that shows the decision in force. `place(decision)` is the place of its colour. */
export function TraceLine({ trace, place, top, label }) {
  const length = trace.t.length;
  if (length < 2) {
    return html`<div class="trace waiting">waits for predictions</div>`;
  }
  const start = trace.t[0];
  const x = (t) => ((t - start) / Math.max(1, trace.t[length - 1] - start)) * Width;
  const ceiling = top ?? Math.max(...trace.score.map((score) => score ?? 0), 1e-9) * 1.1;
  const breaks = pauses(trace.t);
  const point = (score, i) => `${x(trace.t[i]).toFixed(1)} ${(36 - (Math.min(score, ceiling) / ceiling) * 32).toFixed(1)}`;
  return html`
    <svg class="trace" viewBox=${`0 0 ${Width} 46`} preserveAspectRatio="none" role="img" aria-label=${label}>
      <path class="over" d=${path(trace.score, point, breaks)} />
      ${runs(trace.decision, breaks).map(({ from, to, value }) => html`
        <rect x=${x(trace.t[from]).toFixed(1)} y="40" height="6" style=${{ fill: classColour(place(value)) }}
          width=${Math.max(0.5, x(trace.t[breaks.has(to + 1) ? to : Math.min(length - 1, to + 1)]) - x(trace.t[from])).toFixed(1)}>
          <title>${value}</title></rect>`)}
    </svg>`;
}

/** Runs of equal neighbours: [{ from, to, value }]; a place in `breaks` begins a new one. */
export function runs(values, breaks) {
  const found = [];
  for (let i = 0; i < values.length; i++) {
    const last = found[found.length - 1];
    if (last && last.value === values[i] && !breaks?.has(i)) {
      last.to = i;
    } else {
      found.push({ from: i, to: i, value: values[i] });
    }
  }
  return found;
}

const firstKnown = (values) => values.findIndex((value) => value !== null);

function path(values, point, breaks = new Set()) {
  let drawn = '';
  let broken = true;
  values.forEach((value, i) => {
    if (value === null) {
      broken = true;
      return;
    }
    drawn += `${broken || breaks.has(i) ? 'M' : 'L'}${point(value, i)}`;
    broken = false;
  });
  return drawn;
}
