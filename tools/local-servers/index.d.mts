export type ServerName = 'kafka' | 'mongo' | 'redis';
export type ServerSource = 'binary' | 'cache' | 'docker' | 'download';

export interface RunningServer {
  readonly name: ServerName;
  /** Null for a server named by the environment and for a container on another machine. */
  readonly pid: number | null;
  readonly port: number | null;
  readonly url: string;
  readonly source: ServerSource | 'environment';
  readonly reused: boolean;
  readonly logFile: string | null;
  /** These are absent for a server named by the environment. */
  isRunning?(): boolean;
  pause?(): Promise<void>;
  resume?(): Promise<void>;
  kill?(): Promise<void>;
}

export interface StartOptions {
  readonly need?: readonly ServerName[];
  readonly fastMongo?: boolean;
  readonly dataFolder?: string;
  readonly ports?: Partial<Record<ServerName, number>>;
  readonly durable?: boolean;
  readonly fresh?: boolean;
  readonly pinned?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly sources?: readonly ServerSource[];
  readonly print?: (line: string) => void;
}

export interface StartedServers {
  readonly env: Partial<Record<'MONGO_URL' | 'KAFKA_BROKERS' | 'REDIS_URL', string>>;
  readonly servers: readonly RunningServer[];
  stop(): Promise<void>;
}

/** Starts what is needed or uses what is there; resolves when each server answers. See index.mjs. */
export function startServers(options?: StartOptions): Promise<StartedServers>;

export interface PrivateServer {
  readonly name: ServerName;
  readonly port: number;
  readonly url: string;
  readonly source: ServerSource;
  readonly logFile: string;
  readonly pid: number | null;
  isRunning(): boolean;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** The same port and data; resolves when it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** One server of one's own, whatever the environment says, for tests that pause or kill it. */
export function startServer(
  name: ServerName,
  options?: Omit<StartOptions, 'need' | 'ports' | 'pinned'> & { readonly port?: number },
): Promise<PrivateServer>;

export interface ServerState {
  readonly name: ServerName;
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  readonly source: ServerSource;
  readonly logFile: string;
  readonly running: boolean;
  readonly answers: boolean;
}

export function serverStatus(options?: { readonly dataFolder?: string }): Promise<readonly ServerState[]>;
export function stopServers(options?: {
  readonly dataFolder?: string;
  readonly force?: boolean;
}): Promise<readonly ServerName[]>;

export class MissingPrerequisites extends Error {
  readonly missing: readonly { readonly what: string; readonly todo: string }[];
}
export class ServerFailed extends Error {}
export const serverNames: readonly ServerName[];
export const defaultDataFolder: string;
