import { err, inputRejection, ok, text, type Rejection, type Result } from '@daikaifa/kernel';
import { currentRevisionOf, type CorpApp } from './corp-app';
import { changed, refuseStage, unchanged, type Decided } from './decision';
import { checkOwnershipFile, proofOf, type FetchedFile, type OwnershipFile } from './trusted-domain';

/** What WeCom's console handed out for the trusted domain; recorded so that its place can be tried before WeCom does. */
export const recordOwnershipFile = (
  app: CorpApp,
  command: { readonly fileName: string; readonly content: string; readonly recordedBy: string },
  now: Date,
): Decided => {
  const refused = refuseStage(app, 'annotate');
  if (refused !== null) {
    return err(refused);
  }
  const file = { fileName: command.fileName.trim(), content: command.content.trim() };
  const violations = checkOwnershipFile(file);
  if (violations.length > 0) {
    return err(inputRejection(violations));
  }
  const { ownershipFile } = app;
  if (ownershipFile?.fileName === file.fileName && ownershipFile.content === file.content) {
    return ok(unchanged(app));
  }
  // What was proved with another file is not proved with this one.
  const recorded = { ...file, recordedBy: command.recordedBy, recordedAt: now };
  return ok(changed(app, { ownershipFile: recorded, domainProof: null }, now));
};

export interface ProofRequest {
  readonly domain: string;
  readonly file: OwnershipFile;
}

/** What has to be fetched, and from where. */
export const proofRequestOf = (app: CorpApp): Result<ProofRequest, Rejection> => {
  const refused = refuseStage(app, 'annotate');
  if (refused !== null) {
    return err(refused);
  }
  const domain = currentRevisionOf(app)?.content.trustedDomain ?? null;
  if (domain === null || app.ownershipFile === null) {
    return err({
      code: 'INVALID_STATE',
      text: text(
        '请先填写可信域名并登记验证文件',
        'Enter the trusted domain and record its ownership file first',
      ),
      details: { trustedDomain: domain, ownershipFile: app.ownershipFile?.fileName ?? null },
    });
  }
  return ok({ domain, file: app.ownershipFile });
};

export const recordProof = (app: CorpApp, { domain, file }: ProofRequest, fetched: FetchedFile, now: Date): Decided =>
  ok(changed(app, { domainProof: proofOf(fetched, { domain, file, now }) }, now));
