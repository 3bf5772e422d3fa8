// What waits on a device to be sent, and what became of the rest.
import { html } from '../html.js';
import { bytes, fixed } from '../format.js';
import { Banner, Panel } from '../parts/marks.js';

const dropped = (tally) => (tally.dropped_room ?? 0) + (tally.dropped_age ?? 0) + (tally.dropped_damage ?? 0);

export function OutboxSection({ outbox }) {
  if (!outbox) {
    return null;
  }
  return html`
    <${Panel} title="Outbox" id="outbox-title">
      ${outbox.storage === 'memory' && html`
        <${Banner} tone="attention" title="Kept in memory.">The disk takes nothing: a power failure would cost what waits.<//>`}
      <table class="ledger">
        <thead><tr><th scope="col">class</th><th scope="col">waiting</th><th scope="col">sent</th><th scope="col">merged</th><th scope="col">dropped</th></tr></thead>
        <tbody>
          ${Object.entries(outbox.classes ?? {}).map(([name, tally]) => html`
            <tr key=${name}>
              <th scope="row">${name}</th>
              <td>${fixed(tally.waiting)}</td><td>${fixed(tally.sent)}</td><td>${fixed(tally.merged)}</td>
              <td data-tone=${dropped(tally) > 0 ? 'attention' : null}>${fixed(dropped(tally))}</td></tr>`)}
        </tbody>
      </table>
      <dl class="facts">
        <div><dt>On the disk</dt><dd>${bytes(outbox.bytes)} of ${bytes(outbox.max_bytes)}</dd></div>
        ${outbox.damaged > 0 && html`<div><dt>Unreadable stretches</dt><dd>${fixed(outbox.damaged)}</dd></div>`}
      </dl>
    <//>`;
}
