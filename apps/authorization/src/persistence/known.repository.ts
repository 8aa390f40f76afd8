import type { ProjectionStore } from '@daikaifa/messaging';
import type { KnownCorpApps, KnownPublishers, KnownTemplates } from '../application/ports';
import {
  KNOWN_CORP_APPS,
  KNOWN_PUBLISHERS,
  KNOWN_TEMPLATES,
  type KnownCorpApp,
  type KnownPublisher,
  type KnownTemplate,
} from '../domain/known';

export const createKnownPublishers = (projections: ProjectionStore): KnownPublishers => ({
  find: async (publisherId) => (await projections.load<KnownPublisher>(KNOWN_PUBLISHERS, publisherId))?.value ?? null,
});

export const createKnownTemplates = (projections: ProjectionStore): KnownTemplates => ({
  find: async (templateId) => (await projections.load<KnownTemplate>(KNOWN_TEMPLATES, templateId))?.value ?? null,
});

export const createKnownCorpApps = (projections: ProjectionStore): KnownCorpApps => ({
  find: async (corpAppId) => (await projections.load<KnownCorpApp>(KNOWN_CORP_APPS, corpAppId))?.value ?? null,
});
