// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with a control character.
const TERMINAL_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; tab and line feed stay.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Text as a terminal would leave it to be read: without colours, cursor moves and other control characters. */
export function plainText(text: string): string {
  return text.replace(TERMINAL_SEQUENCE, '').replace(CONTROL, '').replace(LONE_SURROGATE, '\ufffd');
}
