import { DOCS_BASE, docsPage } from '../analysis/docs.ts';
import { RULE_SETTINGS, type RuleSettings } from '../analysis/severity.ts';

/** Settings of the server; the client sends them as `initializationOptions` or as the section `manycore.lint`. */
export interface ServerSettings {
  /** URL of the folder with one `<rule>.md` for each rule. */
  readonly docsUrl: string;
  /** How rules are reported instead of as they say themselves. */
  readonly rules: RuleSettings;
  /** Diagnostics of open files only, not of the whole workspace. */
  readonly openFilesOnly: boolean;
}

export const DEFAULT_SETTINGS: ServerSettings = { docsUrl: DOCS_BASE, rules: {}, openFilesOnly: false };

/** Takes what is usable from whatever a client sent; unknown and wrong values leave the defaults. */
export function readSettings(sent: unknown, before: ServerSettings = DEFAULT_SETTINGS): ServerSettings {
  if (typeof sent !== 'object' || sent === null) return before;
  const { docsUrl, rules, openFilesOnly } = sent as Readonly<Record<string, unknown>>;
  return {
    docsUrl: typeof docsUrl === 'string' && docsUrl.trim() !== '' ? withSlash(docsUrl) : before.docsUrl,
    rules: typeof rules === 'object' && rules !== null ? readRules(rules) : before.rules,
    openFilesOnly: typeof openFilesOnly === 'boolean' ? openFilesOnly : before.openFilesOnly,
  };
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

function readRules(sent: object): RuleSettings {
  const known: readonly unknown[] = RULE_SETTINGS;
  return Object.fromEntries(Object.entries(sent).filter(([, setting]) => known.includes(setting)));
}

/** URL of the page of a rule. */
export const docsOf = (rule: string, settings: ServerSettings): string => docsPage(rule, settings.docsUrl);
