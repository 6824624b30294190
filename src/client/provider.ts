import { isRecord } from '../lib/json.js';
import type { ProofKey } from '../proof/create-proof.js';
import { ProviderRefused, ProviderUnreachable, ProviderUntrusted } from './client-error.js';
import type { ProofSender } from './proof-sender.js';
import { discoverProvider, type ProviderMetadata } from './provider-metadata.js';

export type ProviderAnswer = Readonly<Record<string, unknown>>;

type Endpoint = Exclude<keyof ProviderMetadata, 'issuer' | 'authorization_response_iss_parameter_supported'>;

/** The provider as one client app asks it: found by discovery, asked with the key's proof. */
export class Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly #fetch: typeof fetch;
  readonly #sender: ProofSender;
  #metadata: Promise<ProviderMetadata> | undefined;

  constructor(issuer: string, clientId: string, send: typeof fetch, sender: ProofSender) {
    this.issuer = issuer;
    this.clientId = clientId;
    this.#fetch = send;
    this.#sender = sender;
  }

  /** Asked once for however many want it; again when it failed. */
  metadata(): Promise<ProviderMetadata> {
    this.#metadata ??= discoverProvider(this.issuer, this.#fetch).catch((error: unknown) => {
      this.#metadata = undefined;
      throw error;
    });
    return this.#metadata;
  }

  /** Posts a form with the client's id and a proof. @throws ProviderRefused, ProviderUnreachable */
  async post(
    endpoint: Endpoint,
    key: ProofKey,
    form: Readonly<Record<string, string>>,
  ): Promise<ProviderAnswer> {
    const address = (await this.metadata())[endpoint];
    if (address === undefined) throw new ProviderUntrusted(`${this.issuer} has no ${endpoint}`);
    const body = new URLSearchParams({ ...form, client_id: this.clientId });
    const init = { method: 'POST', headers: new Headers(), body, redirect: 'error' } as const;
    const request = { url: new URL(address), init, repeatable: true };
    const response = await this.#sender.send(request, { key }).catch((cause: unknown) => {
      throw new ProviderUnreachable(`${this.issuer} gave no answer at its ${endpoint}`, { cause });
    });
    return readAnswer(response, endpoint, form);
  }
}

async function readAnswer(
  response: Response,
  endpoint: Endpoint,
  form: Readonly<Record<string, string>>,
): Promise<ProviderAnswer> {
  const text = await response.text().catch((cause: unknown) => {
    throw new ProviderUnreachable(`The answer of the ${endpoint} broke off`, { cause });
  });
  const answer = readObject(text);
  if (response.ok) {
    if (answer !== undefined || text === '') return answer ?? {};
    throw new ProviderUnreachable(`The answer of the ${endpoint} can't be read`);
  }
  const error = answer?.['error'];
  // A server that failed, or something before it, has decided nothing.
  if (response.status >= 500 || typeof error !== 'string') {
    throw new ProviderUnreachable(`The ${endpoint} answered ${response.status}`);
  }
  const withoutSecrets = (said: unknown): string | undefined =>
    typeof said === 'string' && !namesSecret(said, form) ? said.slice(0, 300) : undefined;
  throw new ProviderRefused(
    withoutSecrets(error) ?? 'unknown_error',
    withoutSecrets(answer?.['error_description']),
    response.status,
  );
}

/** Whether a provider's words repeat what was sent to it; errors end in logs. */
function namesSecret(said: string, form: Readonly<Record<string, string>>): boolean {
  const secrets = [
    'refresh_token',
    'code',
    'code_verifier',
    'token',
    'device_code',
    'auth_req_id',
    'subject_token',
  ];
  return secrets.some((name) => form[name] !== undefined && said.includes(form[name]));
}

function readObject(text: string): ProviderAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
