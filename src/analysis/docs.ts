/** Where the documentation of the rules is, unless a setting names another place. */
export const DOCS_BASE = 'https://github.com/manycore-dev/manycore/blob/main/docs/rules/';

/** URL of the page of a rule. */
export const docsPage = (rule: string, base: string = DOCS_BASE): string => `${base}${rule}.md`;
