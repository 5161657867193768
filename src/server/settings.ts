import { DOCS_BASE, docsPage } from '../analysis/docs.ts';

/** Settings of the server; the client sends them as `initializationOptions` or as the section `manycore.analysis`. */
export interface ServerSettings {
  /** URL of the folder with one `<rule>.md` for each rule. */
  readonly docsUrl: string;
}

export const DEFAULT_SETTINGS: ServerSettings = { docsUrl: DOCS_BASE };

/** Takes what is usable from whatever a client sent; unknown and wrong values leave the defaults. */
export function readSettings(sent: unknown, before: ServerSettings = DEFAULT_SETTINGS): ServerSettings {
  if (typeof sent !== 'object' || sent === null) return before;
  const { docsUrl } = sent as { docsUrl?: unknown };
  if (typeof docsUrl !== 'string' || docsUrl.trim() === '') return before;
  return { docsUrl: docsUrl.endsWith('/') ? docsUrl : `${docsUrl}/` };
}

/** URL of the page of a rule. */
export const docsOf = (rule: string, settings: ServerSettings): string => docsPage(rule, settings.docsUrl);
