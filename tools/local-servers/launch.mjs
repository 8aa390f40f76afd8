import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLines, runCommand } from './commands.mjs';
import { freePort, freePortFrom, isFree, releasePort } from './ports.mjs';
import { identify, isAlive } from './process-identity.mjs';

const portTaken = /address already in use|EADDRINUSE|BindException|failed to bind|port is already allocated/i;

/** A server that did not come up; the message ends with what it logged. */
export class ServerFailed extends Error {
  constructor(name, reason, log, logFile) {
    super(
      `${name} ${reason}; the end of its log (${logFile}):\n${lastLines(log).replace(/^/gm, '  | ') || '  | (empty)'}`,
    );
    this.name = 'ServerFailed';
    this.isPortTaken = portTaken.test(log);
  }
}

const logSince = (logFile, offset) =>
  existsSync(logFile) ? readFileSync(logFile).subarray(offset).toString('utf8') : '';

async function runBefore({ server, commands, env, logFile, output }) {
  const offset = statSync(logFile).size;
  for (const { command, args } of commands) {
    const { code, output: printed } = await runCommand(command, args, { env });
    if (code === 0) continue;
    throw new ServerFailed(
      server.name,
      `could not be set up (code ${code})`,
      logSince(logFile, offset) + printed,
      output,
    );
  }
}

/** Starts the process in a session of its own, so that Ctrl-C in a terminal reaches only the launcher. */
function spawnServer(spec, env, logFile, cwd) {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(spec.command, spec.args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    const failure = new Promise((resolve) => child.once('error', resolve));
    child.unref();
    return { child, failure };
  } finally {
    closeSync(log);
  }
}

async function waitUntilReady({ server, process: identity, port, logFile, offset, readyWithinMs }) {
  const end = Date.now() + readyWithinMs;
  for (;;) {
    if (!isAlive(identity))
      throw new ServerFailed(server.name, 'ended while starting', logSince(logFile, offset), logFile);
    let fault;
    try {
      await server.probe({ port, timeoutMs: 1_000 });
    } catch (error) {
      fault = error;
    }
    // An answer counts only from our own process: another one may have taken the port just before it.
    if (fault === undefined && isAlive(identity)) return;
    if (Date.now() >= end) {
      const reason = `did not answer within ${readyWithinMs / 1000} s (${fault?.message})`;
      throw new ServerFailed(server.name, reason, logSince(logFile, offset), logFile);
    }
    await pause(60);
  }
}

/** Ports for a new server: `wanted` or the next free one, else any. */
export async function choosePorts(server, wanted) {
  const port = wanted === undefined ? await freePort() : await freePortFrom(wanted);
  return { port, extraPort: server.portCount > 1 ? await freePort() : undefined };
}

/**
 * One attempt to start `server`: writes its record as soon as the process exists, so that whatever happens to the
 * launcher, the process can be found; resolves with the record once the server answers.
 */
export async function launchOnce({ server, launch, source, folder, ports, durable, context, kind }) {
  const { data, configuration, logFile } = folder.place(server.name);
  for (const path of [data, configuration, dirname(logFile)]) mkdirSync(path, { recursive: true });
  const offset = existsSync(logFile) ? statSync(logFile).size : 0;
  closeSync(openSync(logFile, 'a'));
  const spec = launch({ ...ports, data, configuration, durable });
  const env = { ...context.env, ...spec.env };
  await runBefore({ server, commands: spec.before ?? [], env, logFile, output: logFile });
  const { child, failure } = spawnServer(spec, env, logFile, data);
  if (child.pid === undefined)
    throw new ServerFailed(server.name, `cannot be run: ${(await failure).message}`, '', logFile);
  const record = {
    name: server.name,
    process: identify(child.pid),
    ...ports,
    url: server.url(ports.port),
    source,
    kind,
    durable,
    container: spec.container,
    logFile,
    startedAt: new Date().toISOString(),
  };
  folder.writeRecord(record);
  try {
    await waitUntilReady({
      server,
      process: record.process,
      port: ports.port,
      logFile,
      offset,
      readyWithinMs: server.readyWithinMs,
    });
  } catch (error) {
    await folder.endRecorded(record, { kill: true });
    throw error;
  }
  if (spec.container) {
    record.containerPid = await context.docker.serverPid(spec.container);
    folder.writeRecord(record);
  }
  return record;
}

/** Keeps the log of the run before, which may say why it ended. */
function setLogAside(logFile) {
  if (existsSync(logFile) && statSync(logFile).size > 0)
    renameSync(logFile, logFile.replace(/\.log$/, '.previous.log'));
}

/** Starts `server`; when another process takes its port in between, tries again with others. */
export async function launchServer({ wantedPort, ...options }) {
  setLogAside(options.folder.place(options.server.name).logFile);
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(options.server, wantedPort);
    try {
      return await launchOnce({ ...options, ports });
    } catch (error) {
      releasePort(ports.port);
      if (ports.extraPort !== undefined) releasePort(ports.extraPort);
      const wasTaken = error.isPortTaken === true || !(await isFree(ports.port));
      if (!wasTaken || attempt >= 4) throw error;
    }
  }
}
