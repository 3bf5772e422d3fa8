// One device in the fleet's grid.
import { html, Component } from '../html.js';
import { finite, fixed, latencyText } from '../format.js';
import { deviceAddress } from '../router.js';
import { isProbability, labelPlace } from '../data/labels.js';
import { kindOf, modelsOf, othersOf } from '../data/lines.js';
import { traceOf } from '../data/store.js';
import { classColour } from '../parts/theme.js';
import { Ago, Bar, Chip, Dot } from '../parts/marks.js';
import { TraceLine } from '../parts/sparkline.js';

const Order = { lost: 0, safe: 1, updating: 5, online: 6, offline: 7, unknown: 8 };

/** Place in the order of trouble: lost, safe, refused updates, failures, drift, then those that are fine. */
export function trouble(device) {
  const models = device.models ?? [];
  const own = Order[device.state] ?? 8;
  return Math.min(own,
    models.some(({ phase }) => phase === 'rejected' || phase === 'undone') ? 2 : 9,
    models.some(({ drifting }) => drifting) ? 3 : 9,
    models.some((model) => model.on_target === false && model.phase === 'idle') ? 4 : 9);
}

export class DeviceCard extends Component {
  shouldComponentUpdate(next) {
    return next.device !== this.props.device || next.stamp !== this.props.stamp;
  }

  render({ device, now }) {
    const bad = device.state === 'lost' || device.state === 'safe';
    const drifting = (device.models ?? []).some((model) => model.drifting);
    return html`
      <li class="card" data-tone=${bad ? 'bad' : drifting ? 'attention' : null} data-away=${device.state === 'lost' || device.state === 'offline'}>
        <header>
          <h3><a href=${deviceAddress(device.id)}>${device.id}</a></h3>
          <span class="state"><${Dot} state=${device.state} />${device.state}</span>
          <${Ago} at=${device.last_seen_unix_ms} now=${now} />
        </header>
        ${modelsOf(device).map((model) => html`<${ModelRow} key=${model.name} device=${device} model=${model} />`)}
        ${othersOf(device).map((line) => html`<${LineRow} key=${line.name} line=${line} />`)}
        ${(device.models ?? []).length === 0 && html`<p class="nothing">It has not said yet which models it runs.</p>`}
      </li>`;
  }
}

// A configuration or a program: it answers nothing, so there is only what is in force.
function LineRow({ line }) {
  return html`
    <div class="model">
      <p class="name">
        ${kindOf(line)} ${line.name}
        <span class="version">${line.active?.version ?? 'none'}</span>
        ${line.phase !== 'idle' && line.phase !== 'committed' && html`<${Chip} state=${line.phase} />`}
      </p>
      ${line.on_target === false && line.not_on_target && html`<p class="target">${line.not_on_target}</p>`}
    </div>`;
}

function ModelRow({ device, model }) {
  const { latest, active } = model;
  const trace = traceOf(device.id, model.name);
  const place = (decision) => labelPlace(model.name, active?.digest, decision);
  const score = finite(latest?.score);
  // Probabilities share one scale; errors and values have their own.
  const bounded = isProbability(active?.digest) ?? looksLikeProbability(trace.score);
  return html`
    <div class="model">
      <p class="name">
        <a href=${deviceAddress(device.id, model.name)}>${model.name}</a>
        <span class="version">${active?.version ?? 'no package'}</span>
        ${model.phase !== 'idle' && model.phase !== 'committed' && html`<${Chip} state=${model.phase} />`}
      </p>
      <p class="decision">
        <span class="swatch" style=${{ background: classColour(place(latest?.decision)) }} aria-hidden="true"></span>
        <b>${latest?.decision ?? 'no prediction yet'}</b>
        <${Bar} share=${bounded ? score : score / Math.max(score, ...trace.score)} colour=${classColour(place(latest?.label))} />
        <span class="score" title=${latest ? `${latest.label}: ${score}` : undefined}>${fixed(score, score < 0.1 ? 3 : 2)}</span>
      </p>
      <${TraceLine} trace=${trace} place=${place} top=${bounded ? 1 : undefined}
        label=${`Scores of the last minutes of ${model.name}, above the decisions`} />
      <dl>
        <div data-tone=${model.drifting ? 'attention' : null}><dt>drift</dt>
          <dd>${finite(model.drift) === null ? '–' : html`${fixed(model.drift, 2)}<small> ×</small>`}</dd></div>
        <div><dt>p99</dt><dd>${latencyText(model.p99_ms)}</dd></div>
        <div><dt>rate</dt><dd>${fixed(model.rate_hz, 1)}<small> /s</small></dd></div>
        ${model.failed > 0 && html`<div data-tone="bad"><dt>failed</dt><dd>${fixed(model.failed)}</dd></div>`}
      </dl>
      ${model.on_target === false && model.not_on_target && html`<p class="target">${model.not_on_target}</p>`}
    </div>`;
}

// Without the package: a best label's probability stays below one and is seldom small; an error is mostly small.
function looksLikeProbability(scores) {
  const highest = Math.max(...scores.map((score) => score ?? 0), 0);
  return highest <= 1.0001 && highest > 0.4;
}
