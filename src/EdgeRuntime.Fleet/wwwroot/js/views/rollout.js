// One rollout: how far it is, what its gate says, and the two ways to stop it.
import { html, Component } from '../html.js';
import { brief, clock, count, moment, span } from '../format.js';
import { rolloutsAddress } from '../router.js';
import { post } from '../data/api.js';
import { setRollout, store as facts } from '../data/store.js';
import { invalidate } from '../frame.js';
import { Ago, Banner, Chip, Empty, Panel } from '../parts/marks.js';
import { Stages } from './stages.js';
import { GateSection } from './gate.js';
import { GateHistory } from './gate-history.js';
import { PredictionShift } from './prediction-shift.js';

const FirstSteps = 30;

export class RolloutView extends Component {
  state = { asked: null, busy: false, refusal: null, chosen: null };

  render({ store, now }, { chosen }) {
    const view = store.rollout;
    const rollout = view?.rollout;
    if (!rollout) {
      return html`
        <${Heading} title=${store.route.id} />
        ${view?.trouble
          ? html`
            <${Empty} title=${`There is no rollout ${store.route.id}.`}>
              <p>${view.trouble}</p>
              <p><a href=${rolloutsAddress}>All rollouts</a></p>
            <//>`
          : html`<p class="nothing">Reading the rollout…</p>`}`;
    }
    const from = versionsBefore(rollout.previous);
    return html`
      <${Heading} title=${html`${rollout.model} <span class="from">${from ? `${from} → ` : ''}</span>${rollout.package.version}`}>
        <${Chip} state=${rollout.state} />
        <span class="note">started <${Ago} at=${rollout.created_unix_ms} now=${now} />,${' '}
          <code title=${rollout.package.digest}>${brief(rollout.package.digest)}</code></span>
        ${rollout.active && html`<${Actions} rollout=${rollout} ask=${(asked) => this.setState({ asked, refusal: null })} />`}
      <//>
      ${view.trouble && html`<${Banner} tone="bad" title="The rollout could not be read.">${view.trouble}<//>`}
      <${Outcome} rollout=${rollout} />
      <${Stages} rollout=${rollout} now=${now} />
      <div class="judgement" data-gate=${Boolean(rollout.gate)}>
        <${GateSection} rollout=${rollout} chosen=${chosen} choose=${(name) => this.setState({ chosen: name })} />
        ${rollout.gate && html`<div>
          <${GateHistory} view=${view} rollout=${rollout} chosen=${chosen} />
          <${PredictionShift} rollout=${rollout} />
        </div>`}
      </div>
      <${Journal} rollout=${rollout} />
      <${Question} asked=${this.state.asked} rollout=${rollout} busy=${this.state.busy} refusal=${this.state.refusal}
        answer=${(yes) => (yes ? this.act() : this.setState({ asked: null }))} />`;
  }

  async act() {
    const { asked } = this.state;
    const { id } = this.props.store.rollout.rollout;
    this.setState({ busy: true, refusal: null });
    try {
      const path = `rollouts/${encodeURIComponent(id)}`;
      const rollout = await (asked === 'resume' ? post(`${path}/resume`, {}) : post(`${path}/abort`, { mode: asked }));
      if (facts.rollout?.id === id) {
        setRollout(rollout);
      }
      this.setState({ asked: null, busy: false });
    } catch (error) {
      this.setState({ busy: false, refusal: error.message });
    }
    invalidate(true);
  }
}

const Heading = ({ title, children }) => html`
  <div class="heading">
    <p class="path"><a href=${rolloutsAddress}>Rollouts</a> <span aria-hidden="true">/</span></p>
    <h1 tabindex="-1">${title}</h1>
    ${children}
  </div>`;

const Actions = ({ rollout, ask }) => html`
  <div class="actions">
    ${rollout.state === 'halted' && html`<button type="button" onClick=${() => ask('resume')}>Go on…</button>`}
    <button type="button" onClick=${() => ask('keep')}>Stop here…</button>
    <button type="button" class="danger" onClick=${() => ask('revert')}>Stop and revert…</button>
  </div>`;

function Outcome({ rollout }) {
  const end = outcome(rollout);
  return end && html`
    <${Banner} class="outcome" tone=${end.tone} title=${end.title} role=${rollout.active ? 'alert' : 'status'}>${end.text}<//>`;
}

function outcome({ state, reason = '', targets, exposed, model, previous, ...rollout }) {
  const { version } = rollout.package;
  const before = versionsBefore(previous) || 'the version before';
  const took = rollout.finished_unix_ms ? `, ${span(rollout.finished_unix_ms - rollout.created_unix_ms)} after the start` : '';
  const those = (verb) => `${count(exposed, 'device')} ${exposed === 1 ? `${verb}s` : verb}`;
  switch (state) {
    case 'completed':
      return { tone: 'ok', title: 'Completed.', text: `${count(targets, 'device')} on ${model} ${version}${took}.` };
    case 'halted':
      return { tone: 'bad', title: 'Halted.', text: `${reason} ${those('keep')} ${version} until somebody decides.` };
    case 'reverting':
      return { tone: 'bad', title: 'Halted, reverting.', text: `${reason} ${those('return')} to ${before}.` };
    case 'reverted':
      return { tone: 'bad', title: 'Halted and reverted.', text: `${reason} Every exposed device runs ${before} again.` };
    case 'aborted':
      return { tone: 'attention', title: 'Stopped.', text: reason || `Devices that had switched keep ${version}.` };
    default:
      return null;
  }
}

const versionsBefore = (previous) => [...new Set((previous ?? []).map(({ version }) => version))].join(', ');

class Journal extends Component {
  state = { all: false };

  render({ rollout }, { all }) {
    const steps = [...(rollout.history ?? [])].reverse();
    return html`
      <${Panel} title="What happened" id="journal-title">
        ${steps.length === 0 ? html`<p class="nothing">Nothing yet.</p>` : html`
          <ol class="journal">
            ${steps.slice(0, all ? steps.length : FirstSteps).map((step, i) => html`
              <li key=${`${step.t} ${steps.length - i}`} data-device=${Boolean(step.device)}>
                <time title=${moment(step.t)}>${clock(step.t)}</time>
                <span class="to">${stepName(step, rollout)}</span>
                <span class="detail">${step.detail === `${step.device} is ${step.to}.` ? '' : step.detail}</span></li>`)}
          </ol>`}
        ${steps.length > FirstSteps && !all && html`
          <button type="button" class="more" onClick=${() => this.setState({ all: true })}>Show all ${steps.length} steps</button>`}
      <//>`;
  }
}

// "running 1 soaking" names the stage by number; people know it by its name.
function stepName({ to, device }, rollout) {
  if (device) {
    return `${device}: ${to}`;
  }
  const [state, stage, phase] = String(to).split(' ');
  return stage === undefined ? state : `${rollout.stages?.[Number(stage)]?.name ?? `stage ${stage}`}${phase ? `, ${phase}` : ''}`;
}

const Questions = {
  revert: {
    title: 'Stop and revert?',
    text: 'Every device that has the new version is ordered back to the one before. It switches at its next sample.',
    word: 'Stop and revert',
  },
  keep: {
    title: 'Stop here?',
    text: 'No further device gets the new version; those that have it keep it.',
    word: 'Stop here',
  },
  resume: {
    title: 'Go on in spite of the gate?',
    text: 'The failures seen so far are acknowledged, and the rollout continues where it was halted.',
    word: 'Go on',
  },
};

class Question extends Component {
  componentDidUpdate(before) {
    if (this.props.asked && !before.asked) {
      this.dialog.showModal();
    } else if (!this.props.asked && before.asked) {
      this.dialog.close();
    }
  }

  render({ asked, busy, refusal, answer }) {
    const { title, text, word } = Questions[asked ?? this.last ?? 'keep'];
    this.last = asked ?? this.last;
    return html`
      <dialog ref=${(dialog) => { this.dialog = dialog ?? this.dialog; }} aria-labelledby="question"
        onCancel=${(event) => { event.preventDefault(); answer(false); }}>
        <h2 id="question">${title}</h2>
        <p>${text}</p>
        ${refusal && html`<p class="refusal" role="alert">${refusal}</p>`}
        <div class="actions">
          <button type="button" onClick=${() => answer(false)}>Cancel</button>
          <button type="button" class=${asked === 'revert' ? 'danger' : 'primary'} disabled=${busy}
            onClick=${() => answer(true)}>${word}</button>
        </div>
      </dialog>`;
  }
}
