// A device's lines of packages: its models, and what else packages bring.

const Kinds = { config: 'configuration', runtime: 'program' };

/** What a kind of packages is called; null for models. */
export const kindOf = ({ kind }) => (kind ? Kinds[kind] ?? kind : null);

export const modelsOf = (device) => (device.models ?? []).filter(({ kind }) => !kind);

export const othersOf = (device) => (device.models ?? []).filter(({ kind }) => kind);
