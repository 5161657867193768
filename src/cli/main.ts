import { Argument, Command, CommanderError, Option } from 'commander';
import packageJson from '../../runtime/package.json' with { type: 'json' };
import type { CompareOptions } from './compare-command.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import type { JobsOptions } from './jobs-command.ts';
import type { Launcher, LaunchOptions } from './launch-command.ts';
import { type LintOptions, parseRule } from './lint-options.ts';
import type { ReportOptions } from './report-command.ts';
import {
  parseArgs,
  parseChunk,
  parseNumber,
  parseSize,
  parseVerify,
  type RunOptions,
} from './run-options.ts';
import type { WorkerOptions } from './worker-command.ts';

const USAGE_ERROR = 2;
const LAUNCHERS: readonly Launcher[] = ['ssh', 'slurm', 'k8s'];

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const LINT_HELP = `
Each path is judged together with the project around it. Without paths: the working directory.
Severities: error fails or gives wrong results, warning goes wrong under concurrency or on failure, hint costs time.
Hints are left out where the environment variable CI is set, unless --hints is given.

Exit codes: 0 clean, 1 findings at warning or above, 2 bad usage, 3 the analysis itself failed.
`;

const MCP_HELP = `
A client starts this command in the folder of the project; only files in that folder are analysed and run:
  { "mcpServers": { "manycore": { "command": "npx", "args": ["manycore", "mcp"] } } }

Tools: manycore_analyze reads only; manycore_run executes a function of the project, so clients ask before it.
`;

const EXAMPLES = `
Examples:
  $ manycore run score.ts#score --data orders.csv --out scores.csv
  $ manycore run thumbnail.ts --data 'glob:photos/**/*.jpg' --workers 4
  $ manycore run simulate.ts#trial --data range:0:100000 --baseline full --json
  $ cat events.jsonl | manycore run clean.js#clean --data -
  $ manycore run --job nightly --workers 8
  $ manycore run --resume .manycore/runs/2026-01-31-120000-score

Data: file.json, file.json#/pointer, file.jsonl, file.csv, file.tsv, file.txt (lines), file.parquet, file.arrow,
      file.feather, each also .gz or .zst; kind:FILE where the name does not say it, such as csv:export.dat;
      glob:PATTERN, range:START:STOP[:STEP], module:FILE#EXPORT, and - for JSON Lines on standard input.
      --preview shows what it gives.

A sample of the items is run once more alone, to measure the speedup; --baseline off runs every item exactly once.
--sweep runs a sample some ten times more, with each number of workers.
Exit codes: 0 all items done, 1 some failed or gave something else with --verify, 2 bad usage or bad input, 3 no workers to be had, 130 interrupted.
`;

function program(finish: (exitCode: number) => void): Command {
  const manycore = new Command('manycore')
    .description('Runs an exported function over a dataset on every core, and says what that gained.')
    .version(packageJson.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false });
  manycore
    .command('run')
    .description('Run a function over a dataset on every core.')
    .argument('[FILE[#EXPORT]]', 'module and exported function; not needed to go on with a run')
    .option('--job <NAME>', 'run a job of .vscode/manycore.json, here or in a folder above')
    .option('--data <SOURCE>', 'where the items come from: see Data below')
    .option('--workers <N>', 'worker processes (default: one for every CPU)', parseNumber)
    .option('--chunk <N|auto>', 'items that a worker gets at a time (default: auto)', parseChunk)
    .option('--timeout <MS>', 'limit for one item, from when it begins to run', parseNumber)
    .option('--retries <N>', 'how often an item that lost its worker is run again (default: 0)', parseNumber)
    .addOption(
      new Option('--on-error <WHAT>', 'when an item fails (default: continue)').choices(['stop', 'continue']),
    )
    .option('--max-errors <N|N%>', 'stop after this many failed items, or this share of them')
    .option('--memory-limit <SIZE>', 'replace a worker that holds more than this, e.g. 512M', parseSize)
    .addOption(
      new Option('--baseline <HOW>', 'what the speedup is measured against (default: sample)').choices([
        'sample',
        'full',
        'off',
      ]),
    )
    .option('--sweep', 'first time a sample with 1, 2, 4, ... workers: a better forecast, at most about 30 s')
    .option(
      '--verify [N|all]',
      'run N items (default: 100) or all once more in one process and compare',
      parseVerify,
    )
    .addOption(
      new Option('--on-bad-record <WHAT>', 'when a record is malformed (default: fail)').choices([
        'fail',
        'skip',
      ]),
    )
    .option('--spread', 'an array item becomes the arguments of the function')
    .option('--args <JSON>', 'array of arguments after the item', parseArgs)
    .option('--typed', 'CSV: turn numbers, booleans and empty fields into values')
    .option('--skip <N>', 'leave out the first N items', parseNumber)
    .option('--limit <N>', 'run at most N items', parseNumber)
    .option('--sample <N>', 'run a random sample of N items', parseNumber)
    .option('--seed <N>', 'seed of every random choice (default: 1)', parseNumber)
    .option('--preview', 'run nothing: show how many items there are and the calls that the first become')
    .option('--out <FILE>', 'copy of the results: .jsonl, .csv or .parquet')
    .option('--run-dir <DIR>', 'folder of the run (default: a new one under .manycore/runs)')
    .option('--resume <RUN>', 'go on with a run that was stopped or killed: what is done is not done again')
    .option('--only-failed <RUN>', 'run the failed items of a run again, as a new run')
    .option('--force', 'go on although the dataset is another one now: changed items are run again')
    .option('--report <FILE>', 'copy of the HTML report')
    .option('--trace <FILE>', 'copy of the timeline, for Perfetto or chrome://tracing')
    .option('--cpu-prof', 'write a CPU profile of each worker into the folder of the run')
    .option(
      '--debug-item <K>',
      'run item K (from 0, or json:VALUE) in this process, as under node --inspect-brk',
    )
    .option('--json', 'print the summary as one JSON object on stdout, everything else on stderr')
    .addOption(
      new Option('--loader <HOW>', 'how the module is loaded (default: auto)').choices([
        'auto',
        'native',
        'bundle',
      ]),
    )
    .option('--node <PATH>', 'run under this Node')
    .option('--env-file <FILE>', 'environment variables for the workers')
    .option(
      '--engine <URL>',
      'run on the hosts of an engine: redis://127.0.0.1:6379, rediss://user:password@host',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (target: string | undefined, options: RunOptions) => {
      const { runCommand } = await import('./run-command.ts');
      finish(await runCommand(target, options));
    });
  manycore
    .command('worker')
    .description('Take part in the runs of an engine with the cores of this machine.')
    .requiredOption(
      '--engine <URL>',
      'redis://127.0.0.1:6379, or rediss://user:password@host beyond this machine',
    )
    .option('--workers <N>', 'worker processes (default: one for every CPU)', parseNumber)
    .option('--trust <KEY>', 'take runs only from this key, see manycore jobs --key; repeatable', collect, [])
    .action(async (options: WorkerOptions) => {
      const { workerCommand } = await import('./worker-command.ts');
      finish(await workerCommand(options));
    });
  manycore
    .command('jobs')
    .description('List the runs of an engine and its hosts.')
    .option('--engine <URL>', 'as of manycore run')
    .option(
      '--key',
      'print the public key that signs your runs, for manycore worker --trust, and nothing else',
    )
    .option('--json', 'as one JSON object')
    .action(async (options: JobsOptions) => {
      const { jobsCommand } = await import('./jobs-command.ts');
      finish(await jobsCommand(options));
    });
  manycore
    .command('attach')
    .description('Go on with a run of an engine whose own process is gone.')
    .argument('<ID>', 'as manycore jobs shows it')
    .requiredOption('--engine <URL>', 'as of manycore run')
    .action(async (id: string, options: { engine: string }) => {
      const { attachCommand } = await import('./jobs-command.ts');
      finish(await attachCommand(id, options.engine));
    });
  manycore
    .command('cancel')
    .description('Stop a run of an engine: what is done is kept.')
    .argument('<ID>', 'as manycore jobs shows it')
    .requiredOption('--engine <URL>', 'as of manycore run')
    .action(async (id: string, options: { engine: string }) => {
      const { cancelCommand } = await import('./jobs-command.ts');
      finish(await cancelCommand(id, options.engine));
    });
  manycore
    .command('launch')
    .description('Print how to start manycore worker on many machines; nothing is started.')
    .addArgument(new Argument('<HOW>', 'what starts the machines').choices(LAUNCHERS))
    .requiredOption('--engine <URL>', 'as of manycore worker; a password in it is left out')
    .option('--workers <N>', 'worker processes of each host (default: one for every CPU)', parseNumber)
    .option('--trust <KEY>', 'as of manycore worker; repeatable', collect, [])
    .action(async (launcher: Launcher, options: LaunchOptions) => {
      const { launchCommand } = await import('./launch-command.ts');
      finish(await launchCommand(launcher, options));
    });
  manycore
    .command('lint')
    .description('Report what would fail or go wrong in worker processes, without running any of it.')
    .argument('[PATH...]', 'files, folders or globs')
    .addOption(
      new Option('--format <HOW>', 'what is printed')
        .choices(['pretty', 'json', 'sarif', 'github'])
        .default('pretty'),
    )
    .option('--fix', 'apply the safe fixes, then report what is left')
    .option(
      '--rule <NAME=SEVERITY>',
      'report a rule as off, hint, warning or error; repeatable',
      parseRule,
      [],
    )
    .option('--max-warnings <N>', 'exit with 1 only above this many warnings', parseNumber, 0)
    .option('--hints', 'show hints, in CI too')
    .option('--no-hints', 'leave hints out')
    .option('--stats', 'say how much was analysed, how long it took, and what could not be judged')
    .option('--no-cache', 'analyse everything anew, and keep nothing')
    .addHelpText('after', LINT_HELP)
    .action(async (paths: readonly string[], options: LintOptions) => {
      const { lintCommand } = await import('./lint-command.ts');
      finish(await lintCommand(paths, options));
    });
  manycore
    .command('doctor')
    .description('Say which Node, CPUs and loader a run would use, and why.')
    .option('--json', 'as one JSON object')
    .action(async (options: { json?: boolean }) => {
      const { doctorCommand } = await import('./doctor-command.ts');
      finish(await doctorCommand(options.json ?? false));
    });
  manycore
    .command('report')
    .description('Print the result of a run that is over.')
    .argument('<RUN>', 'folder of the run, or its run.json')
    .option('--html <FILE>', 'copy the HTML report here')
    .option('--trace <FILE>', 'copy the timeline here, for Perfetto or chrome://tracing')
    .action(async (run: string, options: ReportOptions) => {
      const { reportCommand } = await import('./report-command.ts');
      finish(reportCommand(run, options));
    });
  manycore
    .command('compare')
    .description('Show two runs beside each other: what was run, how long it took, where the time went.')
    .argument('<FIRST>', 'folder of a run, or its run.json')
    .argument('<SECOND>', 'another one')
    .option('--json', 'as one JSON object')
    .option('--html <FILE>', 'write the comparison here as one HTML page')
    .action(async (first: string, second: string, options: CompareOptions) => {
      const { compareCommand } = await import('./compare-command.ts');
      finish(compareCommand(first, second, options));
    });
  manycore
    .command('verify')
    .description('Run the items of a run that is over once more in one process, and compare what they give.')
    .argument('<RUN>', 'folder of the run, or its run.json')
    .argument('[N|all]', 'how many items, drawn at random (default: all)', parseVerify)
    .option('--force', 'although the dataset or the function is another one now')
    .option('--json', 'print the summary as one JSON object on stdout, everything else on stderr')
    .action(async (run: string, items: number | 'all' | undefined, options: RunOptions) => {
      const { runCommand } = await import('./run-command.ts');
      finish(await runCommand(undefined, { ...options, verifyRun: run, verify: items ?? 'all' }));
    });
  manycore
    .command('mcp')
    .description(
      'Serve analysing and running to language models, over the Model Context Protocol on stdin and stdout.',
    )
    .addHelpText('after', MCP_HELP)
    .action(async () => {
      const { mcpCommand } = await import('./mcp-command.ts');
      finish(await mcpCommand());
    });
  manycore
    .command('completion')
    .description('Print a script that makes a shell complete this command.')
    .addArgument(new Argument('<SHELL>', 'the shell').choices(SHELLS))
    .action((shell: Shell) => {
      process.stdout.write(completionScript(manycore, shell));
      finish(0);
    });
  manycore.addHelpText('after', '\nmanycore run --help has examples and the kinds of data.\n');
  return manycore;
}

/** Exits when everything that was printed has been taken: open handles of user code do not keep the command alive. */
function exitWhenPrinted(exitCode: number): void {
  process.exitCode = exitCode;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

// A reader that went away is no failure of this command; `run` also stops because of it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program(exitWhenPrinted).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version are no errors; commander's own exit code for bad usage is 1.
  exitWhenPrinted(error.exitCode === 0 ? 0 : USAGE_ERROR);
}
