import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of every operation, and the manifest of persisted documents that the gateway knows them by. */
const config: CodegenConfig = {
  schema: 'libs/client/schema.graphql',
  documents: 'libs/client/src/operations/*.graphql',
  generates: {
    'libs/client/src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        strictScalars: true,
        scalars: { DateTime: { input: 'string', output: 'string' }, ID: { input: 'string', output: 'string' } },
      },
    },
  },
};

export default config;
