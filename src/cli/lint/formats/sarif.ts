import type { Diagnostic, RuleInfo, Severity, Span, TextEdit } from '../../../analysis/analyse.ts';
import { docsPage } from '../../../analysis/docs.ts';
import { shownPath } from '../../../analysis/plain.ts';
import type { Format } from './format.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const HOME = 'https://github.com/manycore-dev/manycore';
const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'note' };

/** SARIF 2.1.0 (OASIS), as code scanning services read it. Files are relative to `%SRCROOT%`, the working directory. */
export const sarif: Format = ({ diagnostics, rules, cwd, version }) => {
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'manycore', version, informationUri: HOME, rules: rules.map(describe) },
        },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((one) => resultOf(one, rules, cwd)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

function describe({ name, category, severity }: RuleInfo): object {
  return {
    id: name,
    shortDescription: { text: name.replaceAll('-', ' ') },
    helpUri: docsPage(name),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { category },
  };
}

function resultOf(diagnostic: Diagnostic, rules: readonly RuleInfo[], cwd: string): object {
  const { file, rule, severity, message, related = [], fixes } = diagnostic;
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ name }) => name === rule),
    level: LEVELS[severity],
    message: { text: message },
    locations: [{ physicalLocation: place(file, diagnostic, cwd) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((one, id) => ({
        id,
        physicalLocation: place(one.file, one, cwd),
        message: { text: one.message },
      })),
    }),
    ...(fixes.length > 0 && {
      fixes: fixes.map(({ title, edits }) => ({
        description: { text: title },
        artifactChanges: changes(edits, cwd),
      })),
    }),
  };
}

function changes(edits: readonly TextEdit[], cwd: string): object[] {
  return [...new Set(edits.map(({ file }) => file))].map((file) => ({
    artifactLocation: artifact(file, cwd),
    replacements: edits
      .filter((edit) => edit.file === file)
      .map((edit) => ({ deletedRegion: region(edit), insertedContent: { text: edit.newText } })),
  }));
}

const place = (file: string, span: Span, cwd: string): object => ({
  artifactLocation: artifact(file, cwd),
  region: region(span),
});

const artifact = (file: string, cwd: string): object => ({
  uri: shownPath(file, cwd).split('/').map(encodeURIComponent).join('/'),
  uriBaseId: '%SRCROOT%',
});

const region = ({ line, column, endLine, endColumn }: Span): object => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
});
