import type { CodegenConfig } from '@graphql-codegen/cli';

export interface SubgraphCodegenOptions {
  /** Folder of the project from the repository's root, where the command runs: `apps/template`. */
  readonly projectRoot: string;
  /** GraphQL type → `<module>#<type>` of what its resolvers get; modules are relative to `src/graphql/`. */
  readonly mappers: Readonly<Record<string, string>>;
  /** `<module>#<type>` of the per-request context, relative to `src/graphql/`. */
  readonly contextType: string;
  /** Scalars of this subgraph besides DateTime. */
  readonly scalars?: Readonly<Record<string, { readonly input: string; readonly output: string }>>;
}

/**
 * Types of a subgraph's SDL and of its resolvers, written to `<projectRoot>/src/graphql/schema.generated.ts`.
 *
 * Nullable values accept undefined as well as null: the code is compiled with exactOptionalPropertyTypes, and domain
 * objects leave out what they do not have.
 */
export const subgraphCodegen = (options: SubgraphCodegenOptions): CodegenConfig => ({
  schema: `${options.projectRoot}/src/graphql/schema.graphql`,
  generates: {
    [`${options.projectRoot}/src/graphql/schema.generated.ts`]: {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        immutableTypes: true,
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        maybeValue: 'T | null | undefined',
        inputMaybeValue: 'T | null | undefined',
        scalars: {
          DateTime: { input: 'Date', output: 'Date | string' },
          // Argument of @key, which the federation support of the plugin adds to the schema.
          _FieldSet: { input: 'string', output: 'string' },
          ...options.scalars,
        },
        mappers: { ...options.mappers },
        contextType: options.contextType,
        // A mapper of a type that was renamed in the SDL would otherwise stay behind unnoticed.
        showUnusedMappers: true,
      },
    },
  },
});
