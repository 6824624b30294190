/** What a notification says: vague, for it may be read on a locked screen, and where it leads. */
export interface PushMessage {
  readonly title: string;
  readonly body: string;
  /** Ours, and begins with `/`. */
  readonly path: string;
  /** A later message of the same tag takes the place of this one. */
  readonly tag: string;
}
