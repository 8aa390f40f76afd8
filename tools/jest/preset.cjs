// One jest set-up for every project: two jest projects, `unit` (beside the code) and `int` (in test/, real servers).
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

const root = resolve(__dirname, '../..');
const { compilerOptions } = JSON.parse(readFileSync(resolve(root, 'tsconfig.base.json'), 'utf8'));

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [path]]) => [`^${name}$`, resolve(root, path)]),
);

const shared = (projectRoot) => ({
  rootDir: projectRoot,
  testEnvironment: 'node',
  moduleNameMapper,
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'graphql'],
  testPathIgnorePatterns: ['/dist/', '/node_modules/'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '\\.graphql$': resolve(__dirname, 'graphql-transform.cjs'),
    '\\.(ts|mjs|js)$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // ESM-only packages that jest's CommonJS runtime cannot require.
  transformIgnorePatterns: ['/node_modules/(?!(jose|cookie)/)'],
});

module.exports = (projectRoot) => {
  const name = projectRoot.split('/').slice(-2).join('/');
  return {
    projects: [
      { ...shared(projectRoot), displayName: `${name} unit`, testMatch: ['<rootDir>/src/**/*.unit.spec.ts'] },
      {
        ...shared(projectRoot),
        displayName: `${name} int`,
        testMatch: ['<rootDir>/test/**/*.int.spec.ts'],
        globalSetup: resolve(__dirname, 'global-setup.cjs'),
        globalTeardown: resolve(__dirname, 'global-teardown.cjs'),
        setupFiles: [resolve(__dirname, 'int-environment.cjs')],
      },
    ],
    testTimeout: 60_000,
  };
};
