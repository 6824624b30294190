/** A letter as it lies in the outbox; who gets it and what it says is sealed (law 7). */
export interface SealedLetter {
  readonly id: string;
  readonly sealed: string;
  readonly createdAt: Date;
  /** From then on it is thrown away rather than delivered. */
  readonly giveUpAt: Date;
}

export interface ClaimedLetter extends SealedLetter {
  /** Deliveries begun, this one too. */
  readonly attempts: number;
}

export interface Claim {
  /** Letters that this node put itself, which are its own to deliver before they are due for everybody. */
  readonly own: readonly string[];
  readonly now: Date;
  /** Nobody else gets them before; then this node is taken for dead. */
  readonly until: Date;
  readonly limit: number;
}

export interface OutboxStore {
  /**
   * Puts the letter, in the open transaction if there is one. `due`: from then on any node may deliver it.
   * `committed` is called once it is in the database for good.
   */
  put(letter: SealedLetter, due: Date, committed: () => void): Promise<void>;
  /** Takes letters to deliver. Of any number of parallel callers on any nodes one gets a letter. */
  claim(claim: Claim): Promise<ClaimedLetter[]>;
  /** Forgets a letter that was delivered or given up. */
  remove(id: string): Promise<void>;
  /** Gives a claimed letter back: it is due at `due`. Nothing happens when another claim came between. */
  postpone(letter: Pick<ClaimedLetter, 'id' | 'attempts'>, due: Date): Promise<void>;
}
