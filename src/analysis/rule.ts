import type { ts } from 'ts-morph';
import type { Category, Fix, RelatedPlace, Severity } from './diagnostic.ts';
import type { Model } from './model.ts';

/** What a rule found, before suppression. */
export interface Finding {
  readonly node: ts.Node;
  readonly message: string;
  readonly path?: string;
  readonly chain?: readonly string[];
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  /** Where it is less sure or less bad than the rule's other findings. */
  readonly severity?: Severity;
}

/** One rule. Its file, test, fixtures and docs page have its name. */
export interface Rule {
  readonly name: string;
  readonly category: Category;
  readonly severity: Severity;
  /**
   * What it finds in a file with what that imports alone stands whatever other files say; these may add to it. Such rules
   * answer before the whole workspace is read.
   */
  readonly early?: true;
  /** Findings in one file. The rest of the program may be read, nothing of it is run. */
  check(model: Model, file: ts.SourceFile): Iterable<Finding>;
}
