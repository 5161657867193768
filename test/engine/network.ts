/** Machines with a network of their own, joined by a switch: namespaces of Linux. Needs root. */
import { execFileSync } from 'node:child_process';
import { ensureIp } from '../../scripts/tools/iproute.mjs';

/** What a process is started on. */
export interface Machine {
  readonly address: string;
  /** The command that starts `file` there, as the same process. */
  command(file: string, args: readonly string[]): readonly [file: string, args: readonly string[]];
}

/** Nobody else has this range: it is for documentation (RFC 5737), and these machines reach no other network. */
const RANGE = '192.0.2';

export class Network implements Disposable {
  readonly #name = `mc${process.pid}`;
  readonly #spaces: string[] = [];

  constructor() {
    this.#add(this.#switch);
    this.#inSwitch('link', 'add', 'bridge', 'type', 'bridge');
    this.#inSwitch('link', 'set', 'bridge', 'up');
  }

  /** Whether this process may make one. */
  static get isPossible(): boolean {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
    try {
      using _network = new Network();
      return true;
    } catch {
      return false;
    }
  }

  add(): Machine & { cut(): void; mend(): void } {
    const number = this.#spaces.length;
    const [space, port, address] = [`${this.#name}-${number}`, `port${number}`, `${RANGE}.${number}`];
    this.#add(space);
    this.#inSwitch('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    this.#inSwitch('link', 'set', port, 'master', 'bridge', 'up');
    ip('-n', space, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', space, 'link', 'set', 'eth0', 'up');
    return {
      address,
      command: (file, args) => [ensureIp(), ['netns', 'exec', space, file, ...args]],
      // The machine itself does not notice: its packets go nowhere.
      cut: () => this.#inSwitch('link', 'set', port, 'nomaster'),
      mend: () => this.#inSwitch('link', 'set', port, 'master', 'bridge'),
    };
  }

  /** Its processes have to be ended before. */
  [Symbol.dispose](): void {
    for (const space of this.#spaces.splice(0)) ip('netns', 'delete', space);
  }

  get #switch(): string {
    return `${this.#name}-switch`;
  }

  #add(space: string): void {
    ip('netns', 'add', space);
    this.#spaces.push(space);
    ip('-n', space, 'link', 'set', 'lo', 'up');
  }

  #inSwitch(...args: readonly string[]): void {
    ip('-n', this.#switch, ...args);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync(ensureIp(), args, { stdio: 'pipe' });
}
