import type { Aggregate } from '@daikaifa/kernel';

/** One answer of the token door: who asked for the token of which app, and what became of it. Never the token. */
export interface TokenDoorEntry extends Aggregate {
  readonly authorizationId: string;
  readonly epoch: number;
  /** `sub` of the caller's JWT. */
  readonly subject: string;
  /** GIVEN, or the code of the refusal. */
  readonly outcome: string;
  /** The database forgets it then. */
  readonly forgetAt: Date;
}
