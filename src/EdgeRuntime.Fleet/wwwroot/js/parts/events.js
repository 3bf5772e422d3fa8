// A list of events, newest first.
import { html } from '../html.js';
import { words } from '../format.js';
import { deviceAddress } from '../router.js';
import { Ago, Dot } from './marks.js';

/** `nameless` leaves the device out, on its own page. */
export const EventList = ({ events, now, nameless = false, most = 40 }) => html`
  <ol class="events">
    ${events.slice(0, most).map((event) => html`
      <li key=${event.id} data-severity=${event.severity}>
        <${Dot} state=${event.severity} />
        <div>
          <p class="what">
            ${!nameless && (event.device
              ? html`<a href=${deviceAddress(event.device, event.model)}>${event.device}</a> `
              : html`<span class="who">fleet</span> `)}
            <span class="kind">${words(event.kind)}</span>
            ${event.severity !== 'info' && html`<span class="severity" data-severity=${event.severity}>${event.severity}</span>`}
            <${Ago} at=${event.t || event.received_unix_ms} now=${now} />
          </p>
          <p class="detail">${event.detail}</p>
        </div>
      </li>`)}
  </ol>`;
