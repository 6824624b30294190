import type { X509Certificate } from 'node:crypto';
import { accepted, refused, type Result } from '../lib/result.js';

/** What the operator's FIDO metadata says of one model of authenticators. */
export interface HardwareModel {
  readonly aaguid: string;
  /** What its maker calls it. */
  readonly description: string;
  readonly roots: readonly X509Certificate[];
  /** COSE algorithms of its keys. */
  readonly algorithms: ReadonlySet<number>;
  /** Why it proves no hardware key; undefined: it does. */
  readonly unfit: string | undefined;
}

/** The models of one metadata file. */
export class HardwareModels {
  readonly #models: ReadonlyMap<string, HardwareModel>;
  /** Number of the file in its series. */
  readonly number: number;
  /** When the next one was announced for. */
  readonly nextUpdate: Date;

  constructor(file: { number: number; nextUpdate: Date; models: readonly HardwareModel[] }) {
    this.number = file.number;
    this.nextUpdate = file.nextUpdate;
    this.#models = new Map(file.models.map((model) => [model.aaguid, model]));
  }

  get size(): number {
    return this.#models.size;
  }

  find(aaguid: string): Result<HardwareModel> {
    const model = this.#models.get(aaguid);
    if (!model) return refused('passkey_rejected', `no metadata for the model ${aaguid}`);
    if (model.unfit !== undefined) {
      return refused('passkey_rejected', `${model.description} (${aaguid}): ${model.unfit}`);
    }
    return accepted(model);
  }

  /** Also of a passkey that was attested long ago: a model that was revoked since proves nothing any more. */
  trusts(aaguid: string): boolean {
    return this.find(aaguid).ok;
  }
}
