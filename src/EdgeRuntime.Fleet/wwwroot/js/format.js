// Numbers, times and names as people read them. Everything absent or not finite becomes a dash.

const Dash = '–';

/** A finite number or null; devices may send "NaN" and "Infinity" as text. */
export function finite(value) {
  if (value === null || value === undefined || value === '') {
    return null;
  }
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A number with a fixed count of decimals and narrow gaps between thousands. */
export function fixed(value, decimals = 0) {
  const number = finite(value);
  if (number === null) {
    return Dash;
  }
  const [whole, rest] = Math.abs(number).toFixed(decimals).split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
  const sign = number < 0 && Number(number.toFixed(decimals)) !== 0 ? '\u2212' : '';
  return sign + grouped + (rest ? `.${rest}` : '');
}

/** Three significant digits, for values of unknown size. */
export function digits(value) {
  const number = finite(value);
  if (number === null) {
    return Dash;
  }
  const size = Math.abs(number);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) {
    return number.toExponential(1).replace('-', '\u2212');
  }
  return fixed(number, size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A duration given in milliseconds, in the unit that suits it: [figure, unit]. */
export function latency(milliseconds) {
  const number = finite(milliseconds);
  if (number === null) {
    return [Dash, ''];
  }
  if (number < 0.1) {
    return [fixed(number * 1000, number < 0.01 ? 1 : 0), 'µs'];
  }
  return number < 1000
    ? [fixed(number, number < 1 ? 2 : number < 100 ? 1 : 0), 'ms']
    : [fixed(number / 1000, 1), 's'];
}

/** The same as one text. */
export const latencyText = (milliseconds) => latency(milliseconds).join('\u00a0').trim();

/** A share of 0 to 1 as percent. */
export function percent(share, decimals) {
  const number = finite(share);
  if (number === null) {
    return Dash;
  }
  const shown = number * 100;
  return `${fixed(shown, decimals ?? (shown !== 0 && shown < 10 ? 1 : 0))}\u202f%`;
}

/** Bytes with a decimal prefix. */
export function bytes(value) {
  let number = finite(value);
  if (number === null) {
    return Dash;
  }
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let step = 0;
  while (number >= 1000 && step < units.length - 1) {
    number /= 1000;
    step++;
  }
  return `${fixed(number, step > 0 && number < 100 ? 1 : 0)}\u00a0${units[step]}`;
}

/** A length of time, in milliseconds, as its largest unit: 8 s, 3 min, 2 h, 5 d. */
export function span(milliseconds) {
  const number = finite(milliseconds);
  if (number === null) {
    return Dash;
  }
  const seconds = Math.max(0, number / 1000);
  if (seconds < 99.5) {
    return `${fixed(seconds)}\u00a0s`;
  }
  if (seconds < 5970) {
    return `${fixed(seconds / 60)}\u00a0min`;
  }
  return seconds < 48 * 3600 ? `${fixed(seconds / 3600)}\u00a0h` : `${fixed(seconds / 86400)}\u00a0d`;
}

/** How long ago a moment was, seen from `now`; small skews between clocks read as "now". */
export function ago(unixMs, now) {
  const then = finite(unixMs);
  if (!then) {
    return 'never';
  }
  return now - then < 1500 ? 'now' : `${span(now - then)} ago`;
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** Time of day, 14:03:22. */
export const clock = (unixMs) => (finite(unixMs) ? clockFormat.format(Number(unixMs)) : Dash);

/** Day and time, for titles. */
export const moment = (unixMs) => (finite(unixMs) ? dayFormat.format(Number(unixMs)) : Dash);

/** The first 12 digits of a digest. */
export const brief = (digest) => (digest ? digest.slice(0, 12) : Dash);

/** A count with its noun: 1 device, 3 devices. */
export const count = (number, noun) => `${fixed(number)} ${noun}${number === 1 ? '' : 's'}`;

/** A name_with_underscores as words. */
export const words = (name) => String(name ?? '').replaceAll('_', ' ');

/** A text of the manager as a sentence of its own: capital, full stop. */
export const sentence = (text) => (text ? `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}` : '');
