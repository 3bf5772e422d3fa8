// Colours for what is drawn on a canvas, read from the style sheet so that both agree.

const query = window.matchMedia('(prefers-color-scheme: dark)');

/** Calls `action` whenever light turns dark or back; returns how to stop that. */
export function onTheme(action) {
  query.addEventListener('change', action);
  return () => query.removeEventListener('change', action);
}

/** The colours of the scheme in force. */
export function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    dim: colour('dim'),
    line: colour('line'),
    grid: colour('grid'),
    faint: colour('faint'),
    panel: colour('panel'),
    accent: colour('accent'),
    ok: colour('ok'),
    attention: colour('attention'),
    bad: colour('bad'),
    none: colour('class-none'),
    classes: Array.from({ length: ClassColours }, (_, i) => colour(`class-${i}`)),
  };
}

/** How many colours there are for labels. */
export const ClassColours = 8;

/** Place of a decision that is an alarm by itself, such as "anomaly". */
export const AlarmPlace = -2;

/** The style sheet's colour of the label at `place`; beyond the last they begin again, -1 is no label. */
export const classColour = (place) => (place === AlarmPlace ? 'var(--attention)'
  : place < 0 ? 'var(--class-none)' : `var(--class-${place % ClassColours})`);

/** The same from what `theme` returned. */
export const classPaint = (colours, place) => (place === AlarmPlace ? colours.attention
  : place < 0 ? colours.none : colours.classes[place % ClassColours]);
