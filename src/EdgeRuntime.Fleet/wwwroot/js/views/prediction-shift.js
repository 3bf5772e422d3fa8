// What the models answered before the switch and after, on the devices that switched and on those that did not.
import { html } from '../html.js';
import { fixed, percent } from '../format.js';
import { labelPlace } from '../data/labels.js';
import { classColour } from '../parts/theme.js';
import { Panel } from '../parts/marks.js';

const Rows = [
  ['New version', 'canary_before', 'canary_after'],
  ['Version before', 'control_before', 'control_after'],
];

export function PredictionShift({ rollout }) {
  const shift = rollout.gate?.predictions;
  if (!shift || shift.labels.length === 0) {
    return null;
  }
  const colour = (label) => classColour(labelPlace(rollout.model, rollout.package.digest, label));
  return html`
    <${Panel} title="What they predict" id="shift-title">
      <div class="shift">
        ${Rows.map(([name, before, after]) => html`
          <div key=${name} role="group" aria-label=${name}>
            <h3>${name}</h3>
            <${Shares} word="before" labels=${shift.labels} counts=${shift[before]} colour=${colour} />
            <${Shares} word="after" labels=${shift.labels} counts=${shift[after]} colour=${colour} />
          </div>`)}
      </div>
      <ul class="legend">${shift.labels.map((label) => html`
        <li key=${label}><span class="swatch" style=${{ background: colour(label) }}></span>${label}</li>`)}</ul>
    <//>`;
}

function Shares({ word, labels, counts, colour }) {
  const total = (counts ?? []).reduce((sum, count) => sum + count, 0);
  return html`
    <div class="shares-row">
      <span>${word}</span>
      ${total === 0 ? html`<span class="note">none yet</span>` : html`
        <span class="stack" role="img" aria-label=${labels.map((label, i) => `${label} ${percent(counts[i] / total, 0)}`).join(', ')}>
          ${labels.map((label, i) => counts[i] > 0 && html`
            <i key=${label} title=${`${label}: ${percent(counts[i] / total)} (${counts[i]})`}
              style=${{ width: `${(counts[i] / total) * 100}%`, background: colour(label) }}></i>`)}
        </span>`}
      <span class="n">${total > 0 ? `n ${fixed(total)}` : ''}</span>
    </div>`;
}
