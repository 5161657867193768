import { type FromPanel, PANEL_TEXTS } from '../protocol/panel.ts';
import { useBundle } from '../report/l10n.ts';
import './panel.css';
import { Panel } from './panel.ts';

/** What VS Code gives a webview to talk to its extension. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element with the id "root" to show the run in.');
useBundle(JSON.parse(document.getElementById(PANEL_TEXTS)?.textContent ?? '{}'));
new Panel(root, acquireVsCodeApi()).start();
