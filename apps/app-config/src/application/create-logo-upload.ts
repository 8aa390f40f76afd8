import { authorizeTenant, type Viewer } from '@daikaifa/kernel';
import { EDITORS } from './change-corp-app';
import type { Dependencies, ImageUpload } from './ports';

/** A short-lived signed address; what is sent to it can then be named as the logo of an app. */
export const createLogoUpload =
  ({ images }: Pick<Dependencies, 'images'>) =>
  async (viewer: Viewer, input: { readonly publisherId: string }): Promise<ImageUpload> => {
    authorizeTenant(viewer, EDITORS, input.publisherId);
    return images.createUpload(input.publisherId);
  };
