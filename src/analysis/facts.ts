import type { ts } from 'ts-morph';
import { Look, NOTHING, type Seen } from './seen.ts';

interface Fact {
  readonly value: unknown;
  /** Files that were looked at to find it. */
  readonly seen: Seen;
  /** The program for which it was found to hold last. */
  round: number;
}

/** What a function finds out about something. It identifies the fact. */
type Finder = (...args: never[]) => unknown;

/**
 * Facts that hold beyond the program in which they were found. A fact consists of syntax nodes, names and numbers, never of
 * symbols and types. It holds in a later program as long as every file that was looked at is the same object there, and
 * nothing that its file imports shows other types.
 */
export class Facts {
  readonly #facts = new Map<Finder, WeakMap<object, Fact>>();
  readonly #open: Look[] = [];
  /** Rounds in which the types that a file sees have changed, by its name. */
  readonly #typesChanged = new Map<string, number>();
  #allChanged = 0;
  #round = 0;
  #files: ReadonlySet<ts.SourceFile> = new Set();
  readonly #isFinal: boolean;

  /** @param isFinal nothing is to hold beyond one program: what facts rest on is not noted, which takes time */
  constructor(isFinal = false) {
    this.#isFinal = isFinal;
  }

  /** A new program is there. Files that are still the same objects have not changed. */
  begin(files: ReadonlySet<ts.SourceFile>): void {
    if (this.#isFinal) this.#facts.clear();
    this.#round++;
    this.#files = files;
  }

  /** Types that these files see may have changed; without names, those that any file sees. */
  typesChanged(names?: Iterable<string>): void {
    if (names === undefined) this.#allChanged = this.#round;
    else for (const name of names) this.#typesChanged.set(name, this.#round);
  }

  /** A known fact about `subject`, which is at `at`. Whoever is finding a fact has looked at the same files then. */
  known(finder: Finder, subject: object, at: ts.Node): Fact | undefined {
    const fact = this.#facts.get(finder)?.get(subject);
    if (fact === undefined || !this.#holds(fact, at)) return undefined;
    this.see(fact.seen);
    return fact;
  }

  /** Finds a fact with `find`, and keeps it. While it is being found, `fallback` counts. */
  find<T>(finder: Finder, subject: object, at: ts.Node, fallback: T, find: () => T): T {
    let facts = this.#facts.get(finder);
    if (facts === undefined) {
      facts = new WeakMap();
      this.#facts.set(finder, facts);
    }
    facts.set(subject, { value: fallback, seen: NOTHING, round: this.#round });
    const { value, seen } = this.watch(find, at);
    facts.set(subject, { value, seen, round: this.#round });
    return value;
  }

  /** Runs something and tells which files it looks at, that of `at` among them. */
  watch<T>(work: () => T, at?: ts.Node): { readonly value: T; readonly seen: Seen } {
    if (this.#isFinal) return { value: work(), seen: NOTHING };
    const look = new Look();
    if (at !== undefined) look.atFile(at.getSourceFile());
    this.#open.push(look);
    let value: T;
    try {
      value = work();
    } finally {
      this.#open.pop();
    }
    const seen = look.close();
    this.see(seen);
    return { value, seen };
  }

  /** True while a fact is being found. */
  get isFinding(): boolean {
    return this.#open.length > 0;
  }

  /** Says that files were looked at. */
  see(seen: Seen): void {
    this.#open.at(-1)?.at(seen);
  }

  /** Says that a file was looked at. */
  seeFile(file: ts.SourceFile): void {
    this.#open.at(-1)?.atFile(file);
  }

  #holds(fact: Fact, at: ts.Node): boolean {
    if (fact.round === this.#round) return true;
    const changed = Math.max(this.#allChanged, this.#typesChanged.get(at.getSourceFile().fileName) ?? 0);
    if (fact.round < changed) return false;
    if (!fact.seen.isWithin(this.#files, this.#round)) return false;
    fact.round = this.#round;
    return true;
  }
}
