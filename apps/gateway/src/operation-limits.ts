import type { ApolloServerPlugin } from '@apollo/server';
import { badUserInput, text, type Violation } from '@daikaifa/kernel';
import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export interface OperationLimits {
  readonly depth: number;
  readonly cost: number;
  readonly aliases: number;
}

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface OperationMeasure {
  /** Levels of fields. */
  readonly depth: number;
  /** Objects that the answer may hold: each list counts as long as it is asked for. */
  readonly cost: number;
  readonly aliases: number;
}

/** Size of a page when `first` is absent; the services' own default. */
const DEFAULT_PAGE_SIZE = 20;
/** Assumed length of a list without pages, such as the violations of a submission. */
const PLAIN_LIST_SIZE = 5;
/** A mutation writes: it weighs more than an object that is read. */
const MUTATION_COST = 10;

interface Weight {
  readonly depth: number;
  readonly cost: number;
}

const NOTHING: Weight = { depth: 0, cost: 0 };

const pageSize = (field: FieldNode, operation: Operation): number => {
  const value = field.arguments?.find((argument) => argument.name.value === 'first')?.value;
  if (value?.kind === Kind.INT) {
    return Number(value.value);
  }
  if (value?.kind !== Kind.VARIABLE) {
    return DEFAULT_PAGE_SIZE;
  }
  const name = value.name.value;
  const given = operation.variables[name];
  if (typeof given === 'number') {
    return given;
  }
  const definitions = operation.operation.variableDefinitions ?? [];
  const fallback = definitions.find((one) => one.variable.name.value === name)?.defaultValue;
  return fallback?.kind === Kind.INT ? Number(fallback.value) : DEFAULT_PAGE_SIZE;
};

const sizeOf = (
  field: FieldNode,
  definition: GraphQLField<unknown, unknown>,
  parent: GraphQLCompositeType,
  operation: Operation,
): number => {
  if (definition.args.some((argument) => argument.name === 'first')) {
    return Math.max(1, pageSize(field, operation));
  }
  // The lists inside a connection are as long as its page, which was counted one level up.
  const isPlainList = isListType(getNullableType(definition.type)) && !parent.name.endsWith('Connection');
  return isPlainList ? PLAIN_LIST_SIZE : 1;
};

const createMeter = (operation: Operation) => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of operation.document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  // Each fragment is weighed once, however often it is spread: the time stays linear in the size of the document.
  const weighed = new Map<string, Weight>();

  const weighField = (field: FieldNode, parent: GraphQLCompositeType): Weight => {
    const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : {};
    const definition = Object.hasOwn(fields, field.name.value) ? fields[field.name.value] : undefined;
    if (definition === undefined) {
      return NOTHING; // __typename, __schema, __type: answered here, without a subgraph
    }
    const type = getNamedType(definition.type);
    const base = parent === operation.schema.getMutationType() ? MUTATION_COST : 0;
    if (!isCompositeType(type) || field.selectionSet === undefined) {
      return { depth: 1, cost: base };
    }
    const inner = weigh(field.selectionSet, type);
    return { depth: inner.depth + 1, cost: base + sizeOf(field, definition, parent, operation) * (1 + inner.cost) };
  };

  const weighFragment = (name: string, parent: GraphQLCompositeType): Weight => {
    const known = weighed.get(name);
    if (known !== undefined) {
      return known;
    }
    const fragment = fragments.get(name);
    const weight = fragment === undefined ? NOTHING : weighNarrowed(fragment, parent);
    weighed.set(name, weight);
    return weight;
  };

  const weighNarrowed = (
    node: FragmentDefinitionNode | InlineFragmentNode,
    parent: GraphQLCompositeType,
  ): Weight => {
    const type = node.typeCondition === undefined ? parent : operation.schema.getType(node.typeCondition.name.value);
    return isCompositeType(type) ? weigh(node.selectionSet, type) : NOTHING;
  };

  const weigh = (selectionSet: SelectionSetNode, parent: GraphQLCompositeType): Weight => {
    let depth = 0;
    let cost = 0;
    for (const selection of selectionSet.selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? weighField(selection, parent)
          : selection.kind === Kind.FRAGMENT_SPREAD
            ? weighFragment(selection.name.value, parent)
            : weighNarrowed(selection, parent);
      depth = Math.max(depth, weight.depth);
      cost += weight.cost;
    }
    return { depth, cost };
  };

  return weigh;
};

const countAliases = (document: DocumentNode): number => {
  let count = 0;
  visit(document, {
    Field: (field) => {
      count += field.alias === undefined ? 0 : 1;
    },
  });
  return count;
};

/** How much a validated operation asks for. `@skip` and `@include` are not believed: everything counts. */
export const measureOperation = (operation: Operation): OperationMeasure => {
  const root = operation.schema.getRootType(operation.operation.operation);
  const weight =
    root === null || root === undefined ? NOTHING : createMeter(operation)(operation.operation.selectionSet, root);
  return { ...weight, aliases: countAliases(operation.document) };
};

const WORDS = {
  depth: { code: 'DEPTH_LIMIT', zh: '操作的嵌套层数', en: 'The nesting of the operation' },
  cost: { code: 'COST_LIMIT', zh: '操作的开销', en: 'The cost of the operation' },
  aliases: { code: 'ALIAS_LIMIT', zh: '操作的别名数', en: 'The number of aliases' },
} as const;

const violationOf = (kind: keyof OperationLimits, given: number, limit: number): Violation => ({
  field: 'query',
  code: WORDS[kind].code,
  severity: 'ERROR',
  text: text(`${WORDS[kind].zh}为 ${given}，超过上限 ${limit}`, `${WORDS[kind].en} is ${given}, above the limit of ${limit}`),
  limit: String(limit),
  given: String(given),
});

/** Every limit that the operation is above. */
export const checkOperation = (operation: Operation, limits: OperationLimits): readonly Violation[] => {
  const measure = measureOperation(operation);
  return (['depth', 'cost', 'aliases'] as const)
    .filter((kind) => measure[kind] > limits[kind])
    .map((kind) => violationOf(kind, measure[kind], limits[kind]));
};

/** Refuses an operation above its limits before it is planned, with BAD_USER_INPUT and status 400. */
export const operationLimits = (limits: OperationLimits): ApolloServerPlugin => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, document, operation, request }) => {
      if (operation === undefined) {
        return; // no such operation in the document: refused by the execution
      }
      const violations = checkOperation({ schema, document, operation, variables: request.variables ?? {} }, limits);
      if (violations.length > 0) {
        const refusal = badUserInput(violations);
        throw new GraphQLError(refusal.message, { originalError: refusal, extensions: { http: { status: 400 } } });
      }
    },
  }),
});
