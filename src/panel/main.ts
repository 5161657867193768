import type { FromPanel } from '../protocol/panel.ts';
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
new Panel(root, acquireVsCodeApi()).start();
