// The schema as people read it: operations first, then what they give and take, alphabetical.
import {
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';

const cell = (text) => (text ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
const code = (text) => `\`${String(text).replaceAll('|', '\\|')}\``;
const table = (head, rows) =>
  rows.length === 0 ? [] : [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows.map((row) => `| ${row.join(' | ')} |`), ''];

const argumentsOf = (field) =>
  field.args.length === 0 ? '' : `(${field.args.map(({ name, type }) => `${name}: ${type}`).join(', ')})`;

const fieldRows = (fields) =>
  fields.map((field) => [code(`${field.name}${argumentsOf(field)}`), code(field.type), cell(field.description)]);

const section = (title, types, body) =>
  types.length === 0 ? [] : [`## ${title}`, '', ...types.flatMap((type) => [`### ${type.name}`, '', ...(type.description ? [cell(type.description), ''] : []), ...body(type)])];

const operations = (title, type) =>
  type === null || type === undefined
    ? []
    : [`## ${title}`, '', ...table(['operation', 'answers', 'meaning'], fieldRows(Object.values(type.getFields())))];

/** Markdown of a client-facing schema. */
export const describeSchema = (schema) => {
  const roots = new Set([schema.getQueryType(), schema.getMutationType()]);
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !roots.has(type))
    .sort((one, other) => one.name.localeCompare(other.name, 'en'));
  const fieldsOf = (type) => table(['field', 'type', 'meaning'], fieldRows(Object.values(type.getFields())));
  const inputsOf = (type) =>
    table(['field', 'type', 'meaning'], Object.values(type.getFields()).map(({ name, type: of, description }) => [code(name), code(of), cell(description)]));
  const valuesOf = (type) =>
    table(['value', 'meaning'], type.getValues().map(({ name, description }) => [code(name), cell(description)]));
  return [
    '# GraphQL schema · GraphQL 接口',
    '',
    'Written by `npm run compose:supergraph` from the SDL of the services; do not edit. How errors, limits and persisted',
    'operations work stands in the README of the gateway.',
    '',
    ...operations('Queries · 查询', schema.getQueryType()),
    ...operations('Mutations · 变更', schema.getMutationType()),
    ...section('Types · 类型', types.filter(isObjectType), fieldsOf),
    ...section('Inputs · 输入', types.filter(isInputObjectType), inputsOf),
    ...section('Enums · 枚举', types.filter(isEnumType), valuesOf),
    ...section('Scalars · 标量', types.filter(isScalarType), () => []),
  ].join('\n').trimEnd() + '\n';
};
