// What became of every sample, and how long each stage of its way took.
import { Component, html } from '../html.js';
import { count, fixed, latencyText, words } from '../format.js';
import { Panel } from '../parts/marks.js';

const Policies = {
  block: 'reading waits for the model',
  drop_oldest: 'a full queue drops the oldest',
  drop_newest: 'a full queue drops the newest',
  latest_only: 'only the newest sample is served',
  every_nth: 'every nth sample is served',
};

// Stages that are no part of the way from frame to decision.
const Whole = new Set(['end_to_end']);

export class LedgerSection extends Component {
  state = { all: false };

  render({ view, model }, { all }) {
    const windows = view.detail?.windows?.[model.name] ?? [];
    const last = windows[windows.length - 1];
    const ledger = all ? view.detail?.ledger?.[model.name] : last?.ledger;
    if (!ledger?.stages?.length) {
      return null;
    }
    const dropped = Object.entries(ledger.dropped ?? {}).sort(([, a], [, b]) => b - a);
    return html`
      <${Panel} title="Latency ledger" id="ledger-title" aside=${html`
        <span class="choice" role="group" aria-label="Windows behind the ledger">
          <button type="button" aria-pressed=${!all} onClick=${() => this.setState({ all: false })}>newest</button>
          <button type="button" aria-pressed=${all} onClick=${() => this.setState({ all: true })}>all shown</button>
        </span>`}>
        <table class="ledger">
          <thead><tr><th scope="col">stage</th><th scope="col">p50</th><th scope="col">p99</th><th scope="col">p99.9</th><th scope="col">max</th></tr></thead>
          <tbody>
            ${ledger.stages.map((stage) => html`
              <tr key=${stage.name} data-whole=${Whole.has(stage.name) || undefined}>
                <th scope="row">${stage.name.replaceAll('_', ' ')}</th>
                <td>${latencyText(stage.p50_ms)}</td><td>${latencyText(stage.p99_ms)}</td>
                <td>${latencyText(stage.p999_ms)}</td><td>${latencyText(stage.max_ms)}</td></tr>`)}
          </tbody>
        </table>
        <h3>${all ? `Samples of ${count(ledger.windows, 'window')}` : 'Samples of the newest window'}</h3>
        <dl class="facts">
          ${ledger.due > 0 && html`<div><dt>Due</dt><dd>${fixed(ledger.due)}</dd></div>`}
          <div><dt>Served</dt><dd>${fixed(ledger.samples)}</dd></div>
          ${dropped.map(([cause, samples]) => html`<div key=${cause}><dt>${words(cause)}</dt><dd>${fixed(samples)} dropped</dd></div>`)}
          ${ledger.deadline_misses > 0 && html`<div><dt>Late decisions</dt><dd>${fixed(ledger.deadline_misses)}</dd></div>`}
          ${last?.overload && html`<div><dt>Overload</dt><dd>${Policies[last.overload] ?? last.overload}</dd></div>`}
          ${last?.gate && html`<div><dt>Gated by</dt><dd>${last.gate}</dd></div>`}
        </dl>
      <//>`;
  }
}
