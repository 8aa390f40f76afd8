import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const KERNEL = 'type:kernel';
const everyLibrary = [
  KERNEL,
  'type:rules',
  'type:contract',
  'type:protocol',
  'type:platform',
];

// Who may import whom: docs/architecture.md. The rule needs the Nx project graph, so lint runs through Nx only.
const depConstraints = [
  { sourceTag: KERNEL, onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:rules', onlyDependOnLibsWithTags: [KERNEL, 'type:testing'] },
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: [KERNEL, 'type:protocol'] },
  { sourceTag: 'type:protocol', onlyDependOnLibsWithTags: [KERNEL] },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: [KERNEL, 'type:contract', 'type:platform', 'type:testing'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: [...everyLibrary, 'type:testing'] },
  // For frontends: nothing of the services may reach it.
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:service', onlyDependOnLibsWithTags: [...everyLibrary, 'type:testing'] },
  // Knows the persisted operations of the client.
  { sourceTag: 'type:gateway', onlyDependOnLibsWithTags: [...everyLibrary, 'type:client', 'type:testing'] },
  { sourceTag: 'type:sandbox', onlyDependOnLibsWithTags: [KERNEL, 'type:platform', 'type:testing'] },
  { sourceTag: 'type:tools', onlyDependOnLibsWithTags: [...everyLibrary, 'type:client', 'type:testing', 'type:tools'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: [...everyLibrary, 'type:client', 'type:testing', 'type:tools'] },
];

// One platform concern, one library: nobody else knows its npm package.
const OWNED_PACKAGES = [
  { package: 'kafkajs', owner: 'libs/messaging' },
  { package: 'bullmq', owner: 'libs/jobs' },
  { package: 'ioredis', owner: 'libs/redis' },
];

const ownedBy = (owner) => OWNED_PACKAGES.filter((one) => one.owner !== owner).map((one) => one.package);

const layer = (files, forbidden, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden.map((group) => ({ group: [group], message })) }] },
});

const WAITING = {
  selector: "CallExpression[callee.name='setTimeout'], CallExpression[callee.property.name='setTimeout']",
  message: 'Tests wait for a condition (eventually), not for time.',
};

export default [
  { ignores: ['**/dist/**', '**/*.generated.ts', '**/generated/**', '**/node_modules/**', '.nx/**', '.local/**'] },
  ...nx.configs['flat/base'],
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints, enforceBuildableLibDependency: false, allow: [] }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'no-console': 'error',
      complexity: ['error', 12],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  ...['libs/messaging', 'libs/jobs', 'libs/redis'].map((owner) => ({
    files: [`${owner}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { paths: ownedBy(owner) }] },
  })),
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: [...OWNED_PACKAGES.map((one) => `${one.owner}/**`), '**/test/**', '**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: ownedBy('nobody') }] },
  },
  {
    files: ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: ['**/persistence/**', 'libs/mongo/**', '**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'mongoose', message: 'mongoose belongs to libs/mongo and persistence/.', allowTypeImports: false }] },
      ],
    },
  },
  {
    files: ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: ['apps/*/src/config.ts', 'apps/*/src/main.ts', 'libs/config/**', 'libs/testing/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
      ],
    },
  },
  layer(
    ['apps/*/src/domain/**/*.ts'],
    ['../application/*', '../persistence/*', '../graphql/*', '../messaging/*', '../jobs/*', '../http/*', '../wecom/*', '@daikaifa/!(kernel|rules)'],
    'domain imports only itself, kernel and rules.',
  ),
  layer(
    ['apps/*/src/application/**/*.ts'],
    ['../persistence/*', '../graphql/*', '../messaging/*', '../jobs/*', '../http/*', '../wecom/*', 'mongoose', 'fastify', 'undici'],
    'application imports domain, its ports and kernel.',
  ),
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', WAITING],
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['**/*.d.ts'], rules: { 'no-restricted-exports': 'off' } },
  {
    // Read by graphql-codegen from the root: a default export, and the shared settings of tools/codegen.
    files: ['**/codegen.ts'],
    rules: { 'no-restricted-exports': 'off', '@nx/enforce-module-boundaries': 'off' },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
];
