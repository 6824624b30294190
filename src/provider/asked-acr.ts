import { Provider, type KoaContextWithOIDC } from 'oidc-provider';
import { essentialAcrClaim, toldAcr } from './acr-demand.js';

interface CodeModel {
  claims?: { id_token?: Record<string, unknown> } | undefined;
  save: (this: CodeModel, ttl?: number) => Promise<string>;
}

interface IdTokenModel {
  available: Record<string, unknown>;
  readonly mask?: Readonly<Record<string, unknown>> | undefined;
  payload: (this: IdTokenModel) => Promise<Record<string, unknown>>;
}

/** Teaches this provider's ID tokens to answer with an acr that was asked for, now and after every refresh. */
export function adaptAskedAcr(provider: Provider): void {
  const code = provider.AuthorizationCode.prototype as unknown as CodeModel;
  const stockSave = code.save;
  code.save = function save(this: CodeModel, ttl?: number): Promise<string> {
    const params = (Provider.ctx as KoaContextWithOIDC | undefined)?.oidc.params ?? {};
    const essential = essentialAcrClaim(params);
    // oidc-provider overwrites the essential claim with acr_values; its values are those that bind (Core §5.5.1.1).
    if (essential && this.claims?.id_token) this.claims.id_token['acr'] = essential;
    return stockSave.call(this, ttl);
  };
  const idToken = provider.IdToken.prototype as unknown as IdTokenModel;
  const stockPayload = idToken.payload;
  idToken.payload = function payload(this: IdTokenModel): Promise<Record<string, unknown>> {
    const real = this.available['acr'];
    if (typeof real === 'string') {
      this.available = { ...this.available, acr: toldAcr(real, this.mask?.['acr']) };
    }
    return stockPayload.call(this);
  };
}
