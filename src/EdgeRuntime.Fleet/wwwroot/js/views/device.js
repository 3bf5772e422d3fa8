// One device: what it decides now, how fast, how its inputs compare with the reference, what happened to it.
import { html } from '../html.js';
import { bytes, count, fixed, words } from '../format.js';
import { deviceAddress, fleetAddress } from '../router.js';
import { modelsOf } from '../data/lines.js';
import { Ago, Banner, Chip, Empty, Panel } from '../parts/marks.js';
import { EventList } from '../parts/events.js';
import { LiveSection } from './device-live.js';
import { FeatureSection } from './features.js';
import { LatencySection } from './latency.js';
import { LedgerSection } from './ledger.js';
import { QualitySection } from './quality.js';
import { OutboxSection } from './outbox.js';
import { UpdateSection } from './updates.js';

export function DeviceView({ store, now }) {
  const { id } = store.route;
  const view = store.device;
  const device = store.devices.get(id) ?? view?.detail;
  if (!device || !view) {
    return html`
      <${Heading} id=${id} />
      ${view?.trouble
        ? html`<${Empty} title=${`There is no device ${id}.`}><p>${view.trouble}</p><p><a href=${fleetAddress}>Back to the fleet</a></p><//>`
        : html`<p class="nothing">Reading what is known about ${id}…</p>`}`;
  }
  const models = modelsOf(device);
  const model = models.find(({ name }) => name === store.route.model) ?? models[0];
  const manifest = store.manifests.get(model?.active?.digest)?.manifest ?? null;
  return html`
    <${Heading} id=${id}>
      <${Chip} state=${device.state} />
      <span class="note">last heard <${Ago} at=${device.last_seen_unix_ms} now=${now} /></span>
      ${Object.entries(device.labels ?? {}).map(([name, value]) => html`<span class="label">${name}: ${value}</span>`)}
    <//>
    ${view.trouble && html`<${Banner} tone="bad" title="This device could not be read.">${view.trouble}<//>`}
    <${StateBanner} device=${device} model=${model} now=${now} />
    ${(device.alarms ?? []).map((alarm) => html`<${AlarmBanner} key=${alarm.name} alarm=${alarm} now=${now} />`)}
    ${models.length > 1 && html`
      <nav class="tabs" aria-label="Models of this device">
        ${models.map(({ name, active, drifting }) => html`
          <a href=${deviceAddress(id, name)} aria-current=${name === model.name ? 'page' : undefined}>
            ${name} <span>${active?.version}</span> ${drifting && html`<${Chip} tone="attention">drifting<//>`}</a>`)}
      </nav>`}
    ${!model && html`
      <${Empty} title="This device has not said which models it runs.">
        <p>It says so after every connection (topic <code>reported</code>).</p>
      <//>`}
    <div class="device">
      <div class="wide">
        ${model && html`<${LiveSection} key=${`live ${model.name}`} view=${view} model=${model} manifest=${manifest} />`}
        ${model && html`<${QualitySection} key=${`quality ${model.name} ${model.active?.digest}`} view=${view} model=${model} />`}
        ${model && html`<${FeatureSection} key=${`features ${model.name}`} view=${view} model=${model} />`}
        <${Panel} title="Events" id="device-events">
          ${view.detail?.events?.length > 0
            ? html`<${EventList} events=${view.detail.events} now=${now} nameless most=${12} />`
            : html`<p class="nothing">None so far.</p>`}
        <//>
      </div>
      <div class="narrow">
        ${model && html`<${LatencySection} key=${`latency ${model.name}`} view=${view} model=${model} manifest=${manifest} />`}
        ${model && html`<${LedgerSection} key=${`ledger ${model.name}`} view=${view} model=${model} />`}
        <${UpdateSection} view=${view} device=${device} store=${store} now=${now} />
        <${OutboxSection} outbox=${view.detail?.outbox} />
        <${Identity} device=${device} info=${view.detail?.info} now=${now} />
      </div>
    </div>`;
}

const Heading = ({ id, children }) => html`
  <div class="heading">
    <p class="path"><a href=${fleetAddress}>Fleet</a> <span aria-hidden="true">/</span></p>
    <h1 tabindex="-1">${id}</h1>
    ${children}
  </div>`;

function StateBanner({ device, model, now }) {
  if (device.state === 'lost') {
    return html`<${Banner} tone="bad" title="Connection lost.">
      The broker has not heard from this device since <${Ago} at=${device.last_seen_unix_ms} now=${now} />. It goes on inferring
      by itself; its figures below are from then.<//>`;
  }
  if (device.state === 'safe') {
    return html`<${Banner} tone="bad" title="Safe mode.">The device runs without its usual model; its events say why.<//>`;
  }
  return model?.on_target === false && model.not_on_target
    ? html`<${Banner} tone="attention" title="Not on the version it was ordered to run.">${model.not_on_target}<//>`
    : null;
}

function AlarmBanner({ alarm, now }) {
  const worst = (alarm.causes ?? []).slice(0, 5);
  return html`
    <${Banner} tone="attention" title=${`${alarm.model} ${alarm.version}: ${alarm.detail}.`}>
      Since <${Ago} at=${alarm.since_unix_ms} now=${now} />.
      ${worst.map(({ feature, statistic, value, ratio }) => html` <span key=${feature}>${feature}: ${statistic} ${fixed(value, 2)}, ${fixed(ratio, 1)} × its bound. </span>`)}
      ${alarm.explanation && html`<${Explained} explanation=${alarm.explanation} />`}<//>`;
}

function Explained({ explanation }) {
  const { quantity, label, whole, nothing } = explanation;
  const most = (explanation.groups ?? []).slice(0, 3).map(({ name, attribution }) => `${name} ${attribution < 0 ? '' : '+'}${fixed(attribution, 2)}`);
  return html`<div>The ${quantity}${label ? ` of ${label}` : ''} is ${fixed(whole, 2)} instead of ${fixed(nothing, 2)} because of ${most.join(', ')}.</div>`;
}

function Identity({ device, info, now }) {
  const { hardware } = device;
  const rows = [
    ['Processor', hardware && `${hardware.cpu || hardware.architecture}, ${count(hardware.cores, 'core')}`],
    ['Architecture', hardware?.architecture],
    ['Memory', hardware && bytes(hardware.memory_bytes)],
    ['System', info?.operating_system],
    ['Runtime', device.runtime],
    ...Object.entries(info?.libraries ?? {}).map(([name, version]) => [name, version]),
    ['Profile', device.profile],
    ...(info?.sensors ?? []).map((sensor) => [`Sensor of ${sensor.model}`,
      `${sensor.driver}, ${fixed(sensor.rate_hz, sensor.rate_hz < 10 ? 1 : 0)} Hz, ${count(sensor.channels.length, 'channel')}`]),
    ['Boot', html`<code>${device.boot}</code>`],
    ['First seen', html`<${Ago} at=${device.first_seen_unix_ms} now=${now} />`],
  ].filter(([, value]) => value);
  return html`
    <${Panel} title="Identity" id="identity">
      <dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${words(name)}</dt><dd>${value}</dd></div>`)}</dl>
    <//>`;
}
