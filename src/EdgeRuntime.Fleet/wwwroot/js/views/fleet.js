// The landing view: five figures, every device with the troubled ones first, what happened last.
import { html, Component } from '../html.js';
import { count, finite, fixed, latency, latencyText } from '../format.js';
import { deviceAddress, rolloutAddress, rolloutsAddress } from '../router.js';
import { modelsOf } from '../data/lines.js';
import { rolloutsNewestFirst, traceOf } from '../data/store.js';
import { Ago, Bar, Empty, Panel } from '../parts/marks.js';
import { EventList } from '../parts/events.js';
import { Sparkline } from '../parts/sparkline.js';
import { DeviceCard, trouble } from './device-card.js';

const FirstCards = 60;
const MostTicks = 200;

export class FleetView extends Component {
  state = { filter: '', all: false };

  render({ store, now }, { filter, all }) {
    const devices = [...store.devices.values()].sort((a, b) => trouble(a) - trouble(b) || a.id.localeCompare(b.id));
    const wanted = devices.filter((device) => matches(device, filter));
    const shown = all ? wanted : wanted.slice(0, FirstCards);
    return html`
      <h1 class="unseen" tabindex="-1">Fleet</h1>
      <${Tiles} store=${store} now=${now} />
      <div class="fleet">
        <section class="devices" aria-labelledby="devices-title">
          <header>
            <h2 id="devices-title">Devices</h2>
            <span class="note">${devices.length > 1 && 'those that need attention first'}</span>
            ${devices.length > 6 && html`
              <input type="search" placeholder="Filter: name, label, model, state" aria-label="Filter devices" value=${filter}
                onInput=${(event) => this.setState({ filter: event.currentTarget.value })} />`}
          </header>
          ${store.ready && devices.length === 0 && html`<${NoDevice} broker=${store.tiles?.broker} />`}
          ${devices.length > 0 && wanted.length === 0 && html`
            <${Empty} title=${`No device matches "${filter}".`}><p>The filter looks at names, labels, models, versions and states.</p><//>`}
          <ul class="cards" data-few=${devices.length <= 4}>
            ${shown.map((device) => html`
              <${DeviceCard} key=${device.id} device=${device} now=${now} stamp=${stampOf(device, now)} />`)}
          </ul>
          ${shown.length < wanted.length && html`
            <button type="button" class="more" onClick=${() => this.setState({ all: true })}>
              Show all ${fixed(wanted.length)} devices</button>`}
        </section>
        <${Panel} title="Events" id="events-title" class="recent">
          ${store.events.length > 0
            ? html`<${EventList} events=${store.events} now=${now} />`
            : html`<p class="nothing">Drifts, faults and updates will be listed here.</p>`}
        <//>
      </div>`;
  }
}

function Tiles({ store, now }) {
  const tiles = store.tiles;
  if (!tiles) {
    return html`<div class="tiles" aria-busy="true">${[1, 2, 3, 4, 5].map(() => html`<div class="tile blank"></div>`)}</div>`;
  }
  const alive = tiles.online + tiles.updating + tiles.safe;
  const away = [[tiles.lost, 'lost'], [tiles.safe, 'in safe mode'], [tiles.updating, 'updating'], [tiles.offline, 'offline']]
    .filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`).join(', ');
  const models = [...store.devices.values()]
    .flatMap((device) => modelsOf(device).map((model) => ({ device, model })));
  const slowest = models.filter(({ device, model }) => alivePerState(device.state) && model.p99_ms > 0)
    .sort((a, b) => b.model.p99_ms - a.model.p99_ms)[0];
  const [p99, unit] = latency(slowest?.model.p99_ms);
  const drifting = models.filter(({ model }) => model.drifting).sort((a, b) => b.model.drift - a.model.drift);
  return html`
    <section class="tiles" aria-label="The fleet at a glance">
      <${Tile} title="Devices online" tone=${tiles.lost + tiles.safe > 0 ? 'bad' : null}
        value=${fixed(alive)} unit=${`of ${fixed(tiles.devices)}`}
        note=${away || (tiles.devices > 0 ? 'all of them' : 'none has reported yet')}>
        <${States} tiles=${tiles} />
      <//>
      <${Tile} title="Predictions" tone=${tiles.failed_recent > 0 ? 'bad' : null}
        value=${fixed(tiles.predictions_per_second, tiles.predictions_per_second < 100 ? 1 : 0)} unit="per second"
        note=${tiles.failed_recent > 0 ? `${count(tiles.failed_recent, 'failure')} in 5 min`
          : `${fixed(tiles.predictions_total)} in total, none failed lately`}>
        <${Sparkline} values=${store.ratesPast} height=${26} label="Predictions per second since the page was opened" />
      <//>
      <${Tile} title="Inference, p99" value=${p99} unit=${unit}
        note=${slowest
          ? html`slowest: <${DeviceLink} of=${slowest} />, p50 ${latencyText(slowest.model.p50_ms)}`
          : 'no window yet'}>
        <${Spread} values=${models.map(({ model }) => model.p99_ms)} label="p99 of every model on every device" />
      <//>
      <${Tile} title="Drifting" tone=${tiles.drifting > 0 ? 'attention' : null}
        value=${fixed(tiles.drifting)} unit=${`of ${fixed(models.length)}`}
        note=${drifting.length > 0
          ? html`<${DeviceLink} of=${drifting[0]} /> at ${fixed(drifting[0].model.drift, 1)} × threshold`
          : models.length > 0 ? 'inputs look like the reference' : 'nothing to compare yet'}>
        <${Spread} values=${models.map(({ model }) => model.drift)} limit=${1} label="Drift of every model on every device, beside the threshold" />
      <//>
      <${RolloutTile} store=${store} now=${now} />
    </section>`;
}

const DeviceLink = ({ of: { device, model } }) => html`<a href=${deviceAddress(device.id, model.name)}>${device.id}</a>`;

const alivePerState = (state) => state === 'online' || state === 'updating' || state === 'safe';

const Tile = ({ title, tone, value, unit, note, children }) => html`
  <div class="tile" data-tone=${tone}>
    <h2>${title}</h2>
    <p class="figure"><b>${value}</b> <span>${unit}</span></p>
    <div class="mini">${children}</div>
    <p class="note">${note}</p>
  </div>`;

// One tick for each model of each device on a common scale, so that the odd one stands apart.
function Spread({ values, limit, label }) {
  const known = values.map(finite).filter((value) => value !== null);
  if (known.length === 0) {
    return null;
  }
  const top = Math.max(...known, (limit ?? 0) * 1.6, 1e-9) * 1.04;
  return html`
    <span class="spread" role="img" aria-label=${label}>
      ${known.slice(0, MostTicks).map((value) => html`
        <i data-over=${limit !== undefined && value > limit} style=${{ left: `${(Math.max(0, value) / top) * 100}%` }}></i>`)}
      ${limit !== undefined && html`<b style=${{ left: `${(limit / top) * 100}%` }}></b>`}
    </span>`;
}

const States = ({ tiles }) => html`
  <span class="states" aria-hidden="true">
    ${['online', 'updating', 'safe', 'lost', 'offline'].map((state) => tiles[state] > 0 && html`
      <i data-state=${state} style=${{ flexGrow: tiles[state] }}></i>`)}
  </span>`;

function RolloutTile({ store, now }) {
  const rollouts = rolloutsNewestFirst();
  const rollout = rollouts.find(({ active }) => active);
  if (!rollout) {
    const last = rollouts[0];
    return html`<${Tile} title="Rollout" value="none" unit="active" note=${last
      ? html`last: <a href=${rolloutAddress(last.id)}>${last.model} ${last.package.version}</a> ${last.state}${' '}
        <${Ago} at=${last.finished_unix_ms ?? last.updated_unix_ms} now=${now} />`
      : html`<a href=${rolloutsAddress}>how to start one</a>`} />`;
  }
  const halted = rollout.state !== 'running';
  const stage = rollout.stages?.[rollout.stage]?.name;
  return html`
    <${Tile} title="Rollout" tone=${halted ? 'bad' : 'info'}
      value=${html`<a href=${rolloutAddress(rollout.id)}>${rollout.model} ${rollout.package.version}</a>`}
      unit=${halted ? rollout.state : stage}
      note=${halted ? rollout.reason : `${rollout.exposed} of ${count(rollout.targets, 'device')} · ${rollout.gate?.summary ?? rollout.phase ?? ''}`}>
      <${Bar} share=${rollout.exposed / Math.max(1, rollout.targets)} tone=${halted ? 'bad' : 'info'} />
    <//>`;
}

const NoDevice = ({ broker }) => html`
  <${Empty} title="No device has reported yet.">
    <p>Start one, here or on another machine, with${' '}
      ${broker?.connected ? html`the broker <code>${broker.detail}</code>` : "this manager's broker"} in its configuration:</p>
    <pre><code>edge-device run --config edge.json</code></pre>
    <p>It appears here with its first message. <code>tools/demo</code> starts a fleet of four with everything it needs.</p>
  <//>`;

function matches(device, filter) {
  const text = [device.id, device.state, device.profile, ...Object.values(device.labels ?? {}),
    ...(device.models ?? []).flatMap((model) =>
      [model.name, model.active?.version, model.latest?.decision, model.drifting ? 'drifting' : ''])].join(' ').toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// What a card shows changes with its device, its trace, and its age in steps that the eye can tell.
function stampOf(device, now) {
  const revisions = (device.models ?? []).map((model) => traceOf(device.id, model.name).revision).join('.');
  return `${revisions}/${Math.floor((now - device.last_seen_unix_ms) / 1000)}`;
}
