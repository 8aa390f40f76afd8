import type { LocalizedText } from '@daikaifa/kernel';

/** A person's word that a step outside of the platform is done. */
export interface ChecklistMark<Step extends string = string> {
  readonly step: Step;
  /** Steps that are done anew for each revision name theirs. */
  readonly revisionId: string | null;
  readonly markedBy: string;
  readonly markedAt: Date;
}

/** Who or what vouches for a step. SIGNAL: a machine saw it. PERSON: somebody said so. */
export interface Confirmation {
  readonly confirmedBy: 'SIGNAL' | 'PERSON';
  readonly confirmedAt: Date | null;
  readonly person?: string;
}

interface Described<Step extends string> {
  readonly step: Step;
  readonly title: LocalizedText;
  readonly instruction: LocalizedText;
}

/** One step of a checklist, and how one finds out whether it is done: from a subject and what else is known of it. */
export interface StepDefinition<Step extends string, Subject, Signals> extends Described<Step> {
  readonly confirmation: (subject: Subject, signals: Signals) => Confirmation | null;
}

export interface ChecklistStep<Step extends string> extends Described<Step> {
  readonly done: boolean;
  /** Null while not done. */
  readonly confirmedBy: Confirmation['confirmedBy'] | null;
  readonly confirmedAt: Date | null;
  /** Subject of the person, where known. */
  readonly person: string | null;
}

export const bySignal = (holds: boolean, confirmedAt: Date | null): Confirmation | null =>
  holds ? { confirmedBy: 'SIGNAL', confirmedAt } : null;

const isThis =
  (step: string, revisionId: string | null) =>
  (mark: ChecklistMark): boolean =>
    mark.step === step && mark.revisionId === revisionId;

/** @param revisionId that of the current revision where the step is done anew for each, else null */
export const byPerson = (marks: readonly ChecklistMark[], step: string, revisionId: string | null): Confirmation | null => {
  const mark = marks.find(isThis(step, revisionId));
  return mark === undefined ? null : { confirmedBy: 'PERSON', confirmedAt: mark.markedAt, person: mark.markedBy };
};

/** A step marked or unmarked. The same marks when it is so already: marking twice keeps the first mark. */
export const markStep = <Step extends string>(
  marks: readonly ChecklistMark<Step>[],
  mark: ChecklistMark<Step>,
  done: boolean,
): readonly ChecklistMark<Step>[] => {
  if (marks.some(isThis(mark.step, mark.revisionId)) === done) {
    return marks;
  }
  // One mark per step: that of an earlier revision is of no use any more.
  const others = marks.filter(({ step }) => step !== mark.step);
  return done ? [...others, mark] : others;
};

/** What a person has to do outside of the platform, in order, and what of it is seen or said to be done. */
export const readChecklist = <Subject, Signals, Definition extends StepDefinition<string, Subject, Signals>>(
  definitions: readonly Definition[],
  subject: Subject,
  signals: Signals,
): readonly (Omit<Definition, 'confirmation'> & ChecklistStep<Definition['step']>)[] =>
  definitions.map(({ confirmation, ...step }) => {
    const found = confirmation(subject, signals);
    return {
      ...step,
      done: found !== null,
      confirmedBy: found?.confirmedBy ?? null,
      confirmedAt: found?.confirmedAt ?? null,
      person: found?.person ?? null,
    };
  });
