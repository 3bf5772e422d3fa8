// How right a model is: what labels say with its interval, what is expected without them with its band, and how groups fare.
import { html, Component } from '../html.js';
import { count, digits, fixed, percent, words } from '../format.js';
import { columnsOf, expected, fourFifths, isError, isSmall, metricName, metricsOf, offBy, realised } from '../data/quality.js';
import { loadQuality } from '../data/load.js';
import { Chart } from '../parts/chart.js';
import { Chip, Panel } from '../parts/marks.js';

const Spans = [[1, '1 h'], [24, '24 h'], [168, '7 d']];
const MostGroups = 12;

export class QualitySection extends Component {
  state = { metric: null, hours: 24, fleet: false };

  componentDidMount() {
    this.load();
  }

  load() {
    const { hours, fleet } = this.state;
    loadQuality(this.props.view, this.props.model, { hours, fleet });
  }

  choose(change) {
    this.setState(change, () => this.load());
  }

  render({ view, model }, { metric: chosen, hours, fleet }) {
    const held = view.quality?.get(model.name);
    const quality = held?.quality;
    const metrics = metricsOf(quality);
    if (!quality || (metrics.length === 0 && !held.wasThere)) {
      return null;
    }
    held.wasThere = true;
    const metric = metrics.includes(chosen) ? chosen : metrics[0];
    return html`
      <${Panel} title="Quality" id="quality-title" aside=${html`
        ${metrics.length > 1 && html`<${Choice} label="Metric" choices=${metrics.map((name) => [name, metricName(name)])} value=${metric}
          onChoose=${(name) => this.choose({ metric: name })} />`}
        <${Choice} label="Whose answers" choices=${[[false, 'this device'], [true, 'all devices']]} value=${fleet}
          onChoose=${(all) => this.choose({ fleet: all })} />
        <${Choice} label="Span of time" choices=${Spans} value=${hours} onChoose=${(span) => this.choose({ hours: span })} />`}>
        ${metric ? html`<${Metric} quality=${quality} metric=${metric} stamp=${`${held.revision}/${metric}`} />`
          : html`<p class="nothing">No labels came in this time, and nothing was expected.</p>`}
        <${Unjoined} quality=${quality} />
        ${(quality.groups ?? []).map((groups) => html`<${Groups} key=${groups.name} groups=${groups} positive=${quality.positive} />`)}
      <//>`;
  }
}

const Choice = ({ label, choices, value, onChoose }) => html`
  <span class="choice" role="group" aria-label=${label}>
    ${choices.map(([key, text]) => html`<button type="button" key=${key} aria-pressed=${key === value} onClick=${() => onChoose(key)}>${text}</button>`)}
  </span>`;

// Shares in three decimals, values of unknown size in three digits.
const shown = (metric, value) => (isError(metric) ? digits(value) : fixed(value, 3));

function Metric({ quality, metric, stamp }) {
  const figure = realised(quality, metric);
  const estimate = expected(quality, metric);
  const off = offBy(estimate);
  const points = quality.points ?? [];
  const range = (of) => (of?.low === undefined || of?.low === null ? '' : `${shown(metric, of.low)} to ${shown(metric, of.high)}`);
  return html`
    <dl class="figures quality">
      <div><dt><span class="key"><i class="line strong"></i>by labels</span></dt>
        <dd>${figure ? shown(metric, figure.value) : '–'}<small> ${range(figure)}</small></dd></div>
      <div><dt><span class="key"><i class="line expected"></i>expected without</span></dt>
        <dd>${estimate ? shown(metric, estimate.value) : '–'}<small> ${range(estimate)}</small></dd></div>
      <div data-tone=${off !== null && isOutside(estimate) ? 'attention' : null}><dt>expected − labels</dt>
        <dd>${off === null ? '–' : `${off > 0 ? '+' : ''}${shown(metric, off)}`}</dd></div>
      <div><dt>baseline</dt><dd>${shown(metric, figure?.baseline)}</dd></div>
      <div><dt>reference</dt><dd>${shown(metric, figure?.reference)}</dd></div>
    </dl>
    ${points.length > 1 && html`
      <${Chart} height=${168} shape=${`quality ${metric}`} stamp=${stamp} data=${columnsOf(points, metric)}
        label=${`${metricName(metric)} over time by labels with its interval, and as expected without labels with its band`}
        options=${(colours) => options(colours, metric)}
        tell=${(i) => tell(points[i], metric)} />`}
    <p class="note">${count(quality.joined, 'labelled answer')} of ${count(quality.devices, 'device')} in ${count(quality.windows, 'window')}.
      Shaded: the interval of 95 % by labels, and the band that chance keeps the estimate in.
      An estimate knows nothing of a change in what is true, and decides nothing alone.</p>`;
}

// The labels contradict the estimate by more than its band allows.
const isOutside = ({ low, high, labelled_actual: actual }) => low !== undefined && low !== null && (actual < low || actual > high);

function Unjoined({ quality }) {
  const causes = Object.entries(quality.unjoined ?? {});
  return causes.length > 0 && html`<p class="note">Labels that could not be joined: ${
    causes.map(([cause, labels]) => `${fixed(labels)} ${words(cause)}`).join(', ')}.</p>`;
}

function tell(point, metric) {
  const figure = realised(point, metric);
  const estimate = expected(point, metric);
  const line = (name, of, colour) => of && { name, colour, value: `${shown(metric, of.value)}${
    of.low === undefined || of.low === null ? '' : ` (${shown(metric, of.low)} to ${shown(metric, of.high)})`}` };
  return [
    line(`by ${count(figure?.answers ?? 0, 'label')}`, figure, 'var(--accent)'),
    line(`expected of ${fixed(estimate?.answers)}`, estimate, 'var(--class-5)'),
  ].filter(Boolean);
}

const options = (colours, metric) => {
  const line = (stroke, own) => ({ stroke, width: 2, spanGaps: true, points: { show: true, size: 4, stroke, fill: stroke }, ...own });
  const edge = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
  return {
    scales: { x: { time: true }, y: { range: (_, low, high) => rangeOf(low, high, metric) } },
    series: [{}, line(colours.accent), edge, edge, line(colours.classes[5], { dash: [5, 4], points: { show: false } }), edge, edge],
    bands: [
      { series: [3, 2], fill: `color-mix(in srgb, ${colours.accent} 18%, transparent)` },
      { series: [6, 5], fill: `color-mix(in srgb, ${colours.classes[5]} 18%, transparent)` },
    ],
    axes: [{}, { size: 54, values: (_, splits) => splits.map((value) => (isError(metric) ? digits(value) : fixed(value, 2))) }],
  };
};

// Shares are seen within 0 to 1, and close where they are close together.
function rangeOf(low, high, metric) {
  const margin = Math.max(0.02, ((high ?? 1) - (low ?? 0)) * 0.15);
  return isError(metric)
    ? [0, (high ?? 1) * 1.1 || 1]
    : [Math.max(0, (low ?? 0) - margin), Math.min(1, (high ?? 1) + margin)];
}

function Groups({ groups, positive }) {
  const verdict = fourFifths(groups);
  const { selection, groups: all = [] } = groups;
  return html`
    <div class="groups">
      <h3>Groups by ${words(groups.name)} ${verdict && html`<${Chip} tone=${verdict.tone}>${verdict.words}<//>`}</h3>
      <table>
        <thead><tr><th scope="col">group</th><th scope="col">told ${positive}</th><th scope="col" class="wide">0 to 100 %</th>
          <th scope="col">answers</th><th scope="col">right</th><th scope="col">labelled</th></tr></thead>
        <tbody>${all.slice(0, MostGroups).map((group) => html`<${Group} key=${group.name} group=${group} small=${isSmall(group, groups)} />`)}</tbody>
      </table>
      <p class="note">${selection?.ratio !== undefined && selection?.ratio !== null
        ? `${selection.lowest} is told ${positive} ${fixed(selection.ratio, 2)} times as often as ${selection.highest} (${
          fixed(selection.ratio_low, 2)} to ${fixed(selection.ratio_high, 2)}; from 0.80 on the four-fifths rule is kept). ` : ''}
        Groups are compared from ${groups.least_trials} answers on; paler ones have fewer.
        ${all.length > MostGroups ? ` ${MostGroups} of ${all.length} are shown.` : ''}</p>
    </div>`;
}

const Group = ({ group, small }) => html`
  <tr data-small=${small || undefined}>
    <th scope="row" title=${group.name}>${group.name}</th>
    <td>${percent(group.selection?.value, 1)}</td>
    <td class="wide"><${Whisker} share=${group.selection} /></td>
    <td>${fixed(group.selection?.trials ?? 0)}</td>
    <td title=${group.accuracy?.value === undefined ? '' : `${percent(group.accuracy.low, 1)} to ${percent(group.accuracy.high, 1)}`}>${percent(group.accuracy?.value, 1)}</td>
    <td>${fixed(group.accuracy?.trials ?? 0)}</td>
  </tr>`;

// A dot for the share, and a line for its interval.
const Whisker = ({ share }) => (share?.value === undefined || share.value === null ? null : html`
  <svg class="whisker" viewBox="0 0 100 10" preserveAspectRatio="none" role="img"
    aria-label=${`${percent(share.value, 1)}, ${percent(share.low, 1)} to ${percent(share.high, 1)}`}>
    <line class="axis" x1="0" x2="100" y1="5" y2="5" />
    <line class="span" x1=${share.low * 100} x2=${share.high * 100} y1="5" y2="5" />
    <line class="dot" x1=${share.value * 100} x2=${share.value * 100} y1="1" y2="9" />
  </svg>`);
