import { parseAuthenticatorData, verifySignature } from '@simplewebauthn/server/helpers';
import canonicalize from 'canonicalize';
import type { Passkey } from '../accounts/passkey.js';
import { readClientData } from '../accounts/webauthn-policy.js';
import { sameBytes, sha256 } from '../lib/hashing.js';
import { approvalRandomBytes, challengeOf, readSigned, signedText } from './approval-challenge.js';
import type { Approval, ApprovalEvidence } from './approval.js';

export interface VerifiedPart {
  readonly part:
    'record' | 'use' | 'challenge' | 'rp_id' | 'origin' | 'user_verification' | 'signature' | 'passkey';
  readonly holds: boolean;
  readonly says: string;
}

/**
 * Whether a person signed exactly what the record says, part by part (WebAuthn L3 §7.2). It needs the record alone; the
 * passkey, where it is still kept, shows that the key was hers.
 * @param rpId of this installation, fixed at its first start
 */
export async function verifyApproval(
  approval: Approval,
  { passkey, rpId }: { readonly passkey: Passkey | undefined; readonly rpId: string },
): Promise<readonly VerifiedPart[]> {
  return [
    recordPart(approval),
    usePart(approval),
    challengePart(approval),
    rpIdPart(approval.evidence, rpId),
    originPart(approval.evidence),
    presencePart(approval.evidence),
    await signaturePart(approval.evidence),
    passkeyPart(approval, passkey),
  ];
}

/** The record, written down again as it is, must be the text that was signed. */
function recordPart({ id, subject, signed }: Approval): VerifiedPart {
  const written = readSigned(signed);
  if (!written) return part('record', false, 'the signed text can’t be read');
  if (Buffer.from(written.random, 'base64url').length < approvalRandomBytes) {
    return part('record', false, 'the signed text has too little randomness');
  }
  if (signedText({ approvalId: id, random: written.random, subject }) === signed) {
    return part('record', true, 'says what was signed');
  }
  const changed = changedFields(subject as unknown as Fields, written.subject);
  return part('record', false, `differs from what was signed: ${changed.join(', ') || 'id'}`);
}

type Fields = Readonly<Record<string, unknown>>;

/** Which facts differ, one level into the calls that were asked for. */
function changedFields(record: Fields, signed: Fields, within = ''): string[] {
  const names = new Set([...Object.keys(record), ...Object.keys(signed)]);
  return [...names].flatMap((name) => {
    const [now, then] = [record[name], signed[name]];
    if (canonicalize({ now }) === canonicalize({ now: then })) return [];
    const nested = name === 'modelCall' && now && then;
    return nested ? changedFields(now as Fields, then as Fields, `${name}.`) : [`${within}${name}`];
  });
}

function usePart({ spent, calls, subject: { modelCall } }: Approval): VerifiedPart {
  const within = spent <= (modelCall?.spendLimit ?? Infinity) && calls <= (modelCall?.count ?? Infinity);
  return part('use', within, within ? 'stayed within it' : 'went beyond what was approved');
}

function challengePart({ signed, evidence }: Approval): VerifiedPart {
  const clientData = clientDataOf(evidence);
  if (!clientData) return part('challenge', false, 'the client data can’t be read');
  if (clientData.type !== 'webauthn.get') return part('challenge', false, 'it is of no assertion');
  const same = sameBytes(Buffer.from(clientData.challenge, 'base64url'), challengeOf(signed));
  return part(
    'challenge',
    same,
    same ? 'is the hash of the signed text' : 'is not the hash of the signed text',
  );
}

function rpIdPart({ authenticatorData, rpId }: ApprovalEvidence, own: string): VerifiedPart {
  if (rpId !== own) return part('rp_id', false, `the record names ${rpId}, and this is ${own}`);
  const hash = authenticatorData.subarray(0, 32);
  const same = sameBytes(hash, sha256(rpId));
  return part('rp_id', same, same ? 'is this server’s' : 'is another than the authenticator signed');
}

function originPart(evidence: ApprovalEvidence): VerifiedPart {
  const { origin, rpId } = evidence;
  if (clientDataOf(evidence)?.origin !== origin) {
    return part('origin', false, 'the record names another than the browser signed');
  }
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  const ours = host === rpId || host.endsWith(`.${rpId}`);
  return part('origin', ours, ours ? origin : `${origin} is not of ${rpId}`);
}

function presencePart({ authenticatorData }: ApprovalEvidence): VerifiedPart {
  const flags = flagsOf(authenticatorData);
  if (!flags) return part('user_verification', false, 'the authenticator data can’t be read');
  const verified = flags.up && flags.uv;
  return part(
    'user_verification',
    verified,
    verified ? 'by the authenticator' : 'the authenticator verified nobody',
  );
}

async function signaturePart(evidence: ApprovalEvidence): Promise<VerifiedPart> {
  const { publicKey, authenticatorData, clientDataJson, signature } = evidence;
  const data = Buffer.concat([authenticatorData, sha256(clientDataJson)]);
  const good = await verifySignature({
    signature: Uint8Array.from(signature),
    data: Uint8Array.from(data),
    credentialPublicKey: Uint8Array.from(publicKey),
  }).catch(() => false);
  return part('signature', good, good ? 'is by the kept key' : 'is not by the kept key');
}

function passkeyPart({ evidence, subject }: Approval, passkey: Passkey | undefined): VerifiedPart {
  if (!passkey) return part('passkey', true, 'is not kept any more; the key is the record’s own');
  const hers = passkey.accountId === subject.accountId;
  const same = hers && sameBytes(passkey.publicKey, evidence.publicKey);
  return part('passkey', same, same ? `is hers: ${passkey.name || 'unnamed'}` : 'has another key or owner');
}

function clientDataOf({ clientDataJson }: ApprovalEvidence) {
  const read = readClientData(clientDataJson.toString('base64url'));
  return read.ok ? read.value : undefined;
}

function flagsOf(authenticatorData: Buffer) {
  try {
    return parseAuthenticatorData(Uint8Array.from(authenticatorData)).flags;
  } catch {
    return undefined;
  }
}

function part(name: VerifiedPart['part'], holds: boolean, says: string): VerifiedPart {
  return { part: name, holds, says };
}
