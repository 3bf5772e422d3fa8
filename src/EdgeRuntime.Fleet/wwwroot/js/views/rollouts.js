// Every rollout, newest first, and the packages they could be made of.
import { html } from '../html.js';
import { brief, bytes, count, digits, words } from '../format.js';
import { rolloutAddress } from '../router.js';
import { rolloutsNewestFirst } from '../data/store.js';
import { Ago, Bar, Chip, Empty, Panel } from '../parts/marks.js';

export function RolloutsView({ store, now }) {
  const rollouts = rolloutsNewestFirst();
  const packages = [...store.packages.values()].sort((a, b) => b.pushed_unix_ms - a.pushed_unix_ms);
  return html`
    <div class="heading"><h1 tabindex="-1">Rollouts</h1></div>
    <${Panel} title="All rollouts" id="rollouts-title">
      ${rollouts.length === 0 ? store.ready && html`<${NoRollout} packages=${packages} />` : html`
        <ol class="rollouts">
          ${rollouts.map((rollout) => html`
            <li key=${rollout.id}>
              <h3><a href=${rolloutAddress(rollout.id)}>${rollout.model} ${rollout.package.version}</a></h3>
              <${Chip} state=${rollout.state} />
              <span class="reach"><${Bar} share=${rollout.exposed / Math.max(1, rollout.targets)}
                tone=${rollout.active ? 'info' : rollout.state === 'completed' ? 'ok' : 'quiet'} />
                ${rollout.exposed} of ${count(rollout.targets, 'device')}</span>
              <span class="detail">${rollout.reason ?? (rollout.active ? rollout.gate?.summary : '') ?? ''}</span>
              <${Ago} at=${rollout.created_unix_ms} now=${now} />
            </li>`)}
        </ol>`}
    <//>
    <${Panel} title="Packages" id="packages-title" class="registry">
      ${packages.length === 0 ? store.ready && html`<${NoPackage} />` : html`
        <ul class="packages">
          ${packages.map((content) => html`
            <li key=${content.digest}>
              <h3>${content.name} ${content.version}</h3>
              <span class="note">release ${content.release_counter} · ${bytes(content.size)} ·${' '}
                <code title=${content.digest}>${brief(content.digest)}</code> ·${' '}
                pushed <${Ago} at=${content.pushed_unix_ms} now=${now} /></span>
              <${Chip} tone=${content.devices > 0 ? 'ok' : 'quiet'}>on ${count(content.devices, 'device')}<//>
              <p>${content.description}</p>
              ${Object.keys(content.goals ?? {}).length > 0 && html`
                <dl class="goals">${Object.entries(content.goals).map(([name, value]) => html`
                  <div key=${name}><dt>${words(name)}</dt><dd>${digits(value)}</dd></div>`)}</dl>`}
            </li>`)}
        </ul>`}
    <//>`;
}

const NoRollout = ({ packages }) => html`
  <${Empty} title="No rollout yet.">
    <p>${packages.length > 0 ? 'Start one with a package of the registry:' : 'Push a signed package first, then start one:'}</p>
    <pre><code>edgectl rollout start --package ${packages[0] ? `${packages[0].name}@${packages[0].version}` : 'NAME@VERSION'}</code></pre>
    <p>It goes to a few devices first, and on to the others only while it behaves as the version before.</p>
  <//>`;

const NoPackage = () => html`
  <${Empty} title="The registry is empty.">
    <p>Sign a package and push it:</p>
    <pre><code>edgectl package push model.edgepkg</code></pre>
  <//>`;
