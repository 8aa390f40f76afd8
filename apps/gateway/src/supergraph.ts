import { Kind, parse } from 'graphql';

/** Names of the subgraphs that a composed supergraph was made of. */
export const subgraphNames = (supergraphSdl: string): readonly string[] =>
  parse(supergraphSdl).definitions.flatMap((definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph'
      ? (definition.values ?? []).flatMap((value) =>
          (value.directives ?? [])
            .filter((directive) => directive.name.value === 'join__graph')
            .flatMap((directive) => directive.arguments ?? [])
            .flatMap(({ name, value: given }) =>
              name.value === 'name' && given.kind === Kind.STRING ? [given.value] : [],
            ),
        )
      : [],
  );
