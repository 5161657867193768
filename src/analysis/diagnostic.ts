/** Plain data that leaves the analysis. Lines and columns count from 1, columns in UTF-16 code units. */

/** Part of a file; the end is exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A second place that explains a diagnostic, such as the function that cannot be sent. */
export interface RelatedPlace extends Span {
  readonly file: string;
  readonly message: string;
}

/** Replaces the text of `span` in `file`; an empty span inserts. */
export interface TextEdit extends Span {
  readonly file: string;
  readonly newText: string;
}

/** One quick fix: edits that are applied together. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export type Category = 'unserializable' | 'entry-guard' | 'race' | 'lifecycle' | 'performance';
export type Severity = 'error' | 'warning' | 'hint';

/** One finding of a rule. */
export interface Diagnostic extends Span {
  /** Absolute path. */
  readonly file: string;
  readonly rule: string;
  readonly category: Category;
  readonly severity: Severity;
  /** What is wrong, why it matters here, and what to write instead. */
  readonly message: string;
  /** Path of the value, such as `options.onProgress`. */
  readonly path?: string;
  /** Why the code runs where it runs, outermost first. */
  readonly chain?: readonly string[];
  readonly related?: readonly RelatedPlace[];
  /** True when `fixes` is not empty. */
  readonly fixable: boolean;
  readonly fixes: readonly Fix[];
}
