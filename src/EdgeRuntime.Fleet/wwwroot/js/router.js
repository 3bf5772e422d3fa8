// The page's address after the # is its whole view state, so every view can be shared and reloaded.

/** Address of the fleet. */
export const fleetAddress = '#/';

/** Address of the list of rollouts and packages. */
export const rolloutsAddress = '#/rollouts';

/** Address of a device, of one of its models where given. */
export const deviceAddress = (id, model) =>
  `#/device/${encodeURIComponent(id)}${model ? `/${encodeURIComponent(model)}` : ''}`;

/** Address of a rollout. */
export const rolloutAddress = (id) => `#/rollout/${encodeURIComponent(id)}`;

/** Reads an address. Unknown ones are the fleet. */
export function parseAddress(hash) {
  const parts = hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decoded);
  switch (parts[0]) {
    case 'device':
      return parts[1] ? { view: 'device', id: parts[1], model: parts[2] ?? null } : { view: 'fleet' };
    case 'rollout':
      return parts[1] ? { view: 'rollout', id: parts[1] } : { view: 'rollouts' };
    case 'rollouts':
      return { view: 'rollouts' };
    default:
      return { view: 'fleet' };
  }
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
