import { randomBytes } from 'node:crypto';
import { findExecutable, mustRun, runCommand } from './commands.mjs';

/** What can be done with a Docker engine; `available()` asks the engine once. */
export function createDocker(env) {
  const client = findExecutable('docker', env);
  let answer;

  const available = () => {
    answer ??=
      client === null
        ? Promise.resolve(false)
        : runCommand(client, ['info', '--format', '{{.ServerVersion}}'], { env, timeoutMs: 5_000 }).then(
            ({ code }) => code === 0,
          );
    return answer;
  };

  const hasImage = async (image) => (await runCommand(client, ['image', 'inspect', image], { env })).code === 0;

  return {
    available,
    hasImage,
    pull: (image) => mustRun(client, ['pull', '--quiet', image], { env }),
    /**
     * A container as a foreground process: its output is the server's log, and it disappears when it ends (`--rm`),
     * its data with it.
     */
    launchSpec({ image, port, containerPort, variables = {}, command = [] }) {
      const container = `daikaifa-${randomBytes(6).toString('hex')}`;
      const set = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      return {
        command: client,
        args: [
          ...['run', '--rm', '--name', container, '--publish', `127.0.0.1:${port}:${containerPort}`],
          ...set,
          image,
          ...command,
        ],
        container,
      };
    },
    /** Process id of the container's server on this machine; null when the engine runs elsewhere or in a VM. */
    async serverPid(container) {
      const { code, output } = await runCommand(client, ['inspect', '--format', '{{.State.Pid}}', container], { env });
      const pid = Number(output.trim());
      return code === 0 && process.platform === 'linux' && Number.isSafeInteger(pid) && pid > 0 ? pid : null;
    },
    pause: (container) => mustRun(client, ['pause', container], { env }),
    resume: (container) => mustRun(client, ['unpause', container], { env }),
    /** Ends a container whether or not it still exists. */
    async remove(container, { graceSec = 10 } = {}) {
      if (client === null) return;
      if (graceSec > 0) await runCommand(client, ['stop', '--time', String(graceSec), container], { env });
      await runCommand(client, ['rm', '--force', container], { env });
    },
  };
}
