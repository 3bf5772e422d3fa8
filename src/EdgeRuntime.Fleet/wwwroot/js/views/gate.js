// The gate: each criterion's value beside its limit.
import { html } from '../html.js';
import { count, digits, finite, fixed, latencyText, percent } from '../format.js';
import { Bar, Chip, Panel } from '../parts/marks.js';

const Words = { pass: 'holds', fail: 'violated', waiting: 'waiting', unknown: 'no comparison' };

export function GateSection({ rollout, chosen, choose }) {
  const { gate } = rollout;
  if (!gate) {
    return html`<${Panel} title="Gate" id="gate-title"><p class="nothing">${rollout.active
      ? 'The gate begins once the first devices trust the new version.' : 'The rollout ended before the gate had anything to judge.'}</p><//>`;
  }
  const current = chosenCriterion(gate, chosen);
  return html`
    <${Panel} title="Gate" id="gate-title" class="gate" aside=${html`<${Verdict} verdict=${gate.verdict} />`}>
      <p class="summary" data-tone=${gate.verdict === 'fail' ? 'bad' : null}>${gate.summary}</p>
      <p class="note">${rollout.stages?.[gate.stage]?.name ?? `Stage ${gate.stage}`}:
        ${' '}${count(gate.canary.length, 'device')} on ${rollout.package.version}${
          gate.control.length > 0 ? ` beside ${count(gate.control.length, 'device')} on the version before` : ', no device left to compare with'},
        ${' '}watched for ${fixed(gate.soak_seconds)} of at least ${fixed(gate.soak_needed_seconds)} s.</p>
      <ul class="criteria">
        ${gate.criteria.map((criterion) => html`
          <${Criterion} key=${criterion.name} criterion=${criterion} pressed=${current?.name === criterion.name}
            press=${() => choose(criterion.name)} />`)}
      </ul>
      <p class="key-line note"><span class="key"><i class="mark"></i>limit</span>
        <span class="key"><i class="control"></i>devices still on the version before</span></p>
    <//>`;
}

/** The criterion whose history is drawn: the one a person chose, else a violated one, else the closest to its limit. */
export function chosenCriterion(gate, chosen) {
  const criteria = gate?.criteria ?? [];
  const closeness = ({ value, limit }) => (finite(limit) > 0 ? (finite(value) ?? 0) / limit : -1);
  return criteria.find(({ name }) => name === chosen)
    ?? criteria.find(({ verdict }) => verdict === 'fail')
    ?? [...criteria].filter(({ name }) => name !== 'samples' && name !== 'installs').sort((a, b) => closeness(b) - closeness(a))[0]
    ?? null;
}

/** A criterion's figure in its unit. */
export function figure(value, unit) {
  if (value === 'Infinity') {
    return '∞';
  }
  switch (unit) {
    case 'share': return percent(value);
    case 'ms': return latencyText(value);
    case 'nats': return fixed(value, 2);
    case 'samples': case 'devices': return fixed(value);
    default: return digits(value);
  }
}

const Verdict = ({ verdict }) => html`
  <${Chip} tone=${verdict === 'fail' ? 'bad' : verdict === 'pass' ? 'ok' : verdict === 'waiting' ? 'info' : 'quiet'}>${Words[verdict] ?? verdict}<//>`;

function Criterion({ criterion, pressed, press }) {
  const { title, verdict, unit, detail, name } = criterion;
  const value = criterion.value === 'Infinity' ? Infinity : finite(criterion.value);
  const limit = finite(criterion.limit);
  const control = finite(criterion.control_value);
  const counts = name === 'samples';
  // The scale shows limit and value both, the limit at two thirds unless the value is far beyond.
  const top = counts ? Math.max(limit ?? 1, 1)
    : Math.max((limit ?? 0) * 1.5, Number.isFinite(value) ? (value ?? 0) * 1.05 : (limit ?? 1) * 4, (control ?? 0) * 1.05, 1e-9);
  const tone = verdict === 'fail' ? 'bad' : verdict === 'pass' ? 'ok' : verdict === 'waiting' ? 'info' : 'quiet';
  const needed = criterion.samples_needed > 0 && criterion.samples < criterion.samples_needed
    ? `${fixed(criterion.samples)} of ${fixed(criterion.samples_needed)}` : fixed(criterion.samples);
  return html`
    <li data-verdict=${verdict}>
      <button type="button" aria-pressed=${pressed} onClick=${press} title="Show its history">
        <span class="title">${title}</span>
        <${Verdict} verdict=${verdict} />
        <span class="against"><b>${figure(criterion.value, unit)}</b> <small>${counts ? 'of' : 'limit'} ${figure(limit, unit)}</small></span>
        <${Bar} share=${value === null ? 0 : value === Infinity ? 1 : value / top} mark=${limit === null || counts ? null : limit / top}
          second=${control === null ? null : control / top} tone=${tone} />
        <span class="detail">${detail}</span>
        <span class="samples">${unit === 'samples' ? '' : name === 'installs' ? `${needed} ${criterion.samples === 1 ? 'device' : 'devices'}`
          : `n ${needed}${criterion.control_samples > 0 ? ` · control ${fixed(criterion.control_samples)}` : ''}`}</span>
      </button>
    </li>`;
}
