// What labels and estimates say of a model, as the page draws it. Pure: takes an answer of /api/packages/{digest}/quality.

/** Metrics that a chart can show, the most telling first, with what people call them. */
const Names = { accuracy: 'accuracy', f1: 'F1', auc: 'AUC', absolute: 'mean absolute error' };

/** What people call a metric. */
export const metricName = (metric) => Names[metric] ?? metric.replaceAll('_', ' ');

/** True where more is worse. */
export const isError = (metric) => metric === 'absolute';

/** The metrics there is anything to show of, in their order. */
export function metricsOf(quality) {
  const known = new Set([
    ...(quality?.metrics ?? []).map(({ name }) => name),
    ...estimatesOf(quality).map(({ metric }) => metric),
  ]);
  return Object.keys(Names).filter((name) => known.has(name));
}

/** The figure of a metric by labels, or null. */
export const realised = (of, metric) => (of?.metrics ?? []).find(({ name }) => name === metric) ?? null;

/** The estimate of a metric without labels, or null. */
export const expected = (of, metric) => estimatesOf(of).find((estimate) => estimate.metric === metric) ?? null;

// The share of wrong answers is the accuracy from the other side; it stands in where scores have no calibration.
function estimatesOf(of) {
  const estimates = of?.estimates ?? [];
  const error = estimates.find(({ metric }) => metric === 'error');
  if (!error || estimates.some(({ metric }) => metric === 'accuracy')) {
    return estimates;
  }
  const mirrored = (value) => (value === undefined || value === null ? value : 1 - value);
  return [...estimates, {
    ...error,
    metric: 'accuracy',
    value: mirrored(error.value),
    low: mirrored(error.high),
    high: mirrored(error.low),
    labelled_estimated: mirrored(error.labelled_estimated),
    labelled_actual: mirrored(error.labelled_actual),
  }];
}

/** How much too high an estimate was where labels came; null where that cannot be told. */
export const offBy = (estimate) => (estimate?.labelled_answers > 0 ? estimate.labelled_estimated - estimate.labelled_actual : null);

/** Columns of a chart: [middle of each span, value, low, high by labels, value, low, high expected]. */
export function columnsOf(points, metric) {
  const figures = (points ?? []).map((point) => [realised(point, metric), expected(point, metric)]);
  const column = (place, member) => figures.map((pair) => pair[place]?.[member] ?? null);
  return [
    (points ?? []).map((point) => (point.from_unix_ms + point.to_unix_ms) / 2),
    column(0, 'value'), column(0, 'low'), column(0, 'high'),
    column(1, 'value'), column(1, 'low'), column(1, 'high'),
  ];
}

/** What the four-fifths rule says of a division into groups: { tone, words }; null where too few groups have enough answers. */
export function fourFifths(groups) {
  const { selection, keeps_four_fifths: keeps, breaks_four_fifths_certainly: certain } = groups;
  if (selection?.ratio === undefined || selection.ratio === null) {
    return null;
  }
  return keeps ? { tone: 'ok', words: 'four fifths kept' }
    : certain ? { tone: 'bad', words: 'below four fifths' }
      : { tone: 'attention', words: 'below four fifths, perhaps by chance' };
}

/** True for a group that takes no part in comparisons. */
export const isSmall = (group, groups) => !(group.selection?.trials >= groups.least_trials);
