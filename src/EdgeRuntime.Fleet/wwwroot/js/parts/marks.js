// Small marks that every view uses.
import { html } from '../html.js';
import { ago, moment } from '../format.js';

const Tones = {
  online: 'ok', updating: 'info', safe: 'bad', offline: 'quiet', lost: 'bad', unknown: 'quiet',
  running: 'info', completed: 'ok', halted: 'bad', reverting: 'bad', reverted: 'bad', aborted: 'attention',
  waiting: 'quiet', active: 'info', passed: 'ok', failed: 'bad',
  ordered: 'info', downloading: 'info', verifying: 'info', installing: 'info', soaking: 'info',
  committed: 'ok', rejected: 'bad', undone: 'bad', left: 'quiet', idle: 'quiet',
  pass: 'ok', fail: 'bad',
  info: 'quiet', warning: 'attention', error: 'bad',
};

/** How much a state, verdict or severity matters: ok, info, attention, bad or quiet. */
export const tone = (state) => Tones[state] ?? 'quiet';

/** A dot in the tone of a state; its meaning must stand beside it in words. */
export const Dot = ({ state, tone: own }) => html`<i class="dot" data-tone=${own ?? tone(state)} aria-hidden="true"></i>`;

/** A state as a small tinted word. */
export const Chip = ({ state, tone: own, title, children }) => html`
  <span class="chip" data-tone=${own ?? tone(state)} title=${title}>${children ?? state}</span>`;

/** How long ago, with the exact time on hover. */
export const Ago = ({ at, now }) => html`<time class="ago" title=${moment(at)}>${ago(at, now)}</time>`;

/** A horizontal bar of `share` (0 to 1), with an optional limit mark. */
export const Bar = ({ share, mark, second, tone: own, colour }) => html`
  <span class="bar" data-tone=${own} aria-hidden="true">
    <i style=${{ width: `${within(share) * 100}%`, background: colour }}></i>
    ${second !== undefined && second !== null && html`<u style=${{ left: `${within(second) * 100}%` }}></u>`}
    ${mark !== undefined && mark !== null && html`<b style=${{ left: `${within(mark) * 100}%` }}></b>`}
  </span>`;

/** A sentence across the page. */
export const Banner = ({ tone: own, title, children, role = 'status', class: kind = '' }) => html`
  <div class=${`banner ${kind}`} data-tone=${own} role=${role}>
    <div><strong>${title}</strong> ${children}</div>
  </div>`;

/** What to do when there is nothing to show. */
export const Empty = ({ title, children }) => html`<div class="empty"><h3>${title}</h3>${children}</div>`;

/** A titled part of a view. */
export const Panel = ({ title, aside, id, class: own = '', children }) => html`
  <section class=${`panel ${own}`} aria-labelledby=${id}>
    <header><h2 id=${id}>${title}</h2>${aside && html`<div class="aside">${aside}</div>`}</header>
    ${children}
  </section>`;

const within = (share) => Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
