// Which packages a device holds, and the steps its updates took.
import { html } from '../html.js';
import { brief, bytes, fixed } from '../format.js';
import { rolloutAddress } from '../router.js';
import { kindOf } from '../data/lines.js';
import { Ago, Bar, Chip, Panel } from '../parts/marks.js';

const Most = 12;

export function UpdateSection({ view, device, store, now }) {
  const updates = view.detail?.updates ?? [];
  return html`
    <${Panel} title="Packages and updates" id="updates-title">
      ${(device.models ?? []).map((model) => html`
        <dl class="slots" key=${model.name}>
          ${kindOf(model) && html`<div><dt>kind</dt><dd>${kindOf(model)}${model.active ? '' : ' of its own, without a package'}</dd></div>`}
          ${[['runs', model.active], ['tries', model.candidate],
            ['ordered', model.on_target === false ? model.desired : null], ['can return to', model.previous]]
            .filter(([, label]) => label)
            .map(([role, label]) => html`<div key=${role}><dt>${role}</dt>
              <dd><b>${model.name} ${label.version}</b> <code title=${label.digest}>${brief(label.digest)}</code></dd></div>`)}
        </dl>`)}
      ${updates.length === 0 ? html`<p class="nothing">No update since the manager knows this device.</p>` : html`
        <ol class="updates">
          ${updates.slice(0, Most).map((update, i) => html`
            <li key=${`${update.deployment} ${update.t} ${update.state} ${i}`}>
              <${Chip} state=${update.state} />
              <div>
                <p>${store.rollouts.has(update.deployment)
                  ? html`<a href=${rolloutAddress(update.deployment)}>${name(update, store)}</a>`
                  : html`<span title=${update.deployment}>${name(update, store)}</span>`} <${Ago} at=${update.t} now=${now} /></p>
                ${update.state === 'downloading' && update.percent !== null && update.percent !== undefined && html`
                  <p class="progress"><${Bar} share=${update.percent / 100} tone="info" />
                    <span>${fixed(update.percent)} %, ${bytes(update.bytes)}${
                      update.bytes_per_second ? ` at ${bytes(update.bytes_per_second)}/s` : ''}</span></p>`}
                ${update.reason && html`<p class="detail">${update.reason}</p>`}
              </div>
            </li>`)}
        </ol>`}
    <//>`;
}

const name = (update, store) =>
  `${update.model} ${store.packages.get(update.digest)?.version ?? brief(update.digest)}`;
