import * as l10n from '../report/l10n.ts';
import type { RunModel } from '../report/model.ts';
import { verdictText } from '../report/verdict.ts';
import { el, setText } from './dom.ts';
import { stateText } from './header.ts';
import type { Part } from './part.ts';

/** Progress is told in steps of this many per cent, so that a screen reader is not flooded. */
const STEP = 20;

/** Tells a screen reader of each new state and of progress in coarse steps. Not to be seen. */
export class Announcer implements Part {
  readonly element = el('div', { class: 'unseen', 'aria-live': 'polite', role: 'status' });

  update(model: RunModel): void {
    const { progress, summary, failure } = model;
    if (model.state === 'idle') return;
    if (summary !== null)
      setText(this.element, `${stateText(model)}. ${verdictText(summary.verdict, l10n.t)}`);
    else if (failure !== null) setText(this.element, `${stateText(model)}. ${failure.message}`);
    else if (progress?.total && model.state === 'running') {
      const percent = Math.floor((progress.done / progress.total) * (100 / STEP)) * STEP;
      setText(this.element, l10n.t('{0}, {1} per cent', stateText(model), percent));
    } else setText(this.element, stateText(model));
  }
}
