import { EntitySchema } from 'typeorm';
import {
  bigInteger,
  boolean,
  bytes,
  integer,
  json,
  key,
  moment,
  optional,
  text,
  textArray,
} from './columns.js';

export interface BackchannelRequestRow {
  id: string;
  auth_req_digest: Buffer;
  link_digest: Buffer;
  number_digest: Buffer;
  tries: number;
  hint_gate: Buffer;
  person_gate: Buffer;
  budget: Buffer;
  client_id: string;
  account_id: string | null;
  scope: string;
  resource: string | null;
  model_call: Record<string, unknown> | null;
  acr: string | null;
  binding_message: string | null;
  jkt: string;
  place: string | null;
  browser: string | null;
  sealed_ping: string | null;
  created_at: Date;
  expires_at: Date;
  interval_seconds: number;
  last_poll_at: Date | null;
  /** The last poll came before its time. */
  hurried: boolean;
  state: string;
  ended_by: string | null;
  decided_at: Date | null;
  grant_id: string | null;
  approval_id: string | null;
  granted_acr: string | null;
  amr: string[] | null;
  auth_time: string | null;
  redeemed_at: Date | null;
}

export const BackchannelRequestEntity = new EntitySchema<BackchannelRequestRow>({
  name: 'backchannel_request',
  columns: {
    id: key('backchannel_request', text),
    auth_req_digest: bytes,
    link_digest: bytes,
    number_digest: bytes,
    tries: { ...integer, default: 0 },
    hint_gate: bytes,
    person_gate: bytes,
    budget: bytes,
    client_id: text,
    account_id: optional(text),
    scope: text,
    resource: optional(text),
    model_call: optional(json),
    acr: optional(text),
    binding_message: optional(text),
    jkt: text,
    place: optional(text),
    browser: optional(text),
    sealed_ping: optional(text),
    created_at: moment,
    expires_at: moment,
    interval_seconds: integer,
    last_poll_at: optional(moment),
    hurried: { ...boolean, default: false },
    state: text,
    ended_by: optional(text),
    decided_at: optional(moment),
    grant_id: optional(text),
    approval_id: optional(text),
    granted_acr: optional(text),
    amr: optional(textArray),
    auth_time: optional(bigInteger),
    redeemed_at: optional(moment),
  },
  indices: [
    { name: 'backchannel_request_auth_req', columns: ['auth_req_digest'], unique: true },
    { name: 'backchannel_request_link', columns: ['link_digest'], unique: true },
    { name: 'backchannel_request_account', columns: ['account_id'] },
    { name: 'backchannel_request_expiry', columns: ['expires_at'] },
  ],
});
