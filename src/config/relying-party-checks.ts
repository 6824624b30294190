import { parse } from 'tldts';
import { isLoopbackHost } from '../lib/hosts.js';
import type { Finding } from './cross-checks.js';
import type { Config } from './schema.js';

/** Browsers look at so many names (`example` of example.com and example.org) and no further. */
const mostRelatedNames = 5;
const rehearsal = /(^|[.-])(stag(e|ing)|dev|test|qa|uat|preview|sandbox|demo|preprod|nonprod)\d*([.-]|$)/;

type Place = Pick<Config, 'issuer' | 'rp_id' | 'environment' | 'related_origins'>;

/** What no browser would run a ceremony with. */
export function checkRelyingParty(config: Place): Finding[] {
  const { hostname, origin } = new URL(config.issuer);
  const findings: Finding[] = [];
  // HTML §7.1.1.1: a public suffix (com, co.uk, github.io) is nobody's domain, so it can't be an RP ID.
  if (config.rp_id !== hostname && isPublicSuffix(config.rp_id)) {
    findings.push({ path: ['rp_id'], message: `${config.rp_id} is a public suffix; browsers refuse it` });
  }
  for (const [index, related] of config.related_origins.entries()) {
    const path = ['related_origins', index];
    if (!isBareHttpsOrigin(related)) {
      findings.push({ path, message: 'must be a bare https origin, as in https://app.example.org' });
    } else if (related === origin || config.related_origins.indexOf(related) !== index) {
      findings.push({ path, message: `${related} is named already` });
    }
  }
  return findings;
}

/** What works today and strands passkeys tomorrow. */
export function doubtRelyingParty(config: Place): Finding[] {
  const { rp_id: rpId, environment, related_origins: related } = config;
  const { hostname } = new URL(config.issuer);
  const findings: Finding[] = [];
  const doubt = (setting: string, message: string) => findings.push({ path: [setting], message });
  if (environment === 'production' && isLoopbackHost(rpId)) {
    doubt('rp_id', `is ${rpId}: passkeys made now will not work at the service's real address`);
  }
  const ofItself = hostname === rpId ? '' : hostname.slice(0, -rpId.length - 1);
  if (ofItself !== '' && (environment !== 'production' || rehearsal.test(ofItself))) {
    doubt(
      'rp_id',
      `is ${rpId}, which production under ${rpId} shares with ${hostname}: browsers will offer the passkeys of ` +
        `each at the other, where they do not work; set rp_id: ${hostname} here`,
    );
  }
  const names = new Set([config.issuer, ...related].map((each) => parse(each).domainWithoutSuffix));
  if (related.length > 0 && names.size > mostRelatedNames) {
    doubt('related_origins', `has ${names.size} names; browsers look at ${mostRelatedNames} and no further`);
  }
  if (related.length > 0 && hostname !== rpId) {
    doubt(
      'related_origins',
      `is looked for at https://${rpId}/.well-known/webauthn: let that address answer with ours`,
    );
  }
  return findings;
}

function isPublicSuffix(domain: string): boolean {
  // For names below localhost, which are for development, each browser has rules of its own.
  return domain !== 'localhost' && parse(domain, { allowPrivateDomains: true }).publicSuffix === domain;
}

function isBareHttpsOrigin(text: string): boolean {
  return URL.canParse(text) && text.startsWith('https://') && new URL(text).origin === text;
}
