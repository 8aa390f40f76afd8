/** What every stored aggregate has. `version` rises by one with each save (optimistic concurrency). */
export interface Aggregate {
  readonly id: string;
  /** The tenant. */
  readonly publisherId: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Something that happened to an aggregate; becomes the `type` of its event: `template.submitted`. */
export interface Fact {
  readonly type: string;
}

/** What a decision yields: the next state and the facts to announce. */
export interface Decision<A> {
  readonly next: A;
  readonly facts: readonly Fact[];
}

/** One page of a list, in both directions of no surprise: newest first unless the query says otherwise. */
export interface Page<T> {
  readonly items: ReadonlyArray<{ readonly node: T; readonly cursor: string }>;
  readonly hasNextPage: boolean;
}

/** `first` is already capped by the caller; `after` is an opaque cursor of an earlier page. */
export interface PageRequest {
  readonly first: number;
  readonly after?: string;
}
