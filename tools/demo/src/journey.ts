import type { Stack } from '@daikaifa/stack';
import { connectCallback, type EndpointKeys } from './callback';
import { registerProvider, type Doors } from './provider';
import { reviewAndLaunch } from './review';
import { writeTemplate } from './template';
import type { Timeline } from './timeline';

export interface OnlineTemplate {
  readonly doors: Doors;
  readonly templateId: string;
  readonly suiteId: string;
  readonly endpoint: { readonly id: string; readonly url: string };
  /** As typed into WeCom's console. */
  readonly keys: EndpointKeys;
}

/** A provider with a template that went through review and is online at both sides. */
export const bringTemplateOnline = async (stack: Stack, timeline: Timeline): Promise<OnlineTemplate> => {
  const doors = await registerProvider(stack, timeline);
  const { id: templateId } = await writeTemplate(doors, timeline);
  const { suite, endpoint, keys } = await connectCallback(doors, templateId, timeline);
  await reviewAndLaunch(doors, templateId, suite.suiteId, timeline);
  return { doors, templateId, suiteId: suite.suiteId, endpoint, keys };
};
