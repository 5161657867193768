/**
 * Between the extension host (`src/editor/panel-host`) and the webview (`src/panel`).
 *
 * Format: `postMessage` with one of these objects. The host sends a `snapshot` when the webview says `ready` and
 * whenever it becomes visible again, then `events` at most ten times a second while it is visible. The webview keeps
 * the model by the same reducer as the host (`src/report/model.ts`), so both hold the same state. The translations of
 * what the webview says stand in its page as JSON, in the element `PANEL_TEXTS`: they are needed before any message.
 */
import type { RunEvent, SourcePlace } from './run.ts';

/** Id of the element with the translations, as of `src/report/l10n.ts`. */
export const PANEL_TEXTS = 'texts';

export type ToPanel<Model> =
  | { readonly type: 'snapshot'; readonly model: Model }
  | { readonly type: 'events'; readonly events: readonly RunEvent[] };

export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'stop' }
  | { readonly type: 'rerun' }
  /** Goes on with a run that was stopped or broke off. */
  | { readonly type: 'resume' }
  | { readonly type: 'runFailedAgain' }
  /** Compares results with those of one process: so many, drawn at random, or all. */
  | { readonly type: 'verify'; readonly items: number | 'all' }
  | { readonly type: 'openSource'; readonly at: SourcePlace }
  /** A file of the run folder: the full results, the report, one worker's log. */
  | { readonly type: 'openRunFile'; readonly file: 'results' | 'report' | 'summary' | 'folder' }
  /** Everything that a worker wrote; null lets the user choose the worker. */
  | { readonly type: 'openLog'; readonly worker: number | null }
  /** Asks where to, and copies the file with all results there. */
  | { readonly type: 'saveResults' }
  /** The whole value or error of one item, as a document. */
  | { readonly type: 'openResult'; readonly index: number }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'chooseFunction' };
