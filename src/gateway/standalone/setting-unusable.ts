/** What a setting names is not there, or is not what it should be. */
export class SettingUnusable extends Error {}

/** What it gives; what went wrong is told with the setting's name. */
export async function usable<Value>(
  setting: string,
  made: Promise<Value> | (() => Promise<Value>),
): Promise<Value> {
  try {
    return await (typeof made === 'function' ? made() : made);
  } catch (error) {
    throw new SettingUnusable(`${setting}: ${error instanceof Error ? error.message : 'can not be used'}`);
  }
}
