import { type ChildProcess, spawn } from 'node:child_process';
import { environmentForNode } from '../../node/environment.ts';
import type { FoundNode } from '../../node/find-node.ts';
import type { DatasetPreview, PreviewAnswer, PreviewConfig, PreviewRequest } from '../../protocol/preview.ts';

export interface DatasetPreviewsOptions {
  readonly node: Promise<FoundNode>;
  /** The job host's bundle. */
  readonly hostFile: string;
  /** Base of relative paths; also where the process runs. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Time in ms for one answer; default 5 s. */
  readonly patience?: number;
}

const PATIENCE = 5_000;

/**
 * Asks a job host of its own, under the user's Node, what datasets would give: the same that a run would read. The process
 * is started by the first question and ended by `dispose`, or when an answer does not come in time; then the next question
 * starts another.
 */
export class DatasetPreviews implements Disposable {
  readonly #options: DatasetPreviewsOptions;
  readonly #waiting = new Map<number, (preview: DatasetPreview | null) => void>();
  #child: ChildProcess | null = null;
  #isDisposed = false;
  #id = 0;

  constructor(options: DatasetPreviewsOptions) {
    this.#options = options;
    options.node.catch(() => {}); // Told when a question needs it, and by the run.
  }

  /** Null when there is no answer: no Node, a process that died, or not in time. Never rejects. */
  async ask(config: PreviewConfig): Promise<DatasetPreview | null> {
    try {
      const node = await this.#options.node;
      return this.#isDisposed ? null : await this.#send(node, config);
    } catch (error) {
      this.#options.log(`preview of ${config.data}: ${error}`);
      return null;
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#end();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #send(node: FoundNode, config: PreviewConfig): Promise<DatasetPreview | null> {
    this.#child ??= this.#start(node);
    const id = this.#id++;
    const { patience = PATIENCE, log } = this.#options;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        log(`preview of ${config.data}: no answer within ${patience} ms`);
        this.#end();
      }, patience);
      this.#waiting.set(id, (preview) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(preview);
      });
      const request: PreviewRequest = { type: 'preview', id, config };
      this.#child?.send(request, () => {}); // That it cannot be sent is told by the end of the process.
    });
  }

  #start(node: FoundNode): ChildProcess {
    const { hostFile, cwd, env, log } = this.#options;
    const own = { ...environmentForNode(env), ...(node.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
    const child = spawn(node.path, [hostFile], {
      ...{ cwd, env: own, windowsHide: true },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => log(text.trimEnd()));
    child.on('message', ({ id, preview }: PreviewAnswer) => this.#waiting.get(id)?.(preview));
    const gone = (): void => {
      if (this.#child === child) this.#end();
    };
    child.on('error', gone).on('exit', gone);
    return child;
  }

  /** Ends the process at once: it has nothing to lose. */
  #end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
    for (const answer of [...this.#waiting.values()]) answer(null);
  }
}
