import { randomBytes } from 'node:crypto';
import { PANEL_TEXTS } from '../../protocol/panel.ts';

export interface PanelHtmlInput {
  readonly script: string;
  readonly style: string;
  /** Where the webview may load files of the extension from. */
  readonly cspSource: string;
  /** Of the editor, as a BCP 47 tag. */
  readonly language: string;
  /** The translations of what the panel says; nothing for English. */
  readonly texts: Readonly<Record<string, string>> | undefined;
}

/** The document of the panel: nothing but its own script and style may run or load. */
export function panelHtml({ script, style, cspSource, language, texts }: PanelHtmlInput): string {
  const nonce = randomBytes(16).toString('base64url');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // No text can end the element: a block of data runs nothing, and needs no nonce.
  const data = JSON.stringify(texts ?? {}).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${style}" />
    <title>Manycore</title>
  </head>
  <body>
    <div id="root"></div>
    <script type="application/json" id="${PANEL_TEXTS}">${data}</script>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
