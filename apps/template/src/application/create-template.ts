import { acceptedOrThrow, authorizeTenant, notFound, text, type Viewer } from '@daikaifa/kernel';
import type { DelegatedTemplate } from '../domain/delegated-template';
import { createTemplate as decide } from '../domain/delegated-template.decide';
import { EDITORS } from './change-template';
import type { Dependencies } from './ports';
import { toContent, type TemplateInput } from './template-content';

export interface CreateTemplate {
  readonly publisherId: string;
  readonly idempotencyKey: string;
  readonly content: TemplateInput;
}

/** Saves a draft; nothing is submitted. */
export const createTemplate =
  (deps: Pick<Dependencies, 'templates' | 'publishers' | 'images' | 'rules' | 'clock' | 'newId' | 'fingerprint'>) =>
  async (viewer: Viewer, input: CreateTemplate): Promise<DelegatedTemplate> => {
    const { publisherId, idempotencyKey } = input;
    const scope = authorizeTenant(viewer, EDITORS, publisherId);
    if ((await deps.publishers.byId(scope, publisherId)) === null) {
      throw notFound(text('主体', 'The publisher'), publisherId);
    }
    const content = await toContent(deps, publisherId, input.content);
    const command = { id: deps.newId(), publisherId, revisionId: deps.newId(), content };
    const { next, facts } = acceptedOrThrow(decide(command, deps.rules, deps.clock.now()));
    return deps.templates.create(next, facts, { key: idempotencyKey, fingerprint: deps.fingerprint(input) });
  };
