import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that makes a shell complete the commands and options of `program`, and files where they name some. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command.options.filter(({ long }) => long),
    choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  }));
  return { bash, zsh, fish }[shell](commands);
}

interface Completed {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Option[];
  /** What the arguments may be; files where there is none. */
  readonly choices: readonly string[];
}

/** After an option with a value: its choices or files. Otherwise, after `-`, the options, and files or choices. */
function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options, choices }) => {
    const withChoices = options.filter(({ argChoices }) => argChoices);
    const withFiles = options.filter((option) => takesValue(option) && !option.argChoices);
    return [
      `    ${name})`,
      '      case "$previous" in',
      ...withChoices.map(
        ({ long, argChoices = [] }) =>
          `        ${long}) COMPREPLY=($(compgen -W "${argChoices.join(' ')}" -- "$current")); return ;;`,
      ),
      ...(withFiles.length > 0
        ? [
            `        ${withFiles.map(({ long }) => long).join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;`,
          ]
        : []),
      '      esac',
      '      case "$current" in',
      `        -*) COMPREPLY=($(compgen -W "${options.map(({ long }) => long).join(' ')}" -- "$current")) ;;`,
      `        *) COMPREPLY=($(compgen ${choices.length > 0 ? `-W "${choices.join(' ')}"` : '-f'} -- "$current")) ;;`,
      '      esac ;;',
    ].join('\n');
  });
  return `# bash: source <(manycore completion bash)
_manycore() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
}
complete -o filenames -F _manycore manycore
`;
}

function zsh(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options, choices }) => {
    const specs = options.map((option) => {
      const values = option.argChoices ? `(${option.argChoices.join(' ')})` : '_files';
      const value = takesValue(option) ? `:value:${values}` : '';
      return `'${option.long}[${bracketed(option.description)}]${value}'`;
    });
    const rest = choices.length > 0 ? `'*:argument:(${choices.join(' ')})'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[...specs, rest].join(' \\\n      ')} ;;`;
  });
  return `#compdef manycore
# zsh: manycore completion zsh > a folder of $fpath/_manycore
_manycore() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, description }) => `'${name}:${quoted(description)}'`).join(' ')})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
(( $+functions[compdef] )) && compdef _manycore manycore
`;
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, description, options, choices }) => [
    `complete -c manycore -n __fish_use_subcommand -f -a ${name} -d '${quoted(description)}'`,
    ...options.map((option) => {
      const value = takesValue(option)
        ? option.argChoices
          ? ` -x -a '${option.argChoices.join(' ')}'`
          : ' -r'
        : '';
      const long = option.long?.replace(/^--/, '');
      return `complete -c manycore -n '__fish_seen_subcommand_from ${name}' -l ${long}${value} -d '${quoted(option.description)}'`;
    }),
    ...(choices.length > 0
      ? [`complete -c manycore -n '__fish_seen_subcommand_from ${name}' -f -a '${choices.join(' ')}'`]
      : []),
  ]);
  return `# fish: manycore completion fish | source\n${lines.join('\n')}\n`;
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function quoted(text: string): string {
  return text.replaceAll("'", '');
}

/** Within the brackets of zsh. */
function bracketed(text: string): string {
  return quoted(text).replaceAll(/[[\]:]/g, ' ');
}
