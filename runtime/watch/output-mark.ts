/**
 * Marks in the output of a worker: `ESC ] mc ; TOKEN ; ITEM BEL` in front of the first write of an item. They travel in the
 * stream itself, so the order of lines and marks is right whatever is printed, also by native code and shortly before a crash.
 * The token is random for every worker, so that no output is taken for a mark.
 */

/** What stands before the item in a mark. */
export const markHead = (token: string): string => `\u001b]mc;${token};`;
export const MARK_END = '\u0007';

/** Text of a mark: `item` is undefined for output outside of items. */
export const mark = (token: string, item: number | undefined): string =>
  `${markHead(token)}${item ?? ''}${MARK_END}`;

type Write = NodeJS.WriteStream['write'];

/** In a worker: makes output blocking, so that it survives any exit, and marks it with the item that `running` tells. */
export function markOutput(
  stream: NodeJS.WriteStream,
  token: string,
  running: () => number | undefined,
): void {
  // A pipe is written asynchronously otherwise, and `process.exit` or a crash would lose what waits.
  (stream as { _handle?: { setBlocking?(blocking: boolean): void } })._handle?.setBlocking?.(true);
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let marked: number | undefined;
  stream.write = ((...args: unknown[]) => {
    const item = running();
    if (item !== marked) {
      marked = item;
      write(mark(token, item));
    }
    return write(...args);
  }) as Write;
}
