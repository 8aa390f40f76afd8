import { loadConfig } from '@daikaifa/config';
import { must, ownEnvironment, startService, type Graphql } from '@daikaifa/harness';
import type { Viewer } from '@daikaifa/kernel';
import type { App, Overrides } from '@daikaifa/service';
import { eventually, uniqueName, viewerOf } from '@daikaifa/testing';
import sharp from 'sharp';
import { createApp } from '../src/app';
import { templateSettings, type TemplateConfig } from '../src/config';

export const ownConfig = (changes: Readonly<Record<string, string>> = {}): TemplateConfig =>
  loadConfig(templateSettings, { ...ownEnvironment('template'), ...changes });

export const startApp = (config: TemplateConfig, overrides: Overrides = {}): Promise<App> =>
  startService(createApp, config, overrides);

export const operator = viewerOf(['OPERATOR']);

export const createPng = (widthPx: number, heightPx: number): Promise<Buffer> =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#2b7de9' } })
    .png()
    .toBuffer();

export const REGISTER = `mutation ($input: RegisterServiceProviderInput!) {
  registerServiceProvider(input: $input) { publisher { id version name } warnings { code } }
}`;
export const CREATE = `mutation ($input: CreateDelegatedTemplateInput!) {
  createDelegatedTemplate(input: $input) { template { id version status workingRevision { id } } }
}`;
export const EDIT = `mutation ($input: EditDelegatedTemplateInput!) {
  editDelegatedTemplate(input: $input) {
    template { id version status workingRevision { id status content { name logo { sha256 } } } }
  }
}`;
export const UPLOAD = `mutation ($input: CreateLogoUploadInput!) {
  createLogoUpload(input: $input) { url maxBytes contentTypes }
}`;
export const TEMPLATE = `query ($id: ID!) {
  delegatedTemplate(id: $id) {
    id version status
    onlineRevision { id number status launchConfirmedBy content { name } }
    workingRevision {
      id number status content { name } submission { id submittedBy callbackUrl }
      failure { stage reasons { field code text { zh en } } }
    }
    revisions { id number status }
    checklist { step done confirmedBy person }
  }
}`;

/** `submit`, `withdraw`, `retire`, `delete`: the mutations that name nothing but the template and its version. */
export const change = (action: 'submit' | 'withdraw' | 'retire' | 'delete'): string =>
  `mutation ($input: DelegatedTemplateChangeInput!) {
    change: ${action}DelegatedTemplate(input: $input) {
      template { id version status workingRevision { id status submission { id } } }
    }
  }`;

export interface TemplateView {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly onlineRevision: { readonly id: string; readonly launchConfirmedBy: string } | null;
  readonly workingRevision: {
    readonly id: string;
    readonly status: string;
    readonly submission: { readonly id: string } | null;
    readonly failure: { readonly stage: string; readonly reasons: readonly object[] } | null;
  } | null;
  readonly revisions: ReadonlyArray<{ readonly id: string; readonly number: number; readonly status: string }>;
  readonly checklist: ReadonlyArray<{ readonly step: string; readonly done: boolean; readonly confirmedBy: string }>;
}

export const content = {
  name: '云帆客户',
  introduction: '客户跟进管理',
  category: 'CUSTOMER_MANAGEMENT',
  targetIndustry: 'ANY',
};

/** Common steps of the specs, through the public doors only. */
export const createSteps = (graphql: Graphql) => {
  const registerProvider = async (): Promise<{ id: string; admin: Viewer; developer: Viewer }> => {
    const input = { idempotencyKey: uniqueName('key'), corpId: uniqueName('ww').replaceAll('-', ''), name: '云帆科技' };
    const data = await must(graphql<{ registerServiceProvider: { publisher: { id: string } } }>(operator, REGISTER, { input }));
    const { id } = data.registerServiceProvider.publisher;
    return { id, admin: viewerOf(['PUBLISHER_ADMIN'], [id]), developer: viewerOf(['PUBLISHER_DEVELOPER'], [id]) };
  };

  const uploadLogo = async (viewer: Viewer, publisherId: string, bytes?: Buffer): Promise<Response> => {
    const { createLogoUpload } = await must(
      graphql<{ createLogoUpload: { url: string } }>(viewer, UPLOAD, { input: { publisherId } }),
    );
    return fetch(createLogoUpload.url, { method: 'PUT', body: new Uint8Array(bytes ?? (await createPng(750, 750))) });
  };

  const createDraft = async (viewer: Viewer, publisherId: string, more: object = {}): Promise<TemplateView> => {
    const input = { publisherId, idempotencyKey: uniqueName('key'), content: { ...content, ...more } };
    return (await must(graphql<{ createDelegatedTemplate: { template: TemplateView } }>(viewer, CREATE, { input })))
      .createDelegatedTemplate.template;
  };

  /** With a logo, ready to be submitted but for its callback. */
  const createComplete = async (viewer: Viewer, publisherId: string): Promise<TemplateView> => {
    const { sha256 } = (await (await uploadLogo(viewer, publisherId)).json()) as { sha256: string };
    return createDraft(viewer, publisherId, { logoSha256: sha256 });
  };

  const find = async (viewer: Viewer, id: string): Promise<TemplateView> =>
    (await must(graphql<{ delegatedTemplate: TemplateView }>(viewer, TEMPLATE, { id }))).delegatedTemplate;

  /** Waits until the template is as wanted: consumers work in the background. */
  const findWhen = (viewer: Viewer, id: string, holds: (view: TemplateView) => boolean): Promise<TemplateView> =>
    eventually(async () => {
      const view = await find(viewer, id);
      return holds(view) ? view : null;
    });

  const hasStep = (step: string) => (view: TemplateView) => view.checklist.some((one) => one.step === step && one.done);

  const changeNow = async (
    viewer: Viewer,
    action: 'submit' | 'withdraw' | 'retire' | 'delete',
    view: { readonly id: string; readonly version: number },
  ): Promise<TemplateView> => {
    const input = { templateId: view.id, expectedVersion: view.version };
    return (await must(graphql<{ change: { template: TemplateView } }>(viewer, change(action), { input }))).change.template;
  };

  return { registerProvider, uploadLogo, createDraft, createComplete, find, findWhen, hasStep, changeNow };
};

export const endpointState = (templateId: string, publisherId: string) => ({
  id: `endpoint-${templateId}`,
  publisherId,
  kind: 'SUITE' as const,
  subject: { kind: 'DELEGATED_TEMPLATE' as const, id: templateId },
  url: 'https://callback.example.com/callback/suite/1',
  keysIssued: true,
  verifiedAt: '2026-03-02T09:00:00.000Z' as string | null,
  health: { status: 'HEALTHY' as const, reason: null, checkedAt: '2026-03-02T09:00:00.000Z' },
  closed: false,
});
