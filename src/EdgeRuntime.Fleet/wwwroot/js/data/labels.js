// Which place, and so which colour, a label has. The package says it; where it is unknown, the order of appearance does.
import { AlarmPlace } from '../parts/theme.js';
import { store } from './store.js';

const MostSeen = 64;
const seen = new Map();

/** Labels of a model's package in its order, or those seen so far. */
export function labelsOf(model, digest) {
  const known = packaged(digest);
  return known.length > 0 ? known : seen.get(model) ?? [];
}

/** Place of a label among its model's; -1 for none of them, such as "unknown" before the first decision. */
export function labelPlace(model, digest, label) {
  if (label === undefined || label === null || label === 'unknown') {
    return -1;
  }
  if (label === alarmOf(digest)) {
    return AlarmPlace;
  }
  const known = packaged(digest);
  if (known.length > 0) {
    return known.indexOf(label);
  }
  const labels = seen.get(model) ?? [];
  seen.set(model, labels);
  const place = labels.indexOf(label);
  return place >= 0 || labels.length >= MostSeen ? place : labels.push(label) - 1;
}

/** Whether a score is a probability: true, false, or null where the package is not in the registry. */
export function isProbability(digest) {
  const kind = store.packages.get(digest)?.kind;
  return kind ? kind === 'classification' : null;
}

function packaged(digest) {
  const labels = store.packages.get(digest)?.labels;
  if (labels?.length > 0) {
    return labels;
  }
  const decision = store.manifests.get(digest)?.manifest?.decision;
  return decision ? [decision.below ?? 'normal', decision.above ?? 'anomaly'] : [];
}

// A classifier has no label that is bad by itself; a regression or reconstruction decides for exactly that.
function alarmOf(digest) {
  if (isProbability(digest)) {
    return null;
  }
  return store.manifests.get(digest)?.manifest?.decision?.above ?? 'anomaly';
}
