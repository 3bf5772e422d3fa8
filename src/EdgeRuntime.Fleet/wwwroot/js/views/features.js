// The inputs and outputs of the last window beside the reference the package brought, worst first.
import { html, Component } from '../html.js';
import { clock, count, digits, finite, fixed, percent, words } from '../format.js';
import { labelPlace } from '../data/labels.js';
import { classColour } from '../parts/theme.js';
import { Bar, Chip, Panel } from '../parts/marks.js';

const MostFeatures = 96;
const FirstFeatures = 11;

export class FeatureSection extends Component {
  state = { all: false };

  render({ view, model }, { all }) {
    return features(view, model, all, () => this.setState({ all: !all }));
  }
}

function features(view, model, all, toggle) {
  const compare = view.detail?.compare?.[model.name];
  const windows = view.detail?.windows?.[model.name] ?? [];
  if (!compare) {
    return html`
      <${Panel} title="Inputs against reference" id="features-title">
        <p class="nothing">The first window is not here yet; the device sends one every few seconds.</p>
      <//>`;
  }
  const sorted = [...(compare.features ?? [])].sort((a, b) => ratio(b) - ratio(a) || a.name.localeCompare(b.name));
  const drifting = sorted.filter((feature) => feature.drifting).length;
  return html`
    <${Panel} title="Inputs against reference" id="features-title" aside=${html`
      <span class="key"><i class="own"></i>this window</span> <span class="key"><i class="ref"></i>reference</span>`}>
      <p class="note">
        ${drifting > 0 && html`<${Chip} tone="attention">${count(drifting, 'feature')} drifting<//> `}
        ${compare.predictions?.drifting && html`<${Chip} tone="attention">predictions drifting<//> `}
        ${drifting === 0 && !compare.predictions?.drifting && html`<${Chip} tone="ok">no drift<//> `}
        Window ${clock(compare.start_unix_ms)} to ${clock(compare.end_unix_ms)}, ${count(compare.samples, 'sample')},
        against the training data of ${model.name} ${compare.version}. PSI above the mark is drift; the ticks below are the windows before.
      </p>
      ${!compare.reference_known && html`<p class="note">The package of this version is not in the registry, so its reference shares are unknown here;
        the device itself compares with the copy it has.</p>`}
      <ul class="features">
        ${compare.predictions && html`
          <${Predictions} compare=${compare.predictions} model=${model}
            past=${windows.map((window) => pastOf(window.predictions))} />`}
        ${sorted.slice(0, all ? MostFeatures : FirstFeatures).map((feature) => html`
          <${Feature} key=${feature.name} feature=${feature} past=${windows.map((window) =>
            pastOf((window.features ?? []).find(({ name }) => name === feature.name)))} />`)}
      </ul>
      ${sorted.length > FirstFeatures && html`
        <button type="button" class="more" aria-expanded=${all} onClick=${toggle}>
          ${all ? `Only the ${FirstFeatures} closest to their threshold` : `Show all ${sorted.length} features`}</button>`}
      ${all && sorted.length > MostFeatures && html`<p class="note">The ${MostFeatures} closest to their threshold of ${sorted.length}.</p>`}
    <//>`;
}

const ratio = ({ psi, threshold }) => {
  const value = psi === 'Infinity' ? Infinity : finite(psi);
  return value === null ? -1 : value / Math.max(1e-9, finite(threshold) ?? 1);
};

const pastOf = (entry) => (entry ? ratio(entry) : null);

const Frame = ({ name, entry, past, children, foot }) => html`
  <li class="feature" data-drifting=${entry.drifting}>
    <h3 title=${name}>${words(name)}</h3>
    <p class="psi"><${Bar} share=${ratio(entry) / 2} mark=${0.5} tone=${entry.drifting ? 'attention' : 'calm'} />
      <span>PSI <b>${entry.psi === 'Infinity' ? '∞' : fixed(entry.psi, 2)}</b> / ${fixed(entry.threshold, 2)}</span></p>
    ${children}
    ${foot}
    <${Past} ratios=${past} />
  </li>`;

function Feature({ feature, past }) {
  const [edges, shares, reference] = [feature.edges ?? [], feature.shares ?? [], feature.reference_shares ?? []];
  return html`
    <${Frame} name=${feature.name} entry=${feature} past=${past}
      foot=${html`<p class="edges"><span>${edges.length > 0 ? `< ${digits(edges[0])}` : ''}</span>
        ${feature.missing > 0 && html`<span class="missing">${feature.missing} missing</span>`}
        <span>${edges.length > 0 ? `≥ ${digits(edges[edges.length - 1])}` : ''}</span></p>`}>
      <${Shares} shares=${shares} reference=${reference}
        title=${(i) => besides(bin(edges, i), shares[i], reference[i])}
        label=${`${words(feature.name)}: PSI ${fixed(feature.psi, 2)}, threshold ${fixed(feature.threshold, 2)}`} />
    <//>`;
}

function Predictions({ compare, model, past }) {
  const [labels, shares, reference] = [compare.labels ?? [], compare.shares ?? [], compare.reference_shares ?? []];
  const colour = (i) => classColour(labelPlace(model.name, model.active?.digest, labels[i]));
  return html`
    <${Frame} name="predictions" entry=${compare} past=${past}
      foot=${html`<p class="edges labels">${labels.map((label) => html`<span key=${label} title=${label}>${label}</span>`)}</p>`}>
      <${Shares} shares=${shares} reference=${reference} colour=${colour}
        title=${(i) => besides(labels[i], shares[i], reference[i])}
        label=${`Predictions: PSI ${fixed(compare.psi, 2)}, threshold ${fixed(compare.threshold, 2)}`} />
    <//>`;
}

const besides = (name, share, reference) =>
  `${name}: ${percent(share, 1)} of this window, ${reference === undefined ? 'unknown' : percent(reference, 1)} of the reference`;

const Height = 54;

// Two bars a bin: the reference behind and wide, the window in front and narrow.
function Shares({ shares, reference, colour, title, label }) {
  const count = Math.max(shares.length, reference.length, 1);
  const highest = Math.max(...shares, ...reference, 0.01);
  const slot = 100 / count;
  const tall = (share) => ((share ?? 0) / highest) * (Height - 2);
  return html`
    <svg class="shares" viewBox=${`0 0 100 ${Height}`} preserveAspectRatio="none" role="img" aria-label=${label}>
      ${Array.from({ length: count }, (_, i) => html`
        <g>
          <title>${title(i)}</title>
          <rect class="slot" x=${i * slot} y="0" width=${slot} height=${Height} />
          <rect class="ref" x=${i * slot + slot * 0.06} width=${slot * 0.88} y=${Height - tall(reference[i])} height=${tall(reference[i])} />
          <rect class="own" x=${i * slot + slot * 0.26} width=${slot * 0.48} y=${Height - tall(shares[i])} height=${tall(shares[i])}
            style=${colour ? { fill: colour(i) } : undefined} />
        </g>`)}
    </svg>`;
}

// One tick for each window, oldest first: how high its PSI stood to the threshold, capped at twice.
function Past({ ratios }) {
  const shown = ratios.slice(-30);
  if (shown.length < 2) {
    return null;
  }
  return html`
    <svg class="past" viewBox="0 0 120 12" preserveAspectRatio="none" aria-hidden="true">
      ${shown.map((value, i) => value !== null && html`
        <rect x=${(i + 30 - shown.length) * 4 + 0.4} width="3.2" height=${tick(value)} y=${12 - tick(value)}
          class=${value > 1 ? 'over' : ''} />`)}
      <line x1="0" x2="120" y1="6" y2="6" />
    </svg>`;
}

const tick = (value) => Math.max(1, Math.min(2, value) * 6);

function bin(edges, i) {
  if (edges.length === 0) {
    return 'all';
  }
  return i === 0 ? `below ${digits(edges[0])}`
    : i >= edges.length ? `from ${digits(edges[edges.length - 1])}`
      : `${digits(edges[i - 1])} to ${digits(edges[i])}`;
}
