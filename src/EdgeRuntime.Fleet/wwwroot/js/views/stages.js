// The stages from canary to all, each with its devices.
import { html } from '../html.js';
import { count, fixed, span } from '../format.js';
import { deviceAddress } from '../router.js';
import { Bar, Chip, Dot, Panel, tone } from '../parts/marks.js';

const MostDevices = 48;

export function Stages({ rollout, now }) {
  const stages = rollout.stages ?? [];
  return html`
    <${Panel} title="Stages" id="stages-title" aside=${html`
      <span class="note">${rollout.exposed} of ${count(rollout.targets, 'device')} exposed</span>`}>
      <ol class="stages">
        ${stages.map((stage) => html`<${Stage} key=${stage.index} stage=${stage} rollout=${rollout} now=${now} />`)}
      </ol>
      ${rollout.active && (rollout.control ?? []).length > 0 && html`
        <p class="note">Compared with ${rollout.control.length > 6 ? count(rollout.control.length, 'device')
          : rollout.control.map((id, i) => html`${i > 0 ? ', ' : ''}<a href=${deviceAddress(id, rollout.model)}>${id}</a>`)}
          ${' '}still on the version before.</p>`}
    <//>`;
}

function Stage({ stage, rollout, now }) {
  const devices = stage.devices ?? [];
  const ran = stage.started_unix_ms ? (stage.passed_unix_ms ?? rollout.finished_unix_ms ?? now) - stage.started_unix_ms : null;
  const active = rollout.state === 'running' && stage.state === 'active';
  const gate = rollout.gate?.stage === stage.index ? rollout.gate : null;
  // Whoever stops a rollout by hand has not found the stage at fault.
  const state = rollout.state === 'aborted' && stage.state === 'failed' ? 'aborted' : stage.state;
  return html`
    <li class="stage" data-tone=${tone(state)} aria-current=${active ? 'step' : undefined}>
      <header>
        <h3>${stage.name}</h3>
        <span class="note">to ${fixed(stage.percent)} %, ${count(stage.quota, 'device')}</span>
        <${Chip} state=${state}>${active ? rollout.phase ?? 'active' : state === 'aborted' ? 'stopped' : state}<//>
      </header>
      <${Bar} share=${progress(stage, gate, active)} tone=${tone(state)} />
      <p class="note">${note(stage, rollout, gate, active, ran)}</p>
      <ul class="chips">
        ${devices.slice(0, MostDevices).map((device) => html`
          <li key=${device.device} data-tone=${tone(device.state)} title=${device.reason ?? undefined}>
            <a href=${deviceAddress(device.device, rollout.model)}>${device.device}</a>
            <span>${device.state}${device.state === 'downloading' && (device.percent ?? null) !== null ? ` ${fixed(device.percent)} %` : ''}</span>
            ${device.connection !== 'online' && device.connection !== 'updating' && html`
              <small><${Dot} state=${device.connection} />${device.connection}</small>`}
            ${device.reason && html`<small class="reason">${device.reason}</small>`}
          </li>`)}
        ${devices.length > MostDevices && html`<li>and ${devices.length - MostDevices} more</li>`}
      </ul>
    </li>`;
}

const Settled = new Set(['soaking', 'committed']);

// A stage is done when its devices have switched (the first half) and their behaviour was watched long enough (the second).
function progress(stage, gate, active) {
  if (stage.state === 'passed') {
    return 1;
  }
  if (!active) {
    return stage.state === 'waiting' ? 0 : 1;
  }
  const devices = stage.devices ?? [];
  const switched = devices.filter(({ state }) => Settled.has(state)).length / Math.max(1, devices.length);
  const watched = gate ? Math.min(1, gate.soak_seconds / Math.max(1e-9, gate.soak_needed_seconds)) : 0;
  return switched / 2 + (switched === 1 ? watched / 2 : 0);
}

function note(stage, rollout, gate, active, ran) {
  if (stage.state === 'waiting') {
    return rollout.active ? 'Waits for the stage before.' : 'Never began.';
  }
  if (active && gate && gate.soak_needed_seconds > 0) {
    return `Watched for ${fixed(gate.soak_seconds)} of at least ${fixed(gate.soak_needed_seconds)} s.`;
  }
  return ran === null ? '' : `${stage.state === 'active' ? 'Running for' : 'Took'} ${span(ran)}.`;
}
