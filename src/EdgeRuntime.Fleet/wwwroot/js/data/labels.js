// Which place, and so which colour, a label has. The package says it; where it is unknown, the order of appearance does.
import { store } from './store.js';

const MostSeen = 64;
const seen = new Map();

/** Labels of a model's package in its order, or those seen so far. */
export function labelsOf(model, digest) {
  const labels = store.packages.get(digest)?.labels;
  return labels?.length > 0 ? labels : seen.get(model) ?? [];
}

/** Place of a label among its model's; -1 for a decision that is none of them, such as "unknown" before the first. */
export function labelPlace(model, digest, label) {
  const place = labelsOf(model, digest).indexOf(label);
  if (place >= 0 || label === undefined || label === null || label === 'unknown') {
    return place;
  }
  if (store.packages.get(digest)?.labels?.length > 0) {
    return -1;
  }
  const known = seen.get(model) ?? [];
  seen.set(model, known);
  return known.length < MostSeen ? known.push(label) - 1 : -1;
}

/** Whether a score is a probability. The package says it; where it is unknown, the scores so far do. */
export function isProbability(digest, { score }) {
  const kind = store.packages.get(digest)?.kind;
  return kind ? kind === 'classification' : score.every((value) => value === null || value <= 1.0001);
}
