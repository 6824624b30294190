/** Facts fixed at first start that a later change of the config must not contradict (the RP ID, for one). */
export interface SettingStore {
  /** Stores `value` if `name` has none yet; returns what is stored. Atomic over nodes. */
  pin(name: string, value: string): Promise<string>;
  read(name: string): Promise<string | undefined>;
}
