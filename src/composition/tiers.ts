import { hasText, watchFile } from '../config/file-watch.js';
import { LiveTiers } from '../config/live-tiers.js';
import type { Tiers } from '../stepup/tiers.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

const lookEvery = 1000;

export interface OpenTiers extends Tiers {
  /** Whether the file has faults, so that the tiers in force are older than it. */
  readonly refused: boolean;
  /** Reads the configuration now. */
  reload(): void;
  /** Reads it whenever the file has changed, until the returned function is called. */
  watch(): () => void;
}

/** The tiers of the configuration, which follow its file. Nothing else of the file is taken without a restart. */
export function openTiers(
  { config, source, logger }: AppOptions,
  { events, metrics }: Pick<Observed, 'events' | 'metrics'>,
): OpenTiers {
  const live = new LiveTiers(config);
  // Without one it has the settings by default, and a file that vanishes must not bring those back unnoticed.
  const hadFile = source !== undefined && hasText(source.file);
  metrics.observeConfig(() => live.refused);

  function read(): void {
    try {
      readOnce();
    } catch (error) {
      logger.error({ err: error }, 'the configuration could not be read again');
    }
  }

  function readOnce(): void {
    if (!source) return;
    const wasRefused = live.refused;
    const reading =
      hasText(source.file) || !hadFile
        ? live.take(source.load())
        : live.refuse([`${source.file}: is gone or empty; remove tiers from it to have those by default`]);
    if (!reading.ok) {
      const { problems } = reading;
      logger.error({ problems }, 'the configuration has faults: the tiers stay as they were before');
      return;
    }
    if (wasRefused) logger.info('the configuration is in order again');
    const { changed, warnings, waiting } = reading;
    if (changed.length > 0) {
      events.tiersChanged({ tiers: changed });
      for (const warning of warnings) logger.warn(warning);
    }
    if (waiting.length > 0) {
      logger.warn({ settings: waiting }, 'changed in the configuration: needs a restart');
    }
  }

  return {
    get current() {
      return live.current;
    },
    get refused() {
      return live.refused;
    },
    reload: read,
    watch() {
      if (!source) return () => {};
      return watchFile(source.file, read).start(lookEvery);
    },
  };
}
