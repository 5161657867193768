/** Hosts are named `NAME/PID`: the name alone where no other host of the run has it. */
export function shortHostName(host: string, all: Iterable<string>): string {
  const name = nameOf(host);
  const same = new Set([...all].filter((other) => nameOf(other) === name));
  return same.size > 1 ? host : name;
}

const nameOf = (host: string): string => host.slice(0, host.lastIndexOf('/'));
