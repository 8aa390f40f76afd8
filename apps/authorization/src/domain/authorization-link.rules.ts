import { text, type Violation } from '@daikaifa/kernel';
import type { LinkKind } from './authorization-link';
import type { KnownTemplate } from './known';

/** WeCom takes nine templates in one link (doc 98744); a batch of one is no batch (doc 97201). */
export const MOST_TEMPLATES = 9;
const FEWEST_TEMPLATES: Readonly<Record<LinkKind, number>> = { TEMPLATE_QR: 1, PARAMETRISED: 1, BATCH_QR: 2 };

/** doc 98744 */
const STATE = /^[a-zA-Z0-9]{1,32}$/;

export interface LinkInput {
  readonly kind: LinkKind;
  readonly publisherId: string;
  readonly templateIds: readonly string[];
  /** Null: one is made. */
  readonly state: string | null;
}

const countViolations = ({ kind, templateIds }: LinkInput): readonly Violation[] => {
  const fewest = FEWEST_TEMPLATES[kind];
  const count = templateIds.length;
  return count >= fewest && count <= MOST_TEMPLATES
    ? []
    : [
        {
          field: 'templateIds',
          code: 'TEMPLATE_COUNT',
          severity: 'ERROR',
          text: text(`须选择 ${fewest}–${MOST_TEMPLATES} 个模版`, `must be ${fewest} to ${MOST_TEMPLATES} templates`),
          limit: `${fewest}..${MOST_TEMPLATES}`,
          given: String(count),
        },
      ];
};

/** Another tenant's template is as unknown as one that does not exist. */
const templateViolation = (
  { publisherId, templateIds }: LinkInput,
  index: number,
  known: ReadonlyMap<string, KnownTemplate>,
): Violation | null => {
  const id = templateIds[index] ?? '';
  const broken = { field: `templateIds[${index}]`, severity: 'ERROR' as const, given: id.slice(0, 80) };
  if (templateIds.indexOf(id) !== index) {
    return { ...broken, code: 'TEMPLATE_DUPLICATE', text: text('模版重复', 'is in the list twice') };
  }
  const template = known.get(id);
  if (template === undefined || template.publisherId !== publisherId || template.availability === 'DELETED') {
    return { ...broken, code: 'TEMPLATE_UNKNOWN', text: text('模版不存在', 'is no template of this publisher') };
  }
  return template.availability === 'ONLINE'
    ? null
    : { ...broken, code: 'TEMPLATE_NOT_ONLINE', text: text('模版未上线', 'is not online') };
};

const stateViolations = ({ state }: LinkInput): readonly Violation[] =>
  state === null || STATE.test(state)
    ? []
    : [
        {
          field: 'state',
          code: 'STATE_FORMAT',
          severity: 'ERROR',
          text: text('须为 1–32 位字母或数字', 'must be 1 to 32 letters and digits'),
          limit: '1..32',
          given: state.slice(0, 80),
        },
      ];

/** Everything that is wrong at once. @param known of the first nine templates; more are a violation by their number */
export const linkViolations = (input: LinkInput, known: ReadonlyMap<string, KnownTemplate>): readonly Violation[] => [
  ...countViolations(input),
  ...input.templateIds
    .slice(0, MOST_TEMPLATES)
    .map((_id, index) => templateViolation(input, index, known))
    .filter((violation) => violation !== null),
  ...stateViolations(input),
];
