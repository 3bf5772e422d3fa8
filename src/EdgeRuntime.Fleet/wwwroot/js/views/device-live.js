// What a device decides: the decision in force, the score of every label now and over the last minutes.
import { html, Component } from '../html.js';
import { digits, fixed, latencyText, percent } from '../format.js';
import { isProbability, labelPlace, labelsOf } from '../data/labels.js';
import { pauses } from '../data/series.js';
import { seriesOf } from '../data/store.js';
import { Chart, limitLine } from '../parts/chart.js';
import { classColour, classPaint } from '../parts/theme.js';
import { Bar, Panel } from '../parts/marks.js';
import { runs } from '../parts/sparkline.js';

const Minutes = [1, 5, 15];
const StripShare = 0.12;

export class LiveSection extends Component {
  state = { minutes: 5 };

  render({ view, model, manifest }, { minutes }) {
    const series = seriesOf(model.name);
    const latest = view.latest.get(model.name);
    return html`
      <${Panel} title="Predictions" id="live-title" class="live" aside=${html`
        <span class="choice" role="group" aria-label="Span of the chart">
          ${Minutes.map((choice) => html`<button type="button" aria-pressed=${choice === minutes}
            onClick=${() => this.setState({ minutes: choice })}>${choice} min</button>`)}
        </span>`}>
        <div class="now-and-chart">
          <${Now} model=${model} latest=${latest} manifest=${manifest} />
          ${series.length > 1
            ? html`<${LiveChart} series=${series} model=${model} manifest=${manifest} minutes=${minutes} />`
            : html`<p class="nothing">No predictions yet. They arrive as soon as the device's sensor fills its first window.</p>`}
        </div>
      <//>`;
  }
}

function Now({ model, latest, manifest }) {
  const digest = latest?.digest ?? model.active?.digest;
  const decision = latest?.decision ?? model.latest?.decision;
  const place = (label) => labelPlace(model.name, digest, label);
  const scores = (latest?.labels ?? []).map((label, i) => [label, latest.scores[i]]);
  const rule = manifest?.decision;
  return html`
    <div class="now">
      <p class="decided"><span class="swatch" style=${{ background: classColour(place(decision)) }} aria-hidden="true"></span>
        <b>${decision ?? 'nothing yet'}</b></p>
      <p class="note">${model.name} ${latest?.version ?? model.active?.version ?? ''}${
        latest ? ` · inferred in ${latencyText(latest.infer_us / 1000)}` : ''}</p>
      ${scores.length > 0 ? html`
        <ul class="scores">
          ${scores.map(([label, score]) => html`
            <li key=${label} data-best=${label === latest.label}>
              <span>${label}</span><${Bar} share=${score} colour=${classColour(place(label))} mark=${rule?.threshold} />
              <b>${fixed(score, 2)}</b></li>`)}
        </ul>`
        : latest && html`<p class="figure"><b>${digits(latest.score)}</b> <span>${rule ? `limit ${digits(rule.threshold)}` : 'score'}</span></p>`}
      ${rule && scores.length > 0 && html`<p class="note">A new decision needs ${fixed(rule.threshold, 2)}${
        rule.hysteresis > 0 ? ` and a lead of ${fixed(rule.hysteresis, 2)}` : ''}.</p>`}
    </div>`;
}

function LiveChart({ series, model, manifest, minutes }) {
  const digest = model.active?.digest;
  const place = (label) => labelPlace(model.name, digest, label);
  const stacked = series.labels.length > 0;
  const bounded = stacked || isProbability(digest) === true;
  const { at, columns, decision, version } = recent(series, minutes, stacked);
  const end = series.t[series.length - 1];
  const threshold = stacked ? null : manifest?.decision?.threshold ?? null;
  const strip = { decision: columns.length > 0 ? decision : [], version };
  // The hooks outlive one rendering; they read what the newest one left here.
  const current = (series.drawing ??= {});
  Object.assign(current, { strip, t: columns[0], end, span: minutes * 60_000, place, threshold, bounded });
  return html`
    <div class="live-chart">
      <${Chart} height=${272} stamp=${`${series.revision}/${minutes}`} data=${columns}
        shape=${`${stacked ? series.labels.join() : 'score'} ${bounded} ${minutes} ${threshold} ${digest}`}
        label=${`${stacked ? `Probabilities of ${series.labels.join(', ')}` : 'Score'} over the last ${minutes} minutes `
          + `with the decisions below; now ${series.decision[series.length - 1]}`}
        options=${(colours) => (stacked ? stackedOptions(series, colours, current) : scoreOptions(colours, current))}
        tell=${(i) => [
          { name: `decided ${decision[i] ?? ''}`, value: version[i] ?? '', colour: classColour(place(decision[i])) },
          ...(stacked
            ? series.labels.map((label, k) => ({ name: label, value: percent(series.scores[k][at[i]]), colour: classColour(place(label)) }))
            : [{ name: 'score', value: digits(series.score[at[i]]), colour: 'var(--accent)' }]),
        ]} />
      <ul class="legend" aria-hidden="true">
        ${(stacked ? series.labels : labelsOf(model.name, digest)).map((label) => html`
          <li key=${label}><span class="swatch" style=${{ background: classColour(place(label)) }}></span>${label}</li>`)}
        <li class="note">strip: decision in force</li>
      </ul>
    </div>`;
}

// The columns of the last minutes; for a stack each column is the sum of the labels up to it. `at` are the places in
// the series; a pause of the device has a row of its own, without values and without a place.
function recent(series, minutes, stacked) {
  const end = series.t[series.length - 1];
  const from = Math.max(0, series.t.findIndex((t) => t >= end - minutes * 60_000));
  const breaks = pauses(series.t, from);
  const at = [];
  const t = [];
  for (let i = from; i < series.length; i++) {
    if (breaks.has(i)) {
      at.push(-1);
      t.push(series.t[i - 1] + 1);
    }
    at.push(i);
    t.push(series.t[i]);
  }
  const decision = at.map((i) => series.decision[i]);
  const version = at.map((i, row) => series.version[i < 0 ? at[row - 1] : i]);
  if (!stacked) {
    return { at, columns: [t, at.map((i) => series.score[i] ?? null)], decision, version };
  }
  const sums = new Array(at.length).fill(0);
  const columns = series.scores.map((scores) => at.map((i, row) => {
    const score = scores[i] ?? null;
    return score === null ? null : (sums[row] += score);
  }));
  return { at, columns: [t, ...columns], decision, version };
}

function frameOptions(current) {
  return {
    x: { time: true, range: () => [current.end - current.span, current.end] },
    drawStrip: (colours) => ({ hooks: { draw: [(plot) => drawStrip(plot, colours, current)] } }),
  };
}

function stackedOptions(series, colours, current) {
  const { x, drawStrip: strip } = frameOptions(current);
  const paint = (i) => classPaint(colours, current.place(series.labels[i]));
  return {
    scales: { x, y: { range: [-StripShare, 1] } },
    series: [{}, ...series.labels.map((label, i) => ({
      label, stroke: paint(i), width: 0, fill: i === 0 ? `${paint(0)}` : undefined, points: { show: false },
    }))],
    bands: series.labels.slice(1).map((_, i) => ({ series: [i + 2, i + 1], fill: paint(i + 1) })),
    axes: [{}, { splits: () => [0, 0.25, 0.5, 0.75, 1], values: (_, splits) => splits.map((value) => percent(value)) }],
    plugins: [strip(colours)],
  };
}

function scoreOptions(colours, current) {
  const { x, drawStrip: strip } = frameOptions(current);
  const top = (highest) => (current.bounded ? 1 : Math.max(highest ?? 0, (current.threshold ?? 0) * 1.25, 1e-9) * 1.05);
  return {
    scales: { x, y: { range: (_, low, high) => [-StripShare * top(high), top(high)] } },
    series: [{}, { label: 'score', stroke: colours.accent, width: 1.5, points: { show: false } }],
    axes: [{}, { values: (_, splits) => splits.map((value) => (value < 0 ? '' : digits(value))) }],
    plugins: [strip(colours), limitLine(() => current.threshold, 'threshold', colours.attention)],
  };
}

// Below zero: the decision in force as a coloured strip. A change of version is a line through everything.
function drawStrip(plot, colours, { strip, t, place }) {
  const pen = plot.ctx;
  const ratio = window.devicePixelRatio || 1;
  const { left, top, width, height } = plot.bbox;
  const bottom = top + height;
  const thick = 14 * ratio;
  const x = (i) => plot.valToPos(t[Math.min(i, t.length - 1)], 'x', true);
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  for (const { from, to, value } of runs(strip.decision).filter((run) => run.value !== undefined)) {
    pen.fillStyle = classPaint(colours, place(value));
    pen.fillRect(x(from), bottom - thick, Math.max(1, x(to + 1) - x(from)), thick);
  }
  pen.font = `${11 * ratio}px system-ui, sans-serif`;
  pen.textBaseline = 'top';
  const versions = runs(strip.version);
  for (const { from, value } of versions.slice(1)) {
    const at = Math.round(x(from)) + 0.5;
    pen.strokeStyle = colours.text;
    pen.lineWidth = ratio;
    pen.beginPath();
    pen.moveTo(at, top);
    pen.lineTo(at, bottom);
    pen.stroke();
    const words = ` ${value}`;
    pen.textAlign = 'left';
    const size = pen.measureText(words).width + 6 * ratio;
    pen.fillStyle = colours.panel;
    pen.fillRect(at + ratio, top + 3 * ratio, size, 16 * ratio);
    pen.fillStyle = colours.text;
    pen.fillText(words, at + ratio, top + 5 * ratio);
  }
  pen.restore();
}
