// How one criterion came to where it is: its value over the rollout, the devices on the version before, the limit.
import { html } from '../html.js';
import { finite } from '../format.js';
import { Chart, limitLine } from '../parts/chart.js';
import { Panel } from '../parts/marks.js';
import { chosenCriterion, figure } from './gate.js';

const FewPoints = 5;

export function GateHistory({ view, rollout, chosen }) {
  const criterion = chosenCriterion(rollout.gate, chosen);
  if (!criterion) {
    return null;
  }
  const points = view.gates
    .map((gate) => ({ t: gate.t, entry: gate.criteria.find(({ name }) => name === criterion.name) }))
    .filter(({ entry }) => entry);
  const column = (of) => points.map(({ entry }) => finite(of(entry)));
  const data = [points.map(({ t }) => t),
    column(({ value }) => value), column(({ control_value: control }) => control), column(({ limit }) => limit)];
  const few = data[1].filter((value) => value !== null).length < FewPoints;
  const { unit, name } = criterion;
  return html`
    <${Panel} title=${`${criterion.title} over time`} id="history-title" aside=${html`
      <span class="key"><i class="line strong"></i>new</span>
      <span class="key"><i class="line faint"></i>before</span>
      <span class="key"><i class="line limit"></i>limit</span>`}>
      ${points.length === 0 ? html`<p class="nothing">The gate has not judged this yet.</p>` : html`
        <${Chart} height=${196} data=${data} shape=${`${rollout.id} ${name} ${few} ${points.length < 2}`} stamp=${`${view.revision} ${name}`}
          label=${`${criterion.title} at each decision of the gate: ${figure(criterion.value, unit)} now, limit ${figure(criterion.limit, unit)}`}
          options=${(colours) => options(colours, unit, few, points.length < 2 ? finite(criterion.limit) : null)}
          tell=${(i) => [
            { name: rollout.package.version, value: figure(points[i].entry.value, unit), colour: 'var(--accent)' },
            { name: 'before', value: figure(points[i].entry.control_value, unit), colour: 'var(--faint)' },
            { name: 'limit', value: figure(points[i].entry.limit, unit), colour: 'var(--attention)' },
          ]} />`}
    <//>`;
}

// The limit is a column of its own: the one for latency follows the devices on the version before.
// A bad package is often seen at the first judgement that has enough samples: then values are dots, for one makes no line.
function options(colours, unit, few, alone) {
  const dot = (fill) => (!few ? { show: false } : { show: true, size: 8, fill, stroke: fill });
  const highest = (plot) => Math.max(0, ...plot.data.slice(1).flatMap((column) => column.filter((value) => value !== null)));
  return {
    scales: {
      x: { time: true, range: (_, from, to) => (to > from ? [from, to] : [from - 30_000, to + 30_000]) },
      y: { range: (plot) => [0, Math.max(1e-6, highest(plot)) * 1.18] },
    },
    series: [
      {},
      { stroke: colours.accent, width: 2, points: dot(colours.accent) },
      { stroke: colours.faint, width: 1.5, points: dot(colours.faint) },
      { stroke: colours.attention, width: 1.5, dash: [5, 4], points: { show: false } },
    ],
    axes: [{}, { size: 56, values: (_, splits) => splits.map((value) => (value === 0 ? '0' : figure(value, unit))) }],
    plugins: [limitLine(() => alone, 'limit', colours.attention)],
  };
}
