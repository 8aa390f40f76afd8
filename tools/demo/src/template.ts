import { randomUUID } from 'node:crypto';
import { operations } from '@daikaifa/client';
import { found } from './doors';
import { drawLogo } from './logo';
import type { Doors } from './provider';
import type { Timeline } from './timeline';

const SUBMIT_FAULTS = 5;

/** Sends a picture to a signed address. @returns its content address */
export const uploadPicture = async (url: string): Promise<{ sha256: string; sizeBytes: number }> => {
  const bytes = await drawLogo();
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': 'image/png' }, body: new Uint8Array(bytes) });
  const stored = (await answer.json()) as { sha256?: string };
  if (!answer.ok || stored.sha256 === undefined) {
    throw new Error(`upload refused: ${answer.status} ${JSON.stringify(stored)}`);
  }
  return { sha256: stored.sha256, sizeBytes: bytes.length };
};

export const writeTemplate = async (doors: Doors, timeline: Timeline): Promise<{ id: string }> => {
  const { developer, publisherId } = doors;
  const logoSha256 = await timeline.step('HTTP', '上传 750×750 logo · upload the logo to a signed address', async () => {
    const { createLogoUpload } = await developer.ask(operations.CreateLogoUploadDocument, { input: { publisherId } });
    const { sha256, sizeBytes } = await uploadPicture(createLogoUpload.url);
    return { observed: `sha256 ${sha256.slice(0, 12)}… ${sizeBytes} bytes`, value: sha256 };
  });
  const template = await timeline.step('GraphQL', '创建模版草稿 · create the template as a draft', async () => {
    const input = { idempotencyKey: randomUUID(), publisherId, content: { logoSha256 } };
    const { template: made } = (await developer.ask(operations.CreateTemplateDocument, { input })).createDelegatedTemplate;
    return { observed: `template ${made.id} ${made.status}`, value: made };
  });
  await timeline.step('GraphQL', '提交不完整的模版 · submit it with five faults', async () => {
    const errors = await developer.refusal(operations.SubmitTemplateDocument, {
      input: { templateId: template.id, expectedVersion: template.version },
    });
    const violations = errors.flatMap((error) => error.extensions?.violations ?? []);
    if (violations.length !== SUBMIT_FAULTS) {
      throw new Error(`expected ${SUBMIT_FAULTS} violations, got ${violations.length}: ${JSON.stringify(errors)}`);
    }
    violations.forEach(({ field, text }) => timeline.note(`  ✗ ${field}: ${text.zh} · ${text.en}`));
    return { observed: `refused, ${violations.length} violations at once`, value: violations };
  });
  return template;
};

/** The template as its developer sees it. */
export const lookAtTemplate = async ({ developer }: Doors, id: string) =>
  found((await developer.ask(operations.TemplateVersionDocument, { id })).delegatedTemplate, 'the template');
