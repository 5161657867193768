import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser, WINDOW } from '../../scripts/browser.mjs';
import { atEnd } from '../../scripts/setup/cleanup.mjs';
import { startVsCode } from '../../scripts/vscode.mjs';

const ROOT = join(import.meta.dirname, '../..');
/** Limit in ms for anything that the workbench is waited for. */
const LIMIT = 60_000;

export interface WorkbenchOptions {
  /** Folder whose copy is opened. */
  readonly workspace: string;
  /** The extension: this checkout, as it is built, unless an unpacked one is named. */
  readonly extension?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the folder sees the packages of this checkout. Default true. */
  readonly packages?: boolean;
}

/** In the reverse order of opening. */
async function closeAll(close: readonly (() => Promise<void>)[]): Promise<void> {
  for (const one of close.toReversed()) await one();
}

/** A real VS Code with the extension installed, in a headless browser, as a user sees it. */
export class Workbench implements AsyncDisposable {
  readonly page: Page;
  /** The open folder: a copy, removed at the end. */
  readonly folder: string;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, folder: string, close: () => Promise<void>) {
    this.page = page;
    this.folder = folder;
    this.#close = close;
  }

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const { workspace, extension = ROOT, settings = {}, packages = true } = options;
    const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'manycore-e2e-')));
    const folder = join(temporary, basename(workspace));
    cpSync(workspace, folder, {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|\.manycore)$/.test(path),
    });
    if (packages) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const remove = (): void => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 });
    const forget = atEnd(remove);
    const close: (() => Promise<void>)[] = [async () => forget(), async () => remove()];
    try {
      const server = await startVsCode({ extensions: [extension], settings });
      close.push(() => server.stop());
      const browser = await launchBrowser();
      close.push(() => browser.close());
      const page = await browser.newPage({ viewport: WINDOW });
      page.setDefaultTimeout(LIMIT);
      await page.goto(server.url(folder));
      await page.locator('.monaco-workbench .statusbar').waitFor();
      return new Workbench(page, folder, async () => closeAll(close));
    } catch (error) {
      await closeAll(close);
      throw error;
    }
  }

  /** Opens a file of the folder, through Quick Open. */
  async openFile(name: string): Promise<void> {
    await this.#quickInput('F1', `${name}`, '');
    await this.#entry(name.split('/').at(-1) ?? name).click();
    await this.page.locator('.tab.active', { hasText: name.split('/').at(-1) ?? name }).waitFor();
  }

  /** Runs a command of the palette by its title. */
  async command(title: string): Promise<void> {
    await this.#quickInput('F1', title, '>');
    await this.#entry(title).click();
  }

  /** The lens over a function; the n-th of that text in the file. */
  lens(text: string | RegExp, index = 0): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text }).nth(index);
  }

  /** Takes an entry of the quick pick that is open, or types what none offers. */
  async pick(text: string): Promise<void> {
    await this.#entry(text).click();
  }

  /** Clicks an entry of a menu until it is taken: a menu takes no click for a moment after it has opened. */
  async take(entry: Locator): Promise<void> {
    await entry.waitFor();
    while (await entry.isVisible()) {
      await entry.click({ timeout: 1000 }).catch(() => undefined);
      await entry.waitFor({ state: 'hidden', timeout: 2000 }).catch(() => undefined);
    }
  }

  /** The entry of the quick pick that is open which has this text, in its name or in the line under it. */
  offered(text: string): Locator {
    return this.#entry(text);
  }

  /** Types into the quick pick that is open and accepts what was typed, once it is offered. */
  async answer(text: string): Promise<void> {
    await this.page.locator('.quick-input-widget input').fill(text);
    await this.#entry(text).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** The modal question that is asked. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The document in the panel's webview: a frame in a frame. */
  panel(): FrameLocator {
    return this.page.frameLocator('.webview.ready').frameLocator('#active-frame');
  }

  /** An element of the panel by its `data-testid`. */
  shown(id: string): Locator {
    return this.panel().locator(`[data-testid="${id}"]`);
  }

  /** The raw number or word that an element of the panel shows. */
  async value(id: string): Promise<string | null> {
    return this.shown(id).getAttribute('data-value');
  }

  /** Waits until the panel shows a run in this state. */
  async state(value: string): Promise<void> {
    try {
      await this.panel().locator(`[data-testid="run-state"][data-value="${value}"]`).waitFor();
    } catch (error) {
      throw new Error(`no run is ${value}. ${await this.#seen()}`, { cause: error });
    }
  }

  /** What there is to read besides the files: questions, notifications, the status bar and the panel. */
  async #seen(): Promise<string> {
    const parts = ['.quick-input-widget', '.monaco-dialog-box', '.notifications-toasts', '.statusbar'];
    const texts = parts.map((part) => this.page.locator(part).allInnerTexts());
    const panel = this.panel().locator('body').allInnerTexts().catch(String);
    return JSON.stringify(await Promise.all([...texts, panel])).slice(0, 2000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #quickInput(key: string, text: string, prefix: string): Promise<void> {
    await this.page.keyboard.press(key);
    await this.page.locator('.quick-input-widget input').fill(prefix + text);
  }

  #entry(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }
}
