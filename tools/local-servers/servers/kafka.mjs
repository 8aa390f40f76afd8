import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable, mustRun, runCommand } from '../commands.mjs';
import { probeKafka } from '../probes.mjs';

const kafkaVersion = '4.1.1';
const log4jVersion = '2.24.3';
const image = `apache/kafka:${kafkaVersion}`;
const cacheKey = `kafka-${kafkaVersion}`;
const lowestJava = 17;
// Any 16 bytes in base64url: this cluster has one node and nobody else joins it.
const clusterId = 'ZGFpa2FpZmEtbG9jYWwtMQ';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${kafkaVersion}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${log4jVersion}</version>
      <scope>runtime</scope>
    </dependency>
  </dependencies>
</project>
`;

// Kafka logs nothing at all without a configuration; standard output is the server's log file.
const log4j = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <Console name="out" target="SYSTEM_OUT">
      <PatternLayout pattern="%d{ISO8601} %-5p %m (%c)%n"/>
    </Console>
  </Appenders>
  <Loggers>
    <Root level="WARN"><AppenderRef ref="out"/></Root>
    <Logger name="kafka" level="INFO"/>
    <Logger name="org.apache.kafka" level="WARN"/>
    <Logger name="org.apache.kafka.server" level="INFO"/>
  </Loggers>
</Configuration>
`;

/** Settings that hold for a local process and for a container alike. */
const settings = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'PLAINTEXT',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  // A misspelt topic must fail in development as it does in production.
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // A broker that was killed can register again only when its old session is over: 9 s by default.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '2',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  // The default of 128 MB is a sixth of the heap, for a cleaner that has next to nothing to clean.
  'log.cleaner.dedupe.buffer.size': '4194304',
  // How long the cleaner sleeps when it has found nothing: 15 s by default, most of what a test of compaction waits for.
  'log.cleaner.backoff.ms': '2000',
  'num.network.threads': '2',
  'num.io.threads': '4',
};

const heap = ['-Xms256m', '-Xmx768m', '-XX:+UseSerialGC'];

// What lives for a test or less does not live to see its code compiled once more: half of the work of a start.
const shortLived = ['-XX:TieredStopAtLevel=1'];

const runKafka =
  (java, jars) =>
  ({ port, extraPort, data, configuration, durable }) => {
    mkdirSync(configuration, { recursive: true });
    const properties = {
      ...settings,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${extraPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
      'controller.quorum.voters': `1@127.0.0.1:${extraPort}`,
      'log.dirs': data,
    };
    const propertiesFile = join(configuration, 'kraft.properties');
    const log4jFile = join(configuration, 'log4j2.xml');
    writeFileSync(
      propertiesFile,
      Object.entries(properties)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    writeFileSync(log4jFile, log4j);
    const base = [`-Dlog4j2.configurationFile=${log4jFile}`, '-cp', join(jars, '*')];
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesFile];
    return {
      command: java,
      args: [...heap, ...(durable ? [] : shortLived), ...base, 'kafka.Kafka', propertiesFile],
      before: existsSync(join(data, 'meta.properties'))
        ? []
        : [{ command: java, args: ['-Xmx128m', '-XX:+UseSerialGC', ...shortLived, ...base, ...format] }],
    };
  };

/** Major version in what `java -version` prints, or null. */
export function javaMajor(output) {
  const match = /version "(\d+)(?:\.(\d+))?/.exec(output);
  if (match === null) return null;
  return match[1] === '1' ? Number(match[2]) : Number(match[1]);
}

async function findJava(env) {
  const candidates = [env.JAVA_HOME && join(env.JAVA_HOME, 'bin/java'), findExecutable('java', env)];
  const found = [];
  for (const command of candidates.filter((path) => path && existsSync(path))) {
    const major = javaMajor((await runCommand(command, ['-version'], { env })).output);
    if (major !== null && major >= lowestJava) return { command, found };
    if (major !== null) found.push(major);
  }
  return { command: null, found };
}

const isComplete = (jars) =>
  existsSync(join(jars, `kafka_2.13-${kafkaVersion}.jar`)) && existsSync(join(jars, `log4j-core-${log4jVersion}.jar`));

const jarsOfHome = (home) => {
  const jars = join(home, 'libs');
  const isKafka = existsSync(jars) && readdirSync(jars).some((name) => /^kafka_2\.\d+-.*\.jar$/.test(name));
  return isKafka ? jars : null;
};

async function fillByMaven(folder, maven, env) {
  const pomFile = join(folder, 'pom.xml');
  const jars = join(folder, 'lib');
  writeFileSync(pomFile, pom);
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`, '-DincludeScope=runtime'];
  await mustRun(maven, ['--batch-mode', '--quiet', '--file', pomFile, ...goal], { env, cwd: folder });
  if (!isComplete(jars)) throw new Error(`Maven ended without an error, but ${jars} lacks Kafka ${kafkaVersion}`);
}

export const kafka = {
  name: 'kafka',
  variable: 'KAFKA_BROKERS',
  url: (port) => `127.0.0.1:${port}`,
  defaultPort: 9092,
  probe: probeKafka,
  readyWithinMs: 90_000,
  portCount: 2,

  async binary({ env }) {
    const jars = env.KAFKA_HOME ? jarsOfHome(env.KAFKA_HOME) : null;
    const { command } = jars === null ? { command: null } : await findJava(env);
    return command === null ? null : { launch: runKafka(command, jars) };
  },

  async cache({ env, cache }) {
    const folder = cache.find(cacheKey);
    if (folder === null || !isComplete(join(folder, 'lib'))) return null;
    const { command } = await findJava(env);
    return command === null ? null : { launch: runKafka(command, join(folder, 'lib')) };
  },

  docker({ docker }) {
    const variables = (port) => ({
      ...Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, value]),
      ),
      KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
      KAFKA_HEAP_OPTS: heap.slice(0, 2).join(' '),
      CLUSTER_ID: clusterId,
    });
    return {
      image,
      launch: ({ port }) => docker.launchSpec({ image, port, containerPort: 9092, variables: variables(port) }),
    };
  },

  async download({ env, cache }) {
    const { command: java, found } = await findJava(env);
    const maven = findExecutable('mvn', env);
    const cached = cache.find(cacheKey);
    const isCached = cached !== null && isComplete(join(cached, 'lib'));
    const missing = [
      java === null && {
        what: `Java ${lowestJava} or later${found.length > 0 ? ` (found only ${found.join(', ')})` : ''}`,
        todo: 'install `openjdk-17-jre-headless` or set JAVA_HOME; or set KAFKA_BROKERS, or start Docker',
      },
      maven === null &&
        !isCached && {
          what: 'Maven (mvn), which fetches Kafka',
          todo: 'install `maven`; or set KAFKA_HOME to an unpacked Kafka 4, or KAFKA_BROKERS, or start Docker',
        },
    ].filter(Boolean);
    if (missing.length > 0) return { missing };
    return {
      what: 'Kafka by Maven, about 43 MB',
      prepare: async (waiting) => {
        const isUsable = (path) => isComplete(join(path, 'lib'));
        const folder = await cache.build(cacheKey, (path) => fillByMaven(path, maven, env), { isUsable, ...waiting });
        return runKafka(java, join(folder, 'lib'));
      },
    };
  },
};
