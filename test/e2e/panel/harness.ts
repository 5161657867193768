import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { panelHtml } from '../../../src/editor/panel-host/panel-html.ts';
import type { FromPanel, ToPanel } from '../../../src/protocol/panel.ts';
import type { RunEvent } from '../../../src/protocol/run.ts';
import type { RunModel } from '../../../src/report/model.ts';

export type ThemeName = 'dark' | 'light' | 'contrast' | 'contrast-light';

type Texts = Readonly<Record<string, string>>;

const ROOT = join(import.meta.dirname, '../../..');
const BODY_CLASS: Record<ThemeName, string> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  contrast: 'vscode-high-contrast',
  'contrast-light': 'vscode-high-contrast-light vscode-high-contrast',
};
/** What VS Code gives a webview in each theme; read from a running VS Code 1.139. */
const THEMES: Record<ThemeName, Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'themes.json'), 'utf8'),
);

/**
 * The panel as it is built, in a browser of its own, under the policy that VS Code's webviews are given. The one thing
 * that stands in is `acquireVsCodeApi`: what the panel posts comes out of `posted`.
 */
export class PanelHarness implements AsyncDisposable {
  readonly browser: Browser;
  readonly #url: string;
  readonly #close: () => void;

  private constructor(browser: Browser, url: string, close: () => void) {
    this.browser = browser;
    this.#url = url;
    this.#close = close;
  }

  /** @param texts translations for the panels that are opened translated. */
  static async start(texts?: Texts): Promise<PanelHarness> {
    const built = await build({
      entryPoints: [join(ROOT, 'src/panel/main.ts')],
      bundle: true,
      format: 'iife',
      target: 'es2023',
      outfile: 'panel.js',
      write: false,
    });
    const files = new Map(
      built.outputFiles.map((file) => [`/${file.path.split(/[/\\]/).at(-1)}`, file.text]),
    );
    for (const theme of Object.keys(THEMES) as ThemeName[]) files.set(`/${theme}.css`, themeCss(theme));
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const file = files.get(url.pathname);
      const type = url.pathname.endsWith('.css')
        ? 'text/css'
        : url.pathname.endsWith('.js')
          ? 'text/javascript'
          : 'text/html';
      response.setHeader('content-type', `${type}; charset=utf-8`);
      response.end(
        file ??
          page(
            (url.searchParams.get('theme') ?? 'dark') as ThemeName,
            `http://${request.headers.host}`,
            url.searchParams.has('translated') ? texts : undefined,
          ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    });
    return new PanelHarness(browser, `http://127.0.0.1:${port}/`, () => server.close());
  }

  /** `init` runs before the first script of the page. */
  async open(
    options: { theme?: ThemeName; width?: number; height?: number; init?: string; translated?: boolean } = {},
  ): Promise<OpenPanel> {
    const { theme = 'dark', width = 1200, height = 300, init, translated = false } = options;
    const page = await this.browser.newPage({ viewport: { width, height } });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    const posted: FromPanel[] = [];
    await page.exposeFunction('toHost', (message: FromPanel) => posted.push(message));
    await page.addInitScript(
      'window.acquireVsCodeApi = () => { let state; return { postMessage: (m) => window.toHost(m), getState: () => state, setState: (s) => { state = s; } }; };',
    );
    if (init !== undefined) await page.addInitScript(init);
    await page.goto(`${this.#url}?theme=${theme}${translated ? '&translated' : ''}`);
    await page.locator('.app').waitFor();
    return {
      page,
      posted,
      problems,
      tell: (events) => send(page, { type: 'events', events }),
      send: (message) => send(page, message),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    this.#close();
  }
}

export interface OpenPanel {
  readonly page: Page;
  /** What the panel told the host, oldest first. */
  readonly posted: readonly FromPanel[];
  /** Errors of the page and of its policy. */
  readonly problems: string[];
  tell(events: readonly RunEvent[]): Promise<void>;
  send(message: ToPanel<RunModel>): Promise<void>;
}

// Runs in the page, whose globals are not those of this program.
const deliver = new Function(
  'message',
  `return new Promise((done) => {
    window.postMessage(message, '*');
    setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done())), 0);
  });`,
) as (message: unknown) => Promise<void>;

// Returns when the panel has drawn what it was told. Typed arrays stay what they are, as in VS Code.
async function send(page: Page, message: ToPanel<RunModel>): Promise<void> {
  await page.evaluate(deliver, message as unknown);
}

/** The page that the extension makes, with its policy; what VS Code adds to it comes from a file of its own. */
function page(theme: ThemeName, origin: string, texts: Texts | undefined): string {
  const html = panelHtml({
    ...{ script: '/panel.js', style: '/panel.css', cspSource: origin },
    ...{ language: texts === undefined ? 'en' : 'qps-ploc', texts },
  });
  return html
    .replace('<link rel="stylesheet"', `<link rel="stylesheet" href="/${theme}.css" /><link rel="stylesheet"`)
    .replace('<body>', `<body class="${BODY_CLASS[theme]}">`);
}

function themeCss(theme: ThemeName): string {
  const variables = Object.entries(THEMES[theme]).map(([name, value]) => `${name}:${value}`);
  return `:root{${variables.join(';')}}body{background:var(--vscode-panel-background);color:var(--vscode-foreground)}`;
}
