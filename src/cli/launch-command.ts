import { toFailure } from '../job/errors.ts';
import type { RunExitCode } from '../protocol/run.ts';
import { failureLines } from './display.ts';
import { paintFor } from './paint.ts';

export type Launcher = 'ssh' | 'slurm' | 'k8s';

/** Options of `manycore launch` as commander gives them. */
export interface LaunchOptions {
  readonly engine: string;
  readonly trust: readonly string[];
  readonly workers?: number;
}

/** `manycore launch`: prints how to start `manycore worker` on many machines. Starts nothing, and prints no password. */
export async function launchCommand(launcher: Launcher, options: LaunchOptions): Promise<RunExitCode> {
  try {
    const { withoutPassword } = await import('../engine/address.ts');
    process.stdout.write(launchText(launcher, { ...options, engine: withoutPassword(options.engine) }));
    return 0;
  } catch (error) {
    const { failure, exitCode } = toFailure(error);
    process.stderr.write(`${failureLines(failure, paintFor(process.stderr)).join('\n')}\n`);
    return exitCode;
  }
}

function launchText(launcher: Launcher, options: LaunchOptions): string {
  const args = workerArguments(options);
  if (launcher === 'k8s') return kubernetes(args, options.workers ?? 4);
  const command = args.map(shellWord).join(' ');
  return launcher === 'ssh' ? ssh(command) : slurm(command, options.workers ?? 32);
}

const workerArguments = ({ engine, trust, workers }: LaunchOptions): readonly string[] => [
  ...['npx', 'manycore', 'worker', '--engine', engine],
  ...(workers === undefined ? [] : ['--workers', String(workers)]),
  ...trust.flatMap((key) => ['--trust', key]),
];

const shellWord = (text: string): string =>
  /^[\w./:=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const PASSWORD = '# MANYCORE_ENGINE_PASSWORD has the password of the engine, and is in no command line.';

const ssh = (command: string): string => `#!/bin/sh
${PASSWORD}
# hosts.txt has one machine a line. The project is installed there in the folder where this runs here.
while read -r host; do
  {
    printf '%s\\n' "$MANYCORE_ENGINE_PASSWORD" "$PWD"
  } | ssh "$host" ${shellWord(`read -r MANYCORE_ENGINE_PASSWORD; export MANYCORE_ENGINE_PASSWORD; read -r folder; cd "$folder" && exec ${command}`)} &
done < hosts.txt
wait
`;

const slurm = (command: string, cpus: number): string => `#!/bin/sh
${PASSWORD}
# One host for each node, with the CPUs that it was given: sbatch THIS-FILE, in the folder of the project.
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=${cpus}
srun --export=ALL ${command}
`;

const kubernetes = (
  args: readonly string[],
  cpus: number,
): string => `# kubectl create secret generic manycore-engine --from-file=password=FILE
apiVersion: apps/v1
kind: Deployment
metadata:
  name: manycore-worker
spec:
  replicas: 4
  selector:
    matchLabels: { app: manycore-worker }
  template:
    metadata:
      labels: { app: manycore-worker }
    spec:
      containers:
        - name: worker
          # An image with Node, manycore, bullmq and ioredis, and the packages with native code that the runs need.
          image: registry.example/manycore-worker
          command: ${JSON.stringify(args)}
          env:
            - name: MANYCORE_ENGINE_PASSWORD
              valueFrom:
                secretKeyRef: { name: manycore-engine, key: password }
          resources:
            requests: { cpu: "${cpus}", memory: 4Gi }
            limits: { cpu: "${cpus}", memory: 4Gi }
`;
