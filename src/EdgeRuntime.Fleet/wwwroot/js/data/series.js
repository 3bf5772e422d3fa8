// Bounded histories of predictions. Columns, because the charts draw columns.

/** The few recent scores behind a device card: time, score, decision. */
export class Trace {
  static most = 120;

  t = [];
  score = [];
  decision = [];
  revision = 0;

  /** Appends one `latest` message; older or repeated ones are ignored. */
  add(latest) {
    if (this.t.length > 0 && latest.t <= this.t[this.t.length - 1]) {
      return;
    }
    this.push(latest);
    this.revision++;
  }

  /** Merges a History answer with what was heard live. */
  backfill(history) {
    const points = merged(pointsOf(history), this.t.map((t, i) =>
      ({ t, score: this.score[i], decision: this.decision[i] })));
    this.t = [];
    this.score = [];
    this.decision = [];
    points.forEach((point) => this.push(point));
    this.revision++;
  }

  push(point) {
    this.t.push(point.t);
    this.score.push(finiteOrNull(point.score));
    this.decision.push(point.decision);
    if (this.t.length > Trace.most) {
      this.t.shift();
      this.score.shift();
      this.decision.shift();
    }
  }
}

/** Everything the live chart of one model shows. */
export class Series {
  static most = 1800;
  static spare = 300;

  revision = 0;

  constructor() {
    this.clear();
  }

  get length() {
    return this.t.length;
  }

  /** Appends one `latest` message; older or repeated ones are ignored. */
  add(latest) {
    if (this.length > 0 && latest.t <= this.t[this.length - 1]) {
      return;
    }
    this.push(latest);
    this.revision++;
  }

  /** Merges a History answer with what was heard live; after a broken stream this also fills the gap. */
  backfill(history) {
    const points = merged(pointsOf(history), this.points());
    this.clear();
    points.forEach((point) => this.push(point));
    this.revision++;
  }

  clear() {
    this.labels = [];
    this.t = [];
    this.decision = [];
    this.label = [];
    this.score = [];
    this.inferUs = [];
    this.version = [];
    /** One column for each label. */
    this.scores = [];
  }

  points() {
    return this.t.map((t, i) => ({
      t,
      decision: this.decision[i],
      label: this.label[i],
      score: this.score[i],
      infer_us: this.inferUs[i],
      version: this.version[i],
      labels: this.labels,
      scores: this.scores.map((column) => column[i]),
    }));
  }

  push(point) {
    this.t.push(point.t);
    this.decision.push(point.decision);
    this.label.push(point.label);
    this.score.push(finiteOrNull(point.score));
    this.inferUs.push(finiteOrNull(point.infer_us));
    this.version.push(point.version);
    // By name, not by place: a new version of a model may order or extend its labels.
    const scores = point.scores ?? [];
    scores.forEach((score, i) => (this.column(point.labels[i])[this.length - 1] = finiteOrNull(score)));
    for (const column of this.scores) {
      if (column.length < this.length) {
        column.push(scores.length > 0 ? 0 : null);
      }
    }
    if (this.length > Series.most + Series.spare) {
      this.trim();
    }
  }

  column(label) {
    let place = this.labels.indexOf(label);
    if (place < 0) {
      place = this.labels.push(label) - 1;
      this.scores.push(new Array(this.length - 1).fill(0));
    }
    return this.scores[place];
  }

  // In steps of `spare`, so that a full series does not move every column at every point.
  trim() {
    for (const column of [this.t, this.decision, this.label, this.score, this.inferUs, this.version, ...this.scores]) {
      column.splice(0, Series.spare);
    }
  }
}

/**
 * Where a line must break: the places whose point follows the one before after a pause, by far longer than usual.
 * A line across it would tell of predictions that nobody made.
 */
export function pauses(times, from = 0) {
  const steps = [];
  for (let i = from + 1; i < times.length; i++) {
    steps.push(times[i] - times[i - 1]);
  }
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const longest = Math.max(3000, usual * 6);
  return new Set(steps.flatMap((step, i) => (step > longest ? [from + i + 1] : [])));
}

const pointsOf = (history) => history.t.map((t, i) => ({
  t,
  decision: history.decision[i],
  label: history.label?.[i],
  score: history.score[i],
  infer_us: history.infer_us?.[i],
  version: history.version?.[i],
  labels: history.labels ?? [],
  scores: history.scores?.[i] ?? [],
}));

// By time; of two at the same moment the one heard live stays.
function merged(fetched, live) {
  const byTime = new Map();
  fetched.forEach((point) => byTime.set(point.t, point));
  live.forEach((point) => byTime.set(point.t, point));
  return [...byTime.values()].sort((a, b) => a.t - b.t);
}

function finiteOrNull(value) {
  const number = value === null || value === undefined ? NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}
