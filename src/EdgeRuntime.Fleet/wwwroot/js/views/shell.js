// What surrounds every view: the bar, the banners that concern everything, the announcement for screen readers.
import { html, Component } from '../html.js';
import { sentence, span } from '../format.js';
import { fleetAddress, rolloutsAddress } from '../router.js';
import { now } from '../data/store.js';
import { Banner, Dot } from '../parts/marks.js';
import { FleetView } from './fleet.js';
import { DeviceView } from './device.js';
import { RolloutsView } from './rollouts.js';
import { RolloutView } from './rollout.js';

const Views = { fleet: FleetView, device: DeviceView, rollouts: RolloutsView, rollout: RolloutView };
const Titles = { fleet: 'Fleet', rollouts: 'Rollouts' };

export class Shell extends Component {
  componentDidUpdate() {
    const { route } = this.props.store;
    const address = `${route.view}/${route.id ?? ''}`;
    document.title = `${Titles[route.view] ?? route.id} · EdgeRuntime`;
    // After a change of view the keyboard continues at its heading, not at the link that is gone.
    if (this.address !== undefined && this.address !== address) {
      document.querySelector('main h1')?.focus({ preventScroll: true });
    }
    this.address = address;
  }

  componentDidMount() {
    this.componentDidUpdate();
  }

  render({ store, reconnect }) {
    const View = Views[store.route.view];
    const lost = store.link.state === 'lost';
    return html`
      <a class="skip" href="#main" onClick=${(event) => {
        event.preventDefault();
        document.querySelector('main h1')?.focus();
      }}>Skip to the content</a>
      <${TopBar} store=${store} />
      ${lost && html`<${ConnectionLost} link=${store.link} reconnect=${reconnect} />`}
      ${!lost && store.tiles && !store.tiles.broker.connected && html`
        <${Banner} tone="attention" title="The MQTT broker is away.">
          ${sentence(store.tiles.broker.detail)} The devices go on inferring; what they report arrives when the broker is back.
        <//>`}
      ${store.trouble && html`<${Banner} tone="bad" title="The fleet's lists could not be read.">${store.trouble}<//>`}
      <main id="main" data-link=${store.link.state}>
        <${View} store=${store} now=${now()} key=${`${store.route.view}/${store.route.id ?? ''}`} />
      </main>
      <footer>
        <span>EdgeRuntime ${store.tiles?.version ?? store.hello?.version ?? ''}${store.hello ? `, instance ${store.hello.instance}` : ''}</span>
        <span>The same data: <a href="api/fleet">/api/fleet</a> <a href="api/devices">/api/devices</a> <a href="metrics">/metrics</a></span>
      </footer>
      <div class="unseen" aria-live="polite" aria-atomic="true">${store.announcement}</div>`;
  }
}

const Links = { live: ['ok', 'Live'], connecting: ['quiet', 'Connecting'], lost: ['bad', 'Not connected'] };

function TopBar({ store }) {
  const { view } = store.route;
  const [tone, word] = Links[store.link.state];
  const current = (own) => (own ? 'page' : undefined);
  const broker = store.tiles?.broker;
  return html`
    <header class="top">
      <a class="brand" href=${fleetAddress} aria-label="EdgeRuntime, to the fleet">
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 13h4l2.5-7 4 13 2.5-8 1.5 2H22" /></svg>
        <span>EdgeRuntime</span>
      </a>
      <nav aria-label="Views">
        <a href=${fleetAddress} aria-current=${current(view === 'fleet' || view === 'device')}>Fleet</a>
        <a href=${rolloutsAddress} aria-current=${current(view === 'rollouts' || view === 'rollout')}>Rollouts
          ${store.tiles?.rollouts_active > 0 && html`<span class="badge">${store.tiles.rollouts_active}</span>`}</a>
      </nav>
      <div class="link">
        ${broker && html`<span class="broker" title=${broker.detail}><${Dot} tone=${broker.connected ? 'ok' : 'bad'} />
          Broker${broker.connected ? '' : ' away'}</span>`}
        <span><${Dot} tone=${tone} />${word}</span>
      </div>
    </header>`;
}

function ConnectionLost({ link, reconnect }) {
  const rest = link.retryAt ? Math.max(0, link.retryAt - Date.now()) : 0;
  return html`
    <${Banner} tone="bad" role="alert" title="The connection to the fleet manager is lost.">
      What you see is from ${span(Date.now() - link.since)} ago.
      <span aria-hidden="true"> ${rest > 500 ? `Next try in ${span(rest)}.` : 'Trying again…'} </span>
      <button type="button" onClick=${reconnect}>Try now</button>
    <//>`;
}
