import { appIn, content, endpoint, later, now, observedOf, type StateName } from '../../test/apps';
import { checklistOf, PERSON_STEPS, type PersonStep } from './checklist';
import type { CorpApp } from './corp-app';
import type { EndpointSignal } from './sources';

const done = (app: CorpApp, signal: EndpointSignal | null = null) =>
  checklistOf(app, signal)
    .filter((step) => step.done)
    .map(({ step, confirmedBy }) => `${step} ${confirmedBy}`);
const marked = (state: StateName, step: PersonStep, revisionId: string | null = null) =>
  appIn(state, { marks: [{ step, revisionId, markedBy: 'p', markedAt: now }] });

describe('the checklist of an app', () => {
  it('leads from start through launch to the wider range', () => {
    expect(checklistOf(appIn('TO_DEVELOP'), null).map(({ step, phase }) => [phase, step])).toEqual([
      ['CONFIGURE', 'START_IN_CONSOLE'],
      ['CONFIGURE', 'FILL_IN_CONSOLE'],
      ['CONFIGURE', 'ENTER_CALLBACK'],
      ['CONFIGURE', 'PROVE_DOMAIN'],
      ['LAUNCH', 'SET_PRICING'],
      ['LAUNCH', 'SUBMIT_IN_CONSOLE'],
      ['LAUNCH', 'LAUNCH_IN_CONSOLE'],
      ['AFTER_LAUNCH', 'COMPLETION_MESSAGE'],
      ['AFTER_LAUNCH', 'SMALL_RANGE'],
      ['AFTER_LAUNCH', 'TRY_OUT'],
      ['AFTER_LAUNCH', 'WIDEN_RANGE'],
    ]);
    expect(done(appIn('TO_DEVELOP'))).toEqual([]);
  });

  it('is ticked by what a machine sees', () => {
    const value = { name: content.name ?? '', homeUrl: content.homePageUrl ?? '', redirectDomain: content.trustedDomain ?? '' };
    const range = { users: 1, parties: 0, tags: 0, hash: 'h' };
    const app = appIn('ONLINE', {
      observed: observedOf({ publishStatus: { readAt: now, value: 2 }, agent: { readAt: now, value } }),
      domainProof: { domain: 'crm.example.com', result: 'PROVED', reason: null, checkedAt: now },
      rangeSteps: { first: { readAt: now, value: range }, widerAt: later },
    });
    expect(done(app, endpoint)).toEqual([
      'START_IN_CONSOLE SIGNAL',
      'FILL_IN_CONSOLE SIGNAL',
      'ENTER_CALLBACK SIGNAL',
      'PROVE_DOMAIN SIGNAL',
      'LAUNCH_IN_CONSOLE SIGNAL',
      'COMPLETION_MESSAGE SIGNAL',
      'SMALL_RANGE SIGNAL',
      'WIDEN_RANGE SIGNAL',
    ]);
  });

  it.each(PERSON_STEPS)('is ticked by a person’s word: %s', (step) => {
    const revisionId = step === 'FILL_IN_CONSOLE' || step === 'SUBMIT_IN_CONSOLE' ? 'r2' : null;
    expect(done(marked('DRAFT', step, revisionId))).toEqual([`${step} PERSON`]);
  });

  it('opens what is done for each revision again', () => {
    expect(done(marked('DRAFT', 'SUBMIT_IN_CONSOLE', 'r1'))).toEqual([]);
  });

  it('opens the launch again for a newer revision, while the corp was told already', () => {
    expect(done(appIn('ONLINE+APPROVED'))).toEqual(['COMPLETION_MESSAGE SIGNAL']);
  });

  it('takes a launch in the console itself for one', () => {
    const app = appIn('TO_DEVELOP', { observed: observedOf({ publishStatus: { readAt: now, value: 2 } }) });
    expect(done(app)).toEqual(['START_IN_CONSOLE SIGNAL', 'LAUNCH_IN_CONSOLE SIGNAL', 'COMPLETION_MESSAGE SIGNAL']);
  });
});
